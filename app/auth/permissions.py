"""What the role `read-only` may do: the one table of what writes, for operations and for routes.

Whatever is not in it counts as writing. Routes are checked when a request's principal is established, the
operations of the protocol when the body has been parsed.
"""

from collections.abc import Mapping
from enum import Enum, auto

from starlette.requests import HTTPConnection

from app.context import Principal
from app.errors import Forbidden
from app.languages import Sentence

READ_ONLY = "read-only"

ROLES = frozenset({READ_ONLY})
"""All roles that mean anything to the server."""

ONLY_READS: Sentence = "You may read this chat, but not write in it."


class Access(Enum):
    """What a request does to what is stored, or to the outside world."""

    READS = auto()
    WRITES = auto()
    AS_OPERATION = auto()
    """Whatever the operation in its body does."""


OPERATIONS: Mapping[str, Access] = {
    "threads.get_by_id": Access.READS,
    "threads.list": Access.READS,
    "items.list": Access.READS,
    "threads.create": Access.WRITES,
    "threads.add_user_message": Access.WRITES,
    "threads.add_client_tool_output": Access.WRITES,
    "threads.add_structured_input": Access.WRITES,
    "threads.retry_after_item": Access.WRITES,
    "threads.custom_action": Access.WRITES,
    "threads.sync_custom_action": Access.WRITES,
    "threads.update": Access.WRITES,
    "threads.delete": Access.WRITES,
    "items.feedback": Access.WRITES,
    "attachments.create": Access.WRITES,
    "attachments.delete": Access.WRITES,
    # Stores nothing, but has the provider work, for a message that may not be sent.
    "input.transcribe": Access.WRITES,
}

ROUTES: Mapping[str, Access] = {
    "GET /": Access.READS,
    "HEAD /": Access.READS,
    "GET /config.json": Access.READS,
    "POST /chatkit": Access.AS_OPERATION,
    "POST /v1/chatkit/conversation": Access.AS_OPERATION,
    "GET /chatkit/threads/{thread_id}/events": Access.READS,
    "POST /chatkit/threads/{thread_id}/cancel": Access.WRITES,
    "POST /chatkit/files": Access.WRITES,
}
"""Every route that establishes a principal."""


def check_route(principal: Principal, connection: HTTPConnection) -> None:
    """Raise `Forbidden` where the principal may not use the route that was matched."""
    path = getattr(connection.scope.get("route"), "path", None)
    _check(principal, ROUTES.get(f"{connection.scope['method']} {path}", Access.WRITES))


def check_operation(principal: Principal, operation: str) -> None:
    """Raise `Forbidden` where the principal may not ask for an operation of the protocol."""
    _check(principal, OPERATIONS.get(operation, Access.WRITES))


def _check(principal: Principal, access: Access) -> None:
    if access is Access.WRITES and READ_ONLY in principal.roles:
        raise Forbidden(ONLY_READS)
