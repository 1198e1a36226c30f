"""Publishes the events of a turn: stored where they must be, then appended to its log.

Owns the rule that what an event reports as stored is committed before anyone can read the event, and the
rule that hidden items never leave. Writes the columns of the thread that the turn changed, and no others.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

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

from app.attachments.answers import unsigned
from app.db.engine import Database
from app.errors import Unavailable
from app.threads import threads
from app.threads.unknown_fields import complete_json
from app.turns import records
from app.turns.approvals import pauses
from app.turns.approvals.saved_run import ApprovalAsked
from app.turns.turn import Turn, TurnLost
from app.turns.writing import TurnWriter


def encode(value: BaseModel) -> bytes:
    """Serialise an event or answer as the ChatKit SDK does: no nulls, no private metadata."""
    return complete_json(value, by_alias=True, exclude_none=True, context={"exclude_metadata": True}).encode()


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

    def __init__(self, turn: Turn, database: Database, writer: TurnWriter) -> None:
        self._turn = turn
        self._database = database
        self._writer = writer

    async def publish(self, event: ThreadStreamEvent) -> None:
        """Store what `event` reports, then show it; raise `TurnLost` once nothing of the turn may be written.

        Cancelled while it stores, it ends that first: what is stored is shown, and is not stored again.
        """
        if isinstance(event, ThreadItemUpdatedEvent):
            self.show(event)
            return
        storing = self._storing(event)
        cancelled = storing is not None and await _to_its_end(storing)
        self.show(event)
        if storing is not None:
            self._turn.stored_changes += 1
        if cancelled:
            raise asyncio.CancelledError
        await self.store_thread_changes()

    def show(self, event: ThreadStreamEvent) -> None:
        """Append to the log an event whose effects are stored already, or that has none."""
        self._turn.open_items.observe(event)
        if not is_hidden(event):
            self._turn.log.append(encode(event))

    def _storing(self, event: ThreadStreamEvent) -> Coroutine[Any, Any, None] | None:
        match event:
            case ApprovalAsked():
                return self._writer.save(self._turn, event.item, pause=pauses.row_of(event.saved))
            case ThreadItemDoneEvent() | ThreadItemReplacedEvent():
                return self._writer.save(self._turn, unsigned(event.item))
            case ThreadItemRemovedEvent():
                return self._writer.remove(self._turn, event.item_id)
            case _:
                return None

    async def store_thread_changes(self) -> None:
        """Write the columns that the assistant changed on its thread object, and only those.

        What has no form that can be stored is taken back, and raised: it must not hold up the turn's end.
        """
        turn, known = self._turn, self._turn.stored.model_copy()
        if turn.thread == known:
            return
        try:
            now = turn.thread.model_copy(deep=True)
            async with self._database.transaction() as connection:
                await records.hold(connection, turn, self._writer.worker)
                await threads.save_changes(connection, turn.user_id, before=known, after=now)
        except (TurnLost, Unavailable):
            raise
        except Exception:
            turn.take_back()
            raise
        # A title may have been stored beside the turn meanwhile; one that the assistant gave has replaced it.
        title = turn.stored.title
        turn.stored = now
        if title is not None and title != known.title and title == turn.thread.title:
            turn.retitle(title)
        tell_thread(turn)


def tell_thread(turn: Turn) -> None:
    """Show what is stored of the thread, if readers do not know it yet."""
    if turn.log.closed or without_items(turn.stored) == without_items(turn.told):
        return
    turn.told = turn.stored.model_copy(deep=True)
    turn.log.append(encode(ThreadUpdatedEvent(thread=without_items(turn.told))))


async def _to_its_end(storing: Coroutine[Any, Any, None]) -> bool:
    """Run `storing` whatever happens; say whether the caller was cancelled meanwhile."""
    task = asyncio.ensure_future(storing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        task.result()
        return True
    return False


def is_hidden(event: ThreadStreamEvent) -> bool:
    """Say whether an event carries an item that never leaves the server."""
    match event:
        case ThreadItemAddedEvent() | ThreadItemDoneEvent() | ThreadItemReplacedEvent():
            return isinstance(event.item, HiddenContextItem | SDKHiddenContextItem)
        case _:
            return False
