"""The routes of the hosted API's shape, for back-ends."""

from app.errors import NotFound, PayloadTooLarge, Unauthorized
from app.openapi.operations import Caller, Json, Operation, json_content, parameter, reference, response
from app.openapi.refusals import CROWDED, HOSTED, Refusal, refusals

_BASE = "/v1/chatkit"
_THREAD = f"{_BASE}/threads/{{thread_id}}"

_RANGE = (
    parameter("query", "limit", {"type": "integer", "minimum": 0, "maximum": 100}),
    parameter("query", "order", {"enum": ["asc", "desc"]}),
    parameter("query", "after", description="An id: begin behind it."),
    parameter("query", "before", description="An id: end before it."),
)
_OF_USER = parameter("query", "user", {"type": "string", "minLength": 1, "maxLength": 512})


def hosted_operations() -> list[Operation]:
    """Return them all, but for the conversation, which is one of the protocol's."""
    return [
        _operation(
            "post",
            f"{_BASE}/sessions",
            "createSession",
            "Make a session for a user; its client secret is said this once.",
            reference("schemas", "HostedChatSession"),
            NotFound,
            PayloadTooLarge,
            content=json_content(reference("schemas", "HostedSessionBody")),
        ),
        _operation(
            "post",
            f"{_BASE}/sessions/{{session_id}}/cancel",
            "cancelSession",
            "End a session before its time.",
            reference("schemas", "HostedChatSession"),
            NotFound,
        ),
        _operation(
            "get",
            f"{_BASE}/threads",
            "listThreads",
            "Threads of one user, or of all.",
            _list_of(reference("schemas", "HostedChatKitThread")),
            parameters=(*_RANGE, _OF_USER),
        ),
        _operation(
            "get",
            f"{_THREAD}/items",
            "listItems",
            "The items of a thread that the hosted API has a form for.",
            _list_of(reference("schemas", "HostedItem")),
            NotFound,
            parameters=(*_RANGE, _OF_USER),
        ),
        _operation(
            "get",
            _THREAD,
            "retrieveThread",
            "A thread.",
            reference("schemas", "HostedChatKitThread"),
            NotFound,
        ),
        _operation(
            "delete",
            _THREAD,
            "deleteThread",
            "Delete a thread with its files.",
            reference("schemas", "HostedThreadDeleteResponse"),
            NotFound,
        ),
    ]


def _operation(
    method: str,
    path: str,
    name: str,
    summary: str,
    answer: Json,
    *refused: Refusal,
    parameters: tuple[Json, ...] = (),
    content: Json | None = None,
) -> Operation:
    """Return an operation of who has the key of the server."""
    answers = {
        "200": response("Done.", json_content(answer)),
        **refusals((*CROWDED, Unauthorized, *refused), HOSTED),
    }
    return Operation((method,), path, name, summary, answers, Caller.BACK_END, parameters, content or {})


def _list_of(member: Json) -> Json:
    place = {"type": ["string", "null"]}
    properties: Json = {
        "object": {"const": "list"},
        "data": {"type": "array", "items": member},
        "first_id": place,
        "last_id": place,
        "has_more": {"type": "boolean"},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
