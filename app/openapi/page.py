"""The try-it page, the scripts for pages of one's own, health, and this description."""

from app.errors import Forbidden, NotFound
from app.openapi.operations import (
    Caller,
    Json,
    Operation,
    bytes_content,
    json_content,
    parameter,
    response,
)
from app.openapi.refusals import CROWDED, EVERYWHERE, OF_CALLER, PROTOCOL, refusals, schema_of

_READ = ("get", "head")
_KNOWN = parameter("header", "If-None-Match", description="The `ETag` of the copy that the client has.")
_UNCHANGED: Json = {"304": response("The client's copy is good.", None, "ETag")}

_CONFIG: Json = {
    "type": "object",
    "properties": {
        "chatkitScriptUrl": {"type": ["string", "null"]},
        "domainKey": {"type": "string"},
        "agent": {"type": "string"},
        "model": {"type": ["string", "null"]},
        "composer": {"type": "object"},
    },
    "required": ["agent", "composer"],
}
_HEALTH: Json = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}
_READINESS: Json = {
    "type": "object",
    "properties": {
        "ready": {"type": "boolean"},
        "components": {
            "type": "object",
            "description": "`ok`, or what is wrong.",
            "additionalProperties": {"type": "string"},
        },
    },
    "required": ["ready", "components"],
    "additionalProperties": False,
}


def page_operations() -> list[Operation]:
    """Return them all."""
    return [
        Operation(
            _READ,
            "/",
            "page",
            "The try-it page.",
            {
                "200": _file("The page.", "text/html"),
                **_UNCHANGED,
                **refusals((*CROWDED, NotFound, Forbidden)),
                "401": response(
                    "A sentence for who is not let in.", bytes_content("text/html"), "WWW-Authenticate"
                ),
            },
            Caller.USER,
            (_KNOWN,),
        ),
        Operation(
            ("get",),
            "/config.json",
            "config",
            "What the page has to know of the server.",
            {"200": response("No secrets.", json_content(_CONFIG)), **refusals((*CROWDED, *OF_CALLER))},
            Caller.USER,
        ),
        _script("/chatkit.js", "element", "The `<openai-chatkit>` element.", "text/javascript"),
        _script(
            "/chatkit-fetch.js", "fetchHelper", "`chatkitFetch` and `withClientSecret`.", "text/javascript"
        ),
        _script("/chatkit-fetch.d.ts", "fetchHelperTypes", "Their types.", "text/plain"),
        _script("/assets/{name}", "asset", "Scripts and styles of the page.", "*/*"),
        _script("/openapi.json", "openapi", "This description.", "application/json"),
        *_of_health(),
    ]


def _script(path: str, name: str, summary: str, media_type: str) -> Operation:
    answers = {"200": _file(summary, media_type), **_UNCHANGED, **refusals((*CROWDED, NotFound))}
    return Operation(_READ, path, name, summary, answers, parameters=(_KNOWN,))


def _file(description: str, media_type: str) -> Json:
    return response(description, bytes_content(media_type), "ETag")


def _of_health() -> list[Operation]:
    ready = response("Every component is ready.", json_content(_READINESS))
    either = {"anyOf": [_READINESS, schema_of(PROTOCOL)]}
    return [
        Operation(
            _READ,
            "/healthz",
            "health",
            "Whether the process answers, and nothing else.",
            {"200": response("It does.", json_content(_HEALTH)), **refusals(EVERYWHERE)},
        ),
        Operation(
            _READ,
            "/readyz",
            "readiness",
            "Whether every component is ready.",
            {
                "200": ready,
                **refusals(EVERYWHERE),
                "503": response("Not all are, or the process is full.", json_content(either), "Retry-After"),
            },
        ),
    ]
