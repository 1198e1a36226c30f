"""The document as a whole: the same for everybody, and for every configuration."""

from functools import cache
from importlib.metadata import version

from pydantic_core import to_json

from app.openapi import refusals
from app.openapi.hosted import hosted_operations
from app.openapi.operations import Json, Operation
from app.openapi.page import page_operations
from app.openapi.protocol import protocol_operations
from app.openapi.schemas import schemas

_DESCRIPTION = (
    "A self-hosted server for OpenAI's ChatKit widget. Each answer has `X-Request-Id`, and `Accept-Language` "
    "decides the language of what it says. An address or a method that is not here is refused with 404 or "
    "405, in the shape of all refusals."
)

_SECURITY: Json = {
    "user": {
        "type": "http",
        "scheme": "bearer",
        "description": "A client secret or a token, as the server is set up.",
    },
    "guest": {
        "type": "apiKey",
        "in": "cookie",
        "name": "chatkit_guest",
        "description": "Given with the first answer; over HTTPS `__Host-chatkit_guest`.",
    },
    "serverKey": {"type": "http", "scheme": "bearer", "description": "The key of back-ends."},
}
_TEXT: Json = {"schema": {"type": "string"}}
_HEADERS: Json = {
    "ChatkitThread": _TEXT | {"description": "The thread of a stream of events."},
    "ChatkitTurn": _TEXT
    | {"description": "The turn of a stream, or the place in it that an answer stands for."},
    "ETag": _TEXT,
    "Location": _TEXT | {"required": True},
    "RetryAfter": {"required": True, "description": "Seconds.", "schema": {"type": "integer", "minimum": 1}},
    "WWWAuthenticate": {"required": True, "schema": {"const": "Bearer"}},
}


def operations() -> list[Operation]:
    """Return what is said of each route."""
    return [*protocol_operations(), *hosted_operations(), *page_operations()]


@cache
def document() -> bytes:
    """Return the document as JSON. Takes a moment, and blocks for it."""
    paths: dict[str, Json] = {}
    for operation in operations():
        paths.setdefault(operation.path, {}).update(operation.described())
    return to_json(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "chatkit-server",
                "version": version("chatkit-server"),
                "description": _DESCRIPTION,
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "paths": paths,
            "components": {
                "securitySchemes": _SECURITY,
                "headers": _HEADERS,
                "responses": refusals.responses(),
                "schemas": {**refusals.schemas(), **schemas()},
            },
        }
    )
