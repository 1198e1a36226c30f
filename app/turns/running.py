"""One turn from its first event to its recorded end: what its task does.

Owns the order in which a turn ends, however it does: open items closed, the failure told, the end and the
model's memory recorded, readers let go. Creates no tasks.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

from chatkit.types import (
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
)

from app.db.engine import Database
from app.errors import Unavailable
from app.ids import ItemId
from app.logs import log_fields
from app.turns import records
from app.turns.approvals import deciding
from app.turns.failures import INTERRUPTED, SAVING_FAILED, Failure, describe, origin
from app.turns.publishing import Publisher, encode
from app.turns.replay import ended_turn
from app.turns.replies import closed
from app.turns.turn import Turn, TurnLost, TurnStatus, TurnWork
from app.turns.unfinished import error_event, failure_item
from app.turns.writing import TurnWriter

logger = logging.getLogger(__name__)

RECORDING_SECONDS = 60.0
"""How long the end of a turn waits for a database that is away; after that its lease runs out."""

_AGAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class TurnTask:
    """Runs accepted turns; one object for all of them."""

    database: Database
    writer: TurnWriter

    async def run(self, turn: Turn, work: TurnWork, opening: Sequence[ThreadStreamEvent]) -> None:
        """Publish `opening`, whose effects are stored already, and then what `work` brings, and end the turn.

        Cancelled at the most once, with `turn.cut` saying why; every other way out is its own.
        """
        with log_fields(thread=turn.thread_id, turn=turn.id):
            publisher = Publisher(turn, self.database, self.writer)
            failure: Failure | None = None
            try:
                for event in opening:
                    publisher.show(event)
                async with aclosing(work.events()) as events:  # type: ignore[type-var]
                    async for event in events:
                        await publisher.publish(event)
                # Changed by what comes last: a tool that ends the run, a hook, a guardrail.
                await publisher.store_thread_changes()
            except asyncio.CancelledError:
                failure = INTERRUPTED if turn.cut == "interrupted" else None
                turn.cut = turn.cut or "interrupted"
            except TurnLost:
                turn.cut = "interrupted"
            except Exception as error:
                failure = describe(error)
                turn.cut = "failed"
                logger.warning("turn failed", extra={"failure": failure.code, "origin": origin(error)})
                logger.debug("turn failed", exc_info=error)
            turn.ending = True
            told: Sequence[ThreadStreamEvent] = ()
            try:
                await self._end(turn, work, publisher, failure)
            except TurnLost:
                logger.info("turn ended: it was closed elsewhere, or its thread is gone")
                told = await self._told_elsewhere(turn)
                failure = None if told else failure or INTERRUPTED
            except Exception:
                logger.exception("the end of a turn could not be recorded; its lease will run out")
                failure = failure or SAVING_FAILED
            finally:
                await self.writer.release(turn)
                if failure is not None:
                    publisher.show(error_event(failure, turn.language))
                turn.log.close([encode(event) for event in told])

    async def _told_elsewhere(self, turn: Turn) -> Sequence[ThreadStreamEvent]:
        """Return what whoever closed the turn made of it; nothing where that is not to be had.

        What was shown here and is not among it was never stored, and is taken back.
        """
        try:
            ended = await ended_turn(self.database, turn.thread_id, turn.user_id, turn.id)
        except Unavailable:
            return ()
        if ended is None:
            return ()
        kept = {event.item.id for event in ended.answer if isinstance(event, ThreadItemDoneEvent)}
        shown = [item.id for item in turn.open_items.visible()]
        taken_back = [ThreadItemRemovedEvent(item_id=item_id) for item_id in shown if item_id not in kept]
        return [*taken_back, *ended.answer]

    async def _end(self, turn: Turn, work: TurnWork, publisher: Publisher, failure: Failure | None) -> None:
        for event in list(turn.open_items.end_all(datetime.now(UTC))):
            await publisher.publish(event)
        if turn.cut is not None and (waiting := turn.open_items.waiting) is not None:
            # The model is told that the call had no result; an answer to it would come too late.
            await publisher.publish(ThreadItemReplacedEvent(item=closed(waiting)))
            await deciding.close(self.database, turn.thread_id, turn.user_id, ItemId(waiting.id))
        if failure is not None:
            told = failure_item(turn.thread_id, failure, turn.language)
            await publisher.publish(ThreadItemDoneEvent(item=told))
        await self.writer.release(turn)
        status = TurnStatus(turn.cut) if turn.cut else TurnStatus.DONE
        turn.was_read_at_its_end = turn.readers > 0
        ending = records.Ending(
            status,
            work.memory(turn.cut),
            work.usage(),
            error=failure.code if failure else None,
            undelivered=not turn.was_read_at_its_end,
            kept=work.kept(),
        )
        await self._record(turn, ending)
        logger.info("turn ended", extra={"status": status.value})

    async def _record(self, turn: Turn, ending: records.Ending) -> None:
        """Record the end as soon as the database takes it; raise `Unavailable` when it stays away."""
        deadline = asyncio.get_running_loop().time() + RECORDING_SECONDS
        asked_before = False
        while True:
            try:
                await records.end(
                    self.database, turn.thread_id, turn.user_id, turn.id, self.writer.worker, ending
                )
                return
            except TurnLost:
                if asked_before:
                    # Most likely by ourselves, and only the answer was lost. What is missing if not, others
                    # have written: every item is stored by now.
                    return
                raise
            except Unavailable:
                asked_before = True
                if asyncio.get_running_loop().time() > deadline:
                    raise
            await asyncio.sleep(_AGAIN_SECONDS)
