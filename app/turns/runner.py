"""Starts, cancels and drains turns: the one place that creates their tasks.

A turn's task belongs to this object and to nobody's request, so nothing that happens to a response can cancel
its database work half-way.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, Literal

from chatkit.types import ThreadStreamEvent

from app.db.engine import Database
from app.errors import Unavailable
from app.ids import ThreadId, UserId
from app.transcripts import Cut
from app.turns import records
from app.turns.running import TurnTask
from app.turns.turn import Turn, TurnWork
from app.turns.writing import TurnWriter

logger = logging.getLogger(__name__)

ARRIVAL_SECONDS = 5.0
"""How much later than its turn the first reader may come."""

ENDING_SECONDS = 1.0
"""How long who answers what a turn has asked waits for its end."""

STOPPING_SECONDS = 3.0
"""How long whoever asks for a stop waits for its end."""


class TurnRunner:
    """The turns of this process. Made once; `stop` ends it for good."""

    def __init__(
        self,
        database: Database,
        writer: TurnWriter,
        *,
        on_disconnect: Literal["cancel", "detach"],
        grace_seconds: float,
    ) -> None:
        self._database = database
        self._writer = writer
        self._task = TurnTask(database, writer)
        self._stops_unread = on_disconnect == "cancel"
        self._grace_seconds = grace_seconds
        self._running: dict[ThreadId, tuple[Turn, asyncio.Task[None]]] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self.draining = asyncio.Event()
        """Set once no new turns are taken."""

    def accept(self) -> None:
        """Raise `Unavailable` when this process takes no new turns; asked before anything is written."""
        if self.draining.is_set():
            raise Unavailable("The server is restarting. Please try again in a moment.", retry_after=1)

    def start(self, turn: Turn, work: TurnWork, opening: Sequence[ThreadStreamEvent]) -> None:
        """Begin a recorded turn. `opening` are events whose effects are already stored."""
        turn.stops_unread = turn.stops_unread and self._stops_unread
        turn.on_abandoned = lambda: self._stop_unless_read(turn, self._grace_seconds)
        if turn.stops_unread:
            # A request that broke off before its answer began never becomes a reader.
            self._stop_unless_read(turn, self._grace_seconds + ARRIVAL_SECONDS)
        self._writer.hold(turn, work.finished, lambda: self._cut(turn, "cancelled"))
        task = asyncio.create_task(self._task.run(turn, work, opening), name=f"turn {turn.id}")
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

    def count(self) -> int:
        """Return how many turns run here."""
        return len(self._running)

    def count_of(self, user_id: UserId) -> int:
        """Return how many turns of this user run here."""
        return sum(turn.user_id == user_id for turn, _ in self._running.values())

    def find(self, thread_id: ThreadId, user_id: UserId) -> Turn | None:
        """Return the turn that this process runs on a thread of this user, if any."""
        entry = self._running.get(thread_id)
        return entry[0] if entry and entry[0].user_id == user_id else None

    async def make_way(self, thread_id: ThreadId, user_id: UserId, fingerprint: str) -> None:
        """Stop a turn that its user has left already, without the grace, as they ask for something else."""
        turn = self.find(thread_id, user_id)
        if turn and turn.is_abandoned and turn.stops_unread and turn.fingerprint != fingerprint:
            await self.cancel(turn)

    async def spoken_out(self, thread_id: ThreadId, user_id: UserId) -> None:
        """Wait for the end of a turn that waits for the page already, as a fast page may answer before it."""
        turn = self.find(thread_id, user_id)
        if turn and turn.open_items.waiting is not None:
            await turn.log.closing(ENDING_SECONDS)

    async def cancel(self, turn: Turn) -> None:
        """Stop a turn that runs here, and wait for its end to be recorded, though not for ever."""
        entry = self._running.get(turn.thread_id)
        if entry and entry[0] is turn:
            self._cut(turn, "cancelled")
            await asyncio.wait([entry[1]], timeout=STOPPING_SECONDS)

    def drain(self) -> None:
        """Take no new turns from now on."""
        self.draining.set()

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
        if turn.readers == 0 and turn.stops_unread and not turn.log.closed:
            self.beside(self._stop_unless_followed(turn))

    async def _stop_unless_followed(self, turn: Turn) -> None:
        """Stop a turn without readers here, unless it has one on another process."""
        try:
            is_followed = await records.is_followed(self._database, turn.thread_id, turn.user_id, turn.id)
        except Unavailable:
            is_followed = False
        if is_followed:
            self._stop_unless_read(turn, records.FOLLOWED.total_seconds())
        elif turn.readers == 0 and turn.stops_unread:
            logger.info("turn stopped: nobody reads it", extra={"turn": turn.id})
            self._cut(turn, "cancelled")

    def _cut(self, turn: Turn, cut: Cut) -> None:
        entry = self._running.get(turn.thread_id)
        # Cancelled once at the most: a second time would hit the saving of what there is.
        if entry is not None and entry[0] is turn and turn.cut is None and not turn.ending:
            turn.cut = cut
            entry[1].cancel()
