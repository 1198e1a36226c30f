"""Starts, cancels and drains turns: the one place that creates their tasks.

A turn's task belongs to this object and to nobody's request, so nothing that happens to a response can cancel
its database work half-way.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Literal

from chatkit.types import CustomTask, ErrorEvent, TaskItem, ThreadItemDoneEvent, ThreadStreamEvent

from app.db.engine import Database
from app.errors import NotFound, Unavailable
from app.ids import ThreadId, UserId, new_id
from app.logs import log_fields
from app.transcripts import Cut, Transcripts
from app.turns import records
from app.turns.failures import INTERRUPTED, Failure, describe, origin
from app.turns.publishing import Publisher
from app.turns.turn import Turn, TurnStatus, TurnWork

logger = logging.getLogger(__name__)

ARRIVAL_SECONDS = 5.0
"""How much later than its turn the first reader may come."""


class TurnRunner:
    """The turns of this process. Made once; `stop` ends it for good."""

    def __init__(
        self,
        database: Database,
        transcripts: Transcripts,
        *,
        on_disconnect: Literal["cancel", "detach"],
        grace_seconds: float,
    ) -> None:
        self._database = database
        self._transcripts = transcripts
        self._on_disconnect = on_disconnect
        self._grace_seconds = grace_seconds
        self._running: dict[ThreadId, tuple[Turn, asyncio.Task[None]]] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self.draining = False
        """True once no new turns are taken."""

    def accept(self) -> None:
        """Raise `Unavailable` when this process takes no new turns; asked before anything is written."""
        if self.draining:
            raise Unavailable("The server is restarting. Please try again in a moment.", retry_after=5)

    def start(self, turn: Turn, work: TurnWork, opening: Sequence[ThreadStreamEvent]) -> None:
        """Begin a recorded turn. `opening` are events whose effects are already stored."""
        if self._on_disconnect == "cancel":
            turn.on_abandoned = lambda: self._stop_unless_read(turn, self._grace_seconds)
            # A request that broke off before its answer began never becomes a reader.
            self._stop_unless_read(turn, self._grace_seconds + ARRIVAL_SECONDS)
        task = asyncio.create_task(self._run(turn, work, opening), name=f"turn {turn.id}")
        self._running[turn.thread_id] = (turn, task)
        task.add_done_callback(lambda _: self._running.pop(turn.thread_id, None))

    def beside(self, job: Coroutine[Any, Any, None]) -> None:
        """Run `job` on its own, until it ends or this process stops."""
        task = asyncio.create_task(job)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def running(self) -> Sequence[Turn]:
        """The turns that have not ended."""
        return [turn for turn, _ in self._running.values()]

    def find(self, thread_id: ThreadId) -> Turn | None:
        """Return the turn that this process runs on a thread, if any."""
        entry = self._running.get(thread_id)
        return entry[0] if entry else None

    async def make_way(self, thread_id: ThreadId, user_id: UserId) -> None:
        """Stop a turn that its user has left already, without the grace, as they ask for another one."""
        turn = self.find(thread_id)
        if turn and turn.user_id == user_id and turn.is_abandoned and self._on_disconnect == "cancel":
            await self.cancel(thread_id)

    async def cancel(self, thread_id: ThreadId, cut: Cut = "cancelled") -> None:
        """Stop the turn of a thread, if one runs here, and wait until its end is recorded."""
        if entry := self._running.get(thread_id):
            turn, task = entry
            self._cut(turn, cut)
            await asyncio.wait([task])

    def drain(self) -> None:
        """Take no new turns from now on."""
        self.draining = True

    async def idle(self) -> None:
        """Wait until every turn that runs now has ended by itself."""
        if tasks := [task for _, task in self._running.values()]:
            await asyncio.wait(tasks)

    async def nothing_beside(self) -> None:
        """Wait until what was begun with `beside` has ended by itself."""
        if self._beside:
            await asyncio.wait(self._beside)

    async def stop(self) -> None:
        """Close what still runs as interrupted, with its text saved."""
        self.drain()
        for turn in self.running():
            self._cut(turn, "interrupted")
        for task in self._beside:
            task.cancel()
        if tasks := [*(task for _, task in self._running.values()), *self._beside]:
            await asyncio.wait(tasks)

    def _stop_unless_read(self, turn: Turn, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._stop_if_unread, turn)

    def _stop_if_unread(self, turn: Turn) -> None:
        if turn.readers == 0 and not turn.log.closed:
            logger.info("turn stopped: nobody reads it", extra={"turn": turn.id})
            self._cut(turn, "cancelled")

    def _cut(self, turn: Turn, cut: Cut) -> None:
        entry = self._running.get(turn.thread_id)
        # Cancelled once at the most: a second time would hit the saving of what there is.
        if entry is not None and turn.cut is None and not turn.ending:
            turn.cut = cut
            entry[1].cancel()

    async def _run(self, turn: Turn, work: TurnWork, opening: Sequence[ThreadStreamEvent]) -> None:
        with log_fields(thread=turn.thread_id, turn=turn.id):
            publisher = Publisher(turn, self._database)
            failure: Failure | None = None
            try:
                for event in opening:
                    publisher.show(event)
                async with aclosing(work.events()) as events:  # type: ignore[type-var]
                    async for event in events:
                        await publisher.publish(event)
            except asyncio.CancelledError:
                failure = INTERRUPTED if turn.cut == "interrupted" else None
                turn.cut = turn.cut or "interrupted"
            except Exception as error:
                failure = describe(error)
                turn.cut = "failed"
                logger.warning("turn failed", extra={"failure": failure.code, "origin": origin(error)})
                logger.debug("turn failed", exc_info=error)
            turn.ending = True
            try:
                await self._end(turn, work, publisher, failure)
            except NotFound:
                logger.info("turn ended: its thread is gone")
            except Exception:
                logger.exception("the end of a turn could not be recorded; its lease will run out")
                failure = failure or describe(Unavailable("The answer could not be saved. Please try again."))
            finally:
                if failure is not None:
                    publisher.show(_error_event(failure))
                turn.log.close()

    async def _end(self, turn: Turn, work: TurnWork, publisher: Publisher, failure: Failure | None) -> None:
        for event in publisher.open_items.end_all(datetime.now(UTC)):
            await publisher.publish(event)
        if failure is not None:
            await publisher.publish(ThreadItemDoneEvent(item=_failure_item(turn, failure)))
        status = TurnStatus(turn.cut) if turn.cut else TurnStatus.DONE
        finished = records.finished(status, work.usage(), failure.code if failure else None)
        async with self._database.autocommit() as connection:
            await self._transcripts.append(
                connection, turn.thread_id, turn.user_id, turn.id, work.memory(turn.cut), finished
            )
        logger.info("turn ended", extra={"status": status.value})


def _failure_item(turn: Turn, failure: Failure) -> TaskItem:
    """What stays in the thread of a failure, so that a reload shows it too."""
    return TaskItem(
        id=new_id("tsk"),
        thread_id=turn.thread_id,
        created_at=datetime.now(UTC),
        task=CustomTask(title="No complete answer", icon="info", content=failure.sentence),
    )


def _error_event(failure: Failure) -> ErrorEvent:
    return ErrorEvent(code="custom", message=failure.sentence, allow_retry=failure.allow_retry)
