"""Closing the turns whose process is gone, with the text they had come to: once, however many processes try.

Whoever finds a lease that has run out locks the turn and takes it over, so that neither another one that
looks nor the process itself, should it only have slept, can write of it. Runs beside everything else, and at
every start.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from chatkit.types import (
    AssistantMessageItem,
    ClientToolCallItem,
    StructuredInputItem,
    ThreadItem,
    ThreadItemDoneEvent,
    UserMessageItem,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.assistant.model_input import model_input
from app.assistant.model_notes import note_of
from app.db.acting import for_everyone
from app.db.engine import Database
from app.db.tables import thread_items, threads, turns
from app.errors import Unavailable
from app.ids import ItemId, ThreadId, TurnId, UserId
from app.logs import log_fields
from app.threads import items
from app.threads.ownership import own_items, own_thread, owner
from app.threads.payload import item_from
from app.threads.waiting import is_waiting
from app.transcripts import remembered_of_lost
from app.turns import records
from app.turns.approvals import deciding
from app.turns.approvals.pending import NOT_DONE
from app.turns.conditions import CONTINUATIONS, CUSTOM_ACTION, IS_RUNNING
from app.turns.failures import INTERRUPTED
from app.turns.open_items import message_text
from app.turns.replies import closed
from app.turns.stored_events import StoredLog, running_log
from app.turns.turn import TurnStatus, Usage
from app.turns.unfinished import failure_item

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
FORGET_SECONDS = 60.0
JUMP_SECONDS = 2.0
"""How far the database's clock may run from this process' own between two looks."""

AT_ONCE = 100
"""Turns that one look takes on; the next look takes the next ones."""

_WORKER = sa.bindparam("held_by", type_=sa.Text())
# Where the database itself was away, nobody could renew anything: all get the time to do so.
_NOT_BEFORE = sa.func.pg_postmaster_start_time() + sa.literal(records.LEASE, sa.Interval)
_EXPIRED = sa.or_(
    sa.and_(sa.bindparam("all", type_=sa.Boolean()), turns.c.worker != _WORKER),
    sa.func.greatest(turns.c.lease_expires_at, _NOT_BEFORE) < sa.func.now(),
    # Taken before the clock was set back: whoever lives has renewed it since.
    turns.c.lease_expires_at > sa.func.now() + sa.literal(2 * records.LEASE, sa.Interval),
)
_NOW = sa.select(sa.func.extract("epoch", sa.func.clock_timestamp()))
_CANDIDATES = (
    sa.select(turns.c.thread_id, turns.c.id, threads.c.user_id)
    .join(threads, threads.c.id == turns.c.thread_id)
    .where(IS_RUNNING, _EXPIRED, for_everyone("turns of processes that are gone"))
    .limit(AT_ONCE)
)
_OWN = (
    sa.select(threads.c.id).where(own_thread()).with_for_update(key_share=True, skip_locked=True).cte("own")
)
_TAKE_OVER = (
    sa.update(turns)
    .where(
        turns.c.thread_id == sa.select(_OWN.c.id).scalar_subquery(),
        turns.c.id == sa.bindparam("turn", type_=sa.Text()),
        IS_RUNNING,
        _EXPIRED,
    )
    .values(worker=_WORKER, lease_expires_at=records.lease_end())
    .returning(turns.c.kind, turns.c.language)
)
_STORED = (
    sa.select(*items.SELECTED)
    .where(own_items(), thread_items.c.turn_id == sa.bindparam("turn", type_=sa.Text()))
    .order_by(thread_items.c.seq)
)
_QUESTION = (
    sa.select(*items.SELECTED)
    .where(own_items(), thread_items.c.type == "user_message")
    .order_by(thread_items.c.seq.desc())
    .limit(1)
)


class Recovery:
    """Made once; `run` looks after turns until it is cancelled."""

    def __init__(
        self, database: Database, worker: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._worker = worker
        self._monotonic = monotonic
        self._not_before = 0.0
        self._clocks: tuple[float, float] | None = None
        self._forgotten = self._monotonic()

    async def run(self, *, alone: bool = False) -> None:
        """Look again and again. A database that is away is waited for.

        `alone` says that no other process uses the database: what others left in it is closed at once.
        """
        while True:
            try:
                await self.look(alone=alone)
                alone = False
            except Unavailable:
                # Others may have been cut off from it as well, and renew their leases now.
                self._not_before = self._monotonic() + records.LEASE.total_seconds()
            except Exception:
                logger.exception("turns of processes that are gone could not be looked for")
            await asyncio.sleep(SWEEP_SECONDS)

    async def close_abandoned(self, *, all_others: bool = False) -> int:
        """Close the turns that nobody holds any more, or all that are not this process'; return how many."""
        expired = {"held_by": self._worker, "all": all_others}
        found = (await self._database.execute(_CANDIDATES, expired)).all()
        closed = 0
        for row in found:
            with log_fields(thread=row.thread_id, turn=row.id):
                closed += await self._close_somehow(
                    ThreadId(row.thread_id), UserId(row.user_id), TurnId(row.id), all_others
                )
        return closed

    async def look(self, *, alone: bool = False) -> None:
        """Look once, unless it is not the time to."""
        await self._wait_for_renewals_after_a_jump()
        if self._monotonic() < self._not_before and not alone:
            return
        await self.close_abandoned(all_others=alone)
        if self._monotonic() - self._forgotten > FORGET_SECONDS:
            await records.forget_undelivered(self._database)
            self._forgotten = self._monotonic()

    async def _wait_for_renewals_after_a_jump(self) -> None:
        """Leave everybody the time to renew when the database's clock has jumped, as after a sleep."""
        now = float((await self._database.execute(_NOW, {})).scalar_one())
        clocks, before = (now, self._monotonic()), self._clocks
        self._clocks = clocks
        if before is not None and abs((now - before[0]) - (clocks[1] - before[1])) > JUMP_SECONDS:
            logger.warning("the database's clock has jumped; no turn is closed until leases are renewed")
            self._not_before = self._monotonic() + records.LEASE.total_seconds()

    async def _close_somehow(
        self, thread_id: ThreadId, user_id: UserId, turn_id: TurnId, all_others: bool
    ) -> bool:
        try:
            return await self._close(thread_id, user_id, turn_id, all_others)
        except Unavailable:
            raise
        except Exception:
            # Better without its last words than with a thread that takes no messages for ever.
            logger.exception("what a turn has left cannot be saved")
        try:
            return await self._close(thread_id, user_id, turn_id, all_others, with_text=False)
        except Unavailable:
            raise
        except Exception:
            logger.exception("a turn cannot be closed")
            return False

    async def _close(
        self,
        thread_id: ThreadId,
        user_id: UserId,
        turn_id: TurnId,
        all_others: bool,
        *,
        with_text: bool = True,
    ) -> bool:
        own = {**owner(user_id, thread_id), "turn": turn_id}
        async with self._database.transaction() as connection:
            taken = (
                await connection.execute(_TAKE_OVER, {**own, "held_by": self._worker, "all": all_others})
            ).one_or_none()
            if taken is None:
                return False
            log = await running_log(connection, thread_id, user_id) if with_text else None
            log = log or StoredLog(turn_id, (), ())
            shown = await self._save_open_items(connection, thread_id, user_id, log, taken.language)
            asked = [] if taken.kind in CONTINUATIONS else await _question(connection, thread_id, user_id)
            refused = await _refused(connection, thread_id, user_id, shown)
            said = remembered_of_lost(asked, [*log.memory, *refused], _text_beyond(shown, log.memory))
            noted = [note for item in shown if (note := note_of(item)) is not None]
            # What a click was stands among the notes, and comes before the answer to it.
            memory = [*noted, *said] if taken.kind == CUSTOM_ACTION else [*said, *noted]
            ending = records.Ending(
                TurnStatus.INTERRUPTED,
                memory,
                Usage(),
                error=INTERRUPTED.code,
            )
            await records.end(connection, thread_id, user_id, turn_id, self._worker, ending)
        logger.warning("turn closed: its process is gone")
        return True

    async def _save_open_items(
        self, connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, log: StoredLog, language: str
    ) -> list[ThreadItem]:
        """Store what was open when the process went; return all that the turn has shown."""
        own = {**owner(user_id, thread_id), "turn": log.turn_id}
        stored = [item_from(row) for row in await connection.execute(_STORED, own)]
        known = {item.id for item in stored}
        ended = [
            event.item
            for event in log.open_items().end_all(datetime.now(UTC))
            # What is stored is newer than the last events that were written.
            if isinstance(event, ThreadItemDoneEvent) and event.item.id not in known
        ]
        # What was asked of the page last is not waited for any more; the model is told so.
        unanswered = [
            closed(item)
            for item in stored
            if isinstance(item, ClientToolCallItem | StructuredInputItem) and is_waiting(item)
        ]
        for item in [*unanswered, *ended, failure_item(thread_id, INTERRUPTED, language)]:
            await items.save(connection, thread_id, user_id, item, turn_id=log.turn_id)
        return [*stored, *ended]


async def _refused(
    connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, shown: Sequence[ThreadItem]
) -> list[Any]:
    """Close what the turn waited for; return what the model is told of calls that were to be approved."""
    asked = [item for item in shown if isinstance(item, StructuredInputItem | ClientToolCallItem)]
    return [
        told
        for item in asked
        for told in await deciding.close(connection, thread_id, user_id, ItemId(item.id), NOT_DONE)
    ]


async def _question(connection: AsyncConnection, thread_id: ThreadId, user_id: UserId) -> list[Any]:
    """Return what the user said, as the model is sent it."""
    row = (await connection.execute(_QUESTION, owner(user_id, thread_id))).one_or_none()
    item = item_from(row) if row is not None else None
    return list(model_input(item)) if isinstance(item, UserMessageItem) else []


def _text_beyond(shown: Sequence[ThreadItem], memory: Sequence[Any]) -> str:
    """Return the assistant's text that was shown and does not stand in the memory."""
    known = {_text_of(item) for item in memory if item.get("role") == "assistant"}
    texts = [message_text(item) for item in shown if isinstance(item, AssistantMessageItem)]
    return "\n\n".join(text for text in texts if text and text not in known)


def _text_of(remembered: Mapping[str, Any]) -> str:
    content = remembered.get("content")
    parts = content if isinstance(content, list) else [{"text": content}]
    return "".join(str(part.get("text", part.get("refusal", ""))) for part in parts).strip()
