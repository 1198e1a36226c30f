"""A turn that this process holds, and how much of it has been written."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agents import TResponseInputItem
from pydantic_core import to_json

from app.ids import ItemId
from app.transcripts import storable
from app.turns.flush_statement import Outcome, Share
from app.turns.turn import Turn, TurnLost

MemoryFrom = Callable[[int], Sequence[TResponseInputItem]]
"""What the model shall remember of a run so far, from the nth item on."""


@dataclass(eq=False, slots=True)
class Change:
    """An item to be stored, or one to be removed; `done` is for who waits for it."""

    done: asyncio.Future[None]
    item: Mapping[str, object] | None = None
    removed: ItemId | None = None
    pause: str | None = None

    def answer(self, error: Exception | None) -> None:
        """Tell whoever waits, if they still do."""
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


@dataclass(eq=False, slots=True)
class HeldTurn:
    """Used by the task that writes, and in between its writes by those that ask for changes."""

    turn: Turn
    memory: MemoryFrom
    on_stop: Callable[[], None]
    since: float = field(default_factory=time.monotonic)
    changes: deque[Change] = field(default_factory=deque)
    _frames_written: int = 0
    _memory_written: int = 0
    _frames_sent: int = 0
    _memory_sent: int = 0
    _change_sent: Change | None = None

    def share(self) -> Share | None:
        """Return what is to be written next: the first change, and every event since the last write."""
        while self.changes and self.changes[0].done.done():
            self.changes.popleft()
        change = self.changes[0] if self.changes else None
        frames = self.turn.log.since(self._frames_written)
        if change is None and not frames:
            return None
        # Memory goes along with events: it is what they came from.
        memory = self.memory(self._memory_written) if frames else ()
        self._frames_sent = self._frames_written + len(frames)
        self._memory_sent = self._memory_written + len(memory)
        self._change_sent = change
        return Share(
            self.turn.thread_id,
            self.turn.user_id,
            self.turn.id,
            position=self._frames_written,
            frames=frames,
            memory=to_json([storable(item) for item in memory]).decode() if memory else None,
            item=change.item if change else None,
            removed=change.removed if change else None,
            pause=change.pause if change else None,
        )

    def settle(self, outcome: Outcome) -> None:
        """Take note of what became of the share that was returned last."""
        match outcome:
            case Outcome.WRITTEN:
                self._take_as_written(None)
            case Outcome.LOST:
                self.lose()
            case Outcome.PASSED_OVER:
                pass

    def refuse(self, error: Exception) -> None:
        """Take note that the share can never be written: its change fails, its events are left out."""
        self._take_as_written(error)

    def lose(self) -> None:
        """The turn is not this process' any more."""
        self.turn.is_lost = True
        for change in self.changes:
            change.answer(TurnLost())
        self.changes.clear()
        self.on_stop()

    def _take_as_written(self, error: Exception | None) -> None:
        self._frames_written, self._memory_written = self._frames_sent, self._memory_sent
        # Another one may have come since, and waits for the next write.
        if self._change_sent is not None:
            self.changes.remove(self._change_sent)
            self._change_sent.answer(error)
            self._change_sent = None
