"""A context for tools, whose events go where the test wants them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from chatkit.store import Store, StoreItemType
from chatkit.types import ThreadMetadata, ThreadStreamEvent

from app.assistant.agent_context import AgentContext
from app.context import Principal, RequestContext
from app.ids import UserId, new_id

THREAD = ThreadMetadata(id="thr_1", created_at=datetime(2026, 11, 22, 12, tzinfo=UTC))


class Ids:
    """The part of a store that a context asks: ids."""

    def generate_item_id(self, kind: StoreItemType, thread: ThreadMetadata, context: RequestContext) -> str:
        """Return an id for an item."""
        return new_id(kind)


def agent_context(
    emit: Callable[[ThreadStreamEvent], Awaitable[None] | None], **options: Any
) -> AgentContext:
    """Return a context for one run on `THREAD`."""
    ids: Store[RequestContext] = Ids()  # type: ignore[assignment]
    request = RequestContext(Principal(UserId("user_1")), request_id="req_1")
    return AgentContext(thread=THREAD, store=ids, request_context=request, emit=emit, **options)
