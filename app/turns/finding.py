"""The turn that a request is about, wherever it runs, or after it has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatkit.types import StreamOptionsEvent, ThreadItem

from app.db.engine import Database
from app.ids import ThreadId, TurnId, UserId
from app.turns import records
from app.turns.following import Follower
from app.turns.replay import as_read, ended_turn
from app.turns.runner import STOPPING_SECONDS, TurnRunner
from app.turns.stored_events import running_log, running_or_unread
from app.turns.turn import ReadableTurn, Turn
from app.turns.writing import TurnWriter


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is open of a running turn, and the place in its events that this stands for."""

    turn_id: TurnId
    position: int
    items: Sequence[ThreadItem]


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of all processes, each for its owner only."""

    database: Database
    runner: TurnRunner
    follower: Follower
    writer: TurnWriter
    stream_options: StreamOptionsEvent

    async def running(self, thread_id: ThreadId, user_id: UserId) -> ReadableTurn | None:
        """Return the turn that runs on a thread of this user."""
        if (turn := self.runner.find(thread_id, user_id)) is not None:
            return turn
        turn_id, _ = await running_or_unread(self.database, thread_id, user_id)
        return self.follower.follow(thread_id, user_id, turn_id) if turn_id else None

    async def ended(
        self, thread_id: ThreadId, user_id: UserId, turn_id: TurnId, *, whole: bool
    ) -> ReadableTurn | None:
        """Return a turn that has ended, to be read again: all of it, or what its answer comes down to."""
        found = await ended_turn(self.database, thread_id, user_id, turn_id)
        if found is None:
            return None
        opening = [*found.opening, self.stream_options] if whole else []
        return as_read(thread_id, user_id, turn_id, [*opening, *found.answer])

    async def again(
        self, thread_id: ThreadId, user_id: UserId, turn_id: TurnId, *, is_running: bool
    ) -> ReadableTurn:
        """Return the turn of a request that has come again, from its first event."""
        turn = self.runner.find(thread_id, user_id)
        if turn is not None and turn.id == turn_id:
            return turn
        ended = None if is_running else await self.ended(thread_id, user_id, turn_id, whole=True)
        return ended or self.follower.follow(thread_id, user_id, turn_id)

    async def cancel(self, thread_id: ThreadId, user_id: UserId) -> bool:
        """Stop the turn that runs on a thread of this user and wait for its end; say whether one ran."""
        if (turn := self.runner.find(thread_id, user_id)) is not None:
            await self.runner.cancel(turn)
            await self.writer.mark_read(thread_id, user_id, turn.id)
            return True
        turn_id = await records.request_cancel(self.database, thread_id, user_id)
        if turn_id is None:
            return False
        with self.follower.follow(thread_id, user_id, turn_id).reading() as log:
            await log.closing(STOPPING_SECONDS)
        await self.writer.mark_read(thread_id, user_id, turn_id)
        return True

    async def snapshot(self, thread_id: ThreadId, user_id: UserId) -> Snapshot | None:
        """Return what is open of the turn that runs on a thread of this user, None if none runs.

        Turns that ended without being read to their end count as read: whoever asks sees what they left.
        """
        if (turn := self.runner.find(thread_id, user_id)) is not None:
            return snapshot_of(turn)
        turn_id, unread = await running_or_unread(self.database, thread_id, user_id)
        stored = await running_log(self.database, thread_id, user_id) if turn_id else None
        for ended in unread:
            await self.writer.mark_read(thread_id, user_id, ended)
        if stored is None:
            return None
        return Snapshot(stored.turn_id, len(stored.frames), stored.open_items().visible())


def snapshot_of(turn: Turn) -> Snapshot:
    """Return what is open of a turn that runs here, at this moment."""
    return Snapshot(turn.id, len(turn.log), turn.open_items.visible())
