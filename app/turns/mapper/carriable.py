"""What tools stream, in a form that JSON and Postgres can carry, whatever they put into it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from app.turns.mapper.text import clean

MAX_DEPTH = 100

Model = TypeVar("Model", bound=BaseModel)


def carriable(event: Model) -> Model:
    """Return `event`, or where it cannot be sent as it is, one with as little changed as can be.

    Raises `ValueError` for what has no such form.
    """
    try:
        if "\\u0000" not in event.model_dump_json():
            return event
    except ValueError:
        pass
    cleaned: Model = _clean(event, MAX_DEPTH)
    cleaned.model_dump_json()
    return cleaned


def _clean(value: Any, depth: int) -> Any:
    match value:
        case str():
            return clean(value)
        case None | bool() | int() | float():
            return value
        case BaseModel() | Mapping() | list() | tuple() | set() | frozenset() if depth == 0:
            return None
        case BaseModel():
            # Not validated anew: that would make other objects of it than the tool did.
            return value.model_copy(update={name: _clean(part, depth - 1) for name, part in value})
        case Mapping():
            return {clean(str(key)): _clean(part, depth - 1) for key, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(part, depth - 1) for part in value]
        case _:
            return _as_is_or_named(value)


def _as_is_or_named(value: object) -> object:
    """Leave what has a form already (a time, an address); of the rest, tell its type."""
    try:
        _Anything(value=value).model_dump_json()
    except ValueError:
        return type(value).__name__
    return value


class _Anything(BaseModel):
    value: Any
