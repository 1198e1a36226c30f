"""The refusals of every route, in both shapes, from the one family of errors."""

import inspect
from collections.abc import Iterable, Iterator

from app.chatkit_api.answers import UnexpectedError
from app.errors import (
    BadRequest,
    ChatKitServerError,
    Forbidden,
    HeadersTooLarge,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    RequestTimeout,
    StorageFull,
    Unauthorized,
    Unavailable,
)
from app.openapi.operations import Json, json_content, reference

Refusal = type[ChatKitServerError]

EVERYWHERE: tuple[Refusal, ...] = (BadRequest, RequestTimeout, HeadersTooLarge, UnexpectedError)
"""What a request is refused with before it is known what it asks for; and a fault of ours."""
CROWDED: tuple[Refusal, ...] = (*EVERYWHERE, Unavailable)
WITH_BODY: tuple[Refusal, ...] = (*CROWDED, PayloadTooLarge)
OF_CALLER: tuple[Refusal, ...] = (Unauthorized, Forbidden)
OF_FILES: tuple[Refusal, ...] = (NotFound, RateLimited, StorageFull)

PROTOCOL, HOSTED = "", "Hosted"
"""Prefixes of the two shapes: that of the ChatKit protocol's routes, and that below `/v1/`."""

_HEADERS: dict[int, Json] = {
    401: {"WWW-Authenticate": reference("headers", "WWWAuthenticate")},
    429: {"Retry-After": reference("headers", "RetryAfter")},
    503: {"Retry-After": reference("headers", "RetryAfter")},
}


def refusals(kinds: Iterable[Refusal], shape: str = PROTOCOL) -> Json:
    """Return the responses of an operation that is refused with these."""
    return {str(kind.status): reference("responses", shape + _name(kind.status)) for kind in kinds}


def responses() -> dict[str, Json]:
    """Return each status of a refusal, in both shapes, by its name."""
    statuses = sorted({kind.status for kind in _kinds()})
    return {
        shape + _name(status): _response(status, shape) for shape in (PROTOCOL, HOSTED) for status in statuses
    }


def schema_of(shape: str) -> Json:
    """Return the schema of any refusal in a shape."""
    return reference("schemas", f"{shape}Refusal")


def schemas() -> dict[str, Json]:
    """Return the two shapes themselves."""
    text = {"type": "string"}
    told: Json = {
        "code": {"enum": sorted({kind.code for kind in _kinds()})},
        "message": {"type": "string", "description": "Safe to show, in the language of the request."},
        "retryable": {"type": "boolean", "description": "Whether the same request may succeed later."},
    }
    hosted: Json = told | {
        "type": {"enum": ["invalid_request_error", "rate_limit_error", "server_error"]},
        "param": {"type": ["string", "null"], "description": "The field that is wrong."},
    }
    return {
        f"{shape}Refusal": _closed({"error": _closed(error), "message": text})
        for shape, error in ((PROTOCOL, told), (HOSTED, hosted))
    }


def _closed(properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _response(status: int, shape: str) -> Json:
    kinds = [kind for kind in _kinds() if kind.status == status]
    codes = sorted({kind.code for kind in kinds})
    narrowed = {"properties": {"error": {"properties": {"code": {"enum": codes}}}}}
    response: Json = {
        "description": " ".join(_meaning(kind) for kind in kinds),
        "content": json_content({"allOf": [schema_of(shape), narrowed]}),
    }
    return response | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def _meaning(kind: Refusal) -> str:
    """Return what an error says of itself, in its first sentence."""
    return f"`{kind.code}`: {inspect.getdoc(kind)}".split("\n")[0]


def _name(status: int) -> str:
    return next(kind.__name__ for kind in _kinds() if kind.status == status)


def _kinds() -> Iterator[Refusal]:
    """Yield each error that has a code of its own."""
    seen = set[str]()
    kinds: list[Refusal] = [UnexpectedError, *_family(ChatKitServerError)]
    for kind in kinds:
        if kind.code not in seen:
            seen.add(kind.code)
            yield kind


def _family(above: Refusal) -> Iterator[Refusal]:
    for kind in above.__subclasses__():
        if kind.__module__ == ChatKitServerError.__module__:
            yield kind
            yield from _family(kind)
