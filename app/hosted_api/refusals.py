"""What is wrong with a request, in the hosted API's words and naming the field; its developer reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from app.errors import Malformed, NotFound

MAX_SHOWN = 100
"""Characters of a value that a refusal repeats."""

_EXPECTED = {
    "string_type": "a string",
    "int_type": "an integer",
    "bool_type": "a boolean",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


class InvalidRequest(Malformed):
    """A field of a request is wrong."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


class NoSuchThing(NotFound):
    """There is no such session, workflow or thread."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message, retry_after=None)
        self.param = param


def shown(value: object) -> str:
    """Return a value as a refusal repeats it."""
    text = str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def kind_of(value: object) -> str:
    """Return what a JSON value is, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def wrong_type(param: str, expected: str, got: object) -> InvalidRequest:
    """Return the refusal of a value of another type than expected."""
    return InvalidRequest(
        f"Invalid type for '{param}': expected {expected}, but got {kind_of(got)} instead.", param
    )


def below_minimum(param: str, least: int, got: object) -> InvalidRequest:
    """Return the refusal of a number that is too small."""
    return InvalidRequest(
        f"Invalid '{param}': integer below minimum value. "
        f"Expected a value >= {least}, but got {shown(got)} instead.",
        param,
    )


def above_maximum(param: str, most: int, got: object) -> InvalidRequest:
    """Return the refusal of a number that is too large."""
    return InvalidRequest(
        f"Invalid '{param}': integer above maximum value. "
        f"Expected a value <= {most}, but got {shown(got)} instead.",
        param,
    )


def wrong_length(param: str, bound: str, got: int) -> InvalidRequest:
    """Return the refusal of a text that is too short or too long."""
    return InvalidRequest(
        f"Invalid '{param}': expected a string with {bound}, but got a string with length {got} instead.",
        param,
    )


def not_one_of(param: str, supported: Sequence[str], got: object) -> InvalidRequest:
    """Return the refusal of a value that is none of those there are."""
    values = " and ".join(f"'{value}'" for value in supported)
    return InvalidRequest(f"Invalid value: '{shown(got)}'. Supported values are: {values}.", param)


def refusal_of(error: ValidationError) -> InvalidRequest:
    """Return the refusal for the first thing that is wrong with the body of a request."""
    problem = error.errors(include_url=False)[0]
    param = shown(".".join(str(step) for step in problem["loc"]))
    got, bounds = problem["input"], problem.get("ctx", {})
    match problem["type"]:
        case "missing":
            return InvalidRequest(f"Missing required parameter: '{param}'.", param)
        case "extra_forbidden":
            return InvalidRequest(f"Unknown parameter: '{param}'.", param)
        case kind if kind in _EXPECTED:
            return wrong_type(param, _EXPECTED[kind], got)
        case "literal_error":
            return InvalidRequest(
                f"Invalid value: '{shown(got)}'. Supported values are: {bounds['expected']}.", param
            )
        case kind:
            return _out_of_bounds(kind, param, got, bounds) or InvalidRequest(
                f"Invalid '{param}': {problem['msg']}.", param
            )


def _out_of_bounds(kind: str, param: str, got: Any, bounds: Mapping[str, Any]) -> InvalidRequest | None:
    match kind:
        case "greater_than_equal":
            return below_minimum(param, bounds["ge"], got)
        case "less_than_equal":
            return above_maximum(param, bounds["le"], got)
        case "string_too_short":
            return wrong_length(param, f"minimum length {bounds['min_length']}", len(got))
        case "string_too_long":
            return wrong_length(param, f"maximum length {bounds['max_length']}", len(got))
        case "too_long":
            return InvalidRequest(
                f"Invalid '{param}': too many properties. Expected an object with at most "
                f"{bounds['max_length']} properties, but got an object with {bounds['actual_length']} "
                "properties instead.",
                param,
            )
        case _:
            return None
