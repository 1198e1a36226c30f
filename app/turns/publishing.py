"""Publishes the events of a turn: stored where they must be, then appended to its log.

Owns the rule that what an event reports as stored is committed before anyone can read the event, and the
rule that hidden items never leave. Writes the columns of the thread that the turn changed, and no others.
"""

from chatkit.types import (
    HiddenContextItem,
    Page,
    SDKHiddenContextItem,
    Thread,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
)
from pydantic import BaseModel

from app.db.engine import Database
from app.ids import ItemId
from app.threads import items, threads
from app.turns.open_items import OpenItems
from app.turns.turn import Turn


def encode(value: BaseModel) -> bytes:
    """Serialise an event or answer as the ChatKit SDK does: no nulls, no private metadata."""
    return value.model_dump_json(
        by_alias=True, exclude_none=True, context={"exclude_metadata": True}
    ).encode()


def without_items(thread: ThreadMetadata) -> Thread:
    """Return a thread as events carry it: metadata emptied, and a page of items that says nothing."""
    return Thread(
        id=thread.id,
        title=thread.title,
        created_at=thread.created_at,
        status=thread.status,
        allowed_image_domains=thread.allowed_image_domains,
        items=Page[ThreadItem](),
    )


class Publisher:
    """Called from the turn's own task only."""

    def __init__(self, turn: Turn, database: Database) -> None:
        self.open_items = OpenItems()
        self._turn = turn
        self._database = database

    async def publish(self, event: ThreadStreamEvent) -> None:
        """Store what `event` reports, then show it; raise `NotFound` once the thread is deleted."""
        if isinstance(event, ThreadItemUpdatedEvent):
            self.open_items.observe(event)
            self.show(event)
            return
        await self._store(event)
        self.open_items.observe(event)
        self.show(event)
        await self._store_thread_changes()

    def show(self, event: ThreadStreamEvent) -> None:
        """Append to the log an event whose effects are stored already, or that has none."""
        if not is_hidden(event):
            self._turn.log.append(encode(event))

    async def _store(self, event: ThreadStreamEvent) -> None:
        turn = self._turn
        match event:
            case ThreadItemDoneEvent() | ThreadItemReplacedEvent():
                async with self._database.autocommit() as connection:
                    await items.save(connection, turn.thread_id, turn.user_id, event.item, turn_id=turn.id)
            case ThreadItemRemovedEvent():
                async with self._database.autocommit() as connection:
                    await items.delete(connection, turn.thread_id, turn.user_id, ItemId(event.item_id))
            case _:
                pass

    async def _store_thread_changes(self) -> None:
        """Write the columns that the assistant changed on its thread object, and only those."""
        now, known = self._turn.thread, self._turn.stored
        if now == known:
            return
        self._turn.stored = now.model_copy(deep=True)
        async with self._database.autocommit() as connection:
            await threads.save_changes(connection, self._turn.user_id, before=known, after=now)
        if without_items(now) != without_items(known):
            self.show(ThreadUpdatedEvent(thread=without_items(now)))


def is_hidden(event: ThreadStreamEvent) -> bool:
    """Say whether an event carries an item that never leaves the server."""
    match event:
        case ThreadItemAddedEvent() | ThreadItemDoneEvent() | ThreadItemReplacedEvent():
            return isinstance(event.item, HiddenContextItem | SDKHiddenContextItem)
        case _:
            return False
