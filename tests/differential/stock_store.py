"""A plain store in memory for the stock server, correct by the SDK's contract and scoped by user.

Items are kept as JSON, as a database keeps them. Knows nothing of our own store, or it could not show where
the two differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import BaseModel, TypeAdapter

T = TypeVar("T", bound=BaseModel)
_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)


@dataclass
class StockContext:
    """What the quickstart's endpoint knows of a request."""

    user_id: str


@dataclass
class _Kept:
    owner: str
    thread: ThreadMetadata
    active_at: datetime
    items: dict[str, bytes] = field(default_factory=dict)


class MemoryStore(Store[StockContext]):
    """Threads with their items in the order of their first arrival."""

    def __init__(self) -> None:
        self._threads: dict[str, _Kept] = {}

    async def load_thread(self, thread_id: str, context: StockContext) -> ThreadMetadata:
        return (await self._own(thread_id, context)).thread.model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: StockContext) -> None:
        kept = self._threads.get(thread.id)
        # Only the columns of a thread: on creation the SDK passes one with a page of items.
        known = ThreadMetadata(**thread.model_dump(include=set(ThreadMetadata.model_fields)))
        if kept is None:
            self._threads[thread.id] = _Kept(context.user_id, known, datetime.now(UTC))
        else:
            (await self._own(thread.id, context)).thread = known

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: StockContext
    ) -> Page[ThreadMetadata]:
        own = [kept for kept in self._threads.values() if kept.owner == context.user_id]
        threads = [kept.thread.model_copy(deep=True) for kept in sorted(own, key=lambda kept: kept.active_at)]
        return _page(threads, limit, after, order)

    async def delete_thread(self, thread_id: str, context: StockContext) -> None:
        if (kept := self._threads.get(thread_id)) and kept.owner == context.user_id:
            del self._threads[thread_id]

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: StockContext
    ) -> Page[ThreadItem]:
        kept = await self._own(thread_id, context)
        return _page([_ITEM.validate_json(item) for item in kept.items.values()], limit, after, order)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: StockContext) -> None:
        kept = await self._own(thread_id, context)
        kept.items[item.id] = item.model_dump_json().encode()
        kept.active_at = datetime.now(UTC)

    async def save_item(self, thread_id: str, item: ThreadItem, context: StockContext) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: StockContext) -> ThreadItem:
        items = (await self._own(thread_id, context)).items
        if item_id not in items:
            raise NotFoundError(f"Item {item_id} not found")
        return _ITEM.validate_json(items[item_id])

    async def delete_thread_item(self, thread_id: str, item_id: str, context: StockContext) -> None:
        (await self._own(thread_id, context)).items.pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: StockContext) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: StockContext) -> Attachment:
        raise NotFoundError(f"Attachment {attachment_id} not found")

    async def delete_attachment(self, attachment_id: str, context: StockContext) -> None:
        raise NotImplementedError

    async def _own(self, thread_id: str, context: StockContext) -> _Kept:
        kept = self._threads.get(thread_id)
        if kept is None or kept.owner != context.user_id:
            raise NotFoundError(f"Thread {thread_id} not found")
        return kept


def _page(rows: Sequence[T], limit: int, after: str | None, order: str) -> Page[T]:
    ordered = list(rows) if order == "asc" else list(reversed(rows))
    if after is not None:
        ordered = ordered[_index(ordered, lambda row: getattr(row, "id", None) == after) + 1 :]
    data = ordered[:limit]
    has_more = len(ordered) > len(data)
    return Page[Any](data=data, has_more=has_more, after=getattr(data[-1], "id", None) if has_more else None)


def _index(rows: Sequence[T], is_it: Callable[[T], bool]) -> int:
    for index, row in enumerate(rows):
        if is_it(row):
            return index
    raise NotFoundError("The cursor is gone")
