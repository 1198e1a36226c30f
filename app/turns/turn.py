"""One running turn: what it is, its log, and who is reading it.

Owns the readers' count, and says when the last of them has left. Runs nothing itself.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from agents import TResponseInputItem
from chatkit.types import ThreadMetadata, ThreadStreamEvent

from app.ids import ItemId, ThreadId, TurnId, UserId
from app.languages import ENGLISH
from app.threads.state import ThreadState
from app.transcripts import Cut
from app.turns.log import TurnLog
from app.turns.open_items import OpenItems


class TurnStatus(StrEnum):
    """The values of `turns.status`."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class TurnOrder:
    """What is recorded of a turn when it is accepted."""

    id: TurnId
    kind: str
    """The operation of the ChatKit protocol that asks for it."""
    fingerprint: str
    """Recognises the same request from the same user when it comes again."""
    worker: str
    """The process that runs it."""
    language: str = ENGLISH
    """In which the server speaks to whoever asks for it."""
    item_id: ItemId | None = None
    """The widget that the user clicked in, if it begins with that."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a turn cost, as the provider counted it."""

    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written with the end of a turn besides what the model shall remember."""

    workflow: str = ""
    """Whose variables `state` holds."""
    state: ThreadState | None = None
    replaces: Sequence[TurnId] = ()
    """Turns that this one has gone on with: what it remembers takes the place of what they did."""


NOTHING_KEPT = Kept()


class TurnLost(Exception):
    """The turn is not this process' any more: others closed it, or its thread is gone. Write nothing."""


class TurnWork(Protocol):
    """What a turn does. Every method but `finished` is called from the turn's own task."""

    def events(self) -> AsyncIterator[ThreadStreamEvent]:
        """Yield the events in order. Closing or cancelling it stops everything it began."""
        ...

    def finished(self, after: int) -> Sequence[TResponseInputItem]:
        """Return what is finished so far and shall be remembered whatever comes, from the nth item on."""
        ...

    def memory(self, cut: Cut | None) -> Sequence[TResponseInputItem]:
        """Return what the model shall remember of the turn; asked once, after `events` has ended."""
        ...

    def usage(self) -> Usage:
        """Return the cost so far; asked once, after `events` has ended."""
        ...

    def kept(self) -> Kept:
        """Return what is written with the end of the turn besides; asked once, after `memory`."""
        ...


class ReadableTurn(Protocol):
    """What a reader needs of a turn: one that runs here, one that runs elsewhere, or one that has ended."""

    @property
    def id(self) -> TurnId:
        """The turn."""
        ...

    @property
    def thread_id(self) -> ThreadId:
        """Its thread."""
        ...

    @property
    def user_id(self) -> UserId:
        """Its owner."""
        ...

    def reading(self) -> AbstractContextManager[TurnLog]:
        """Count as a reader while inside."""
        ...


@dataclass(frozen=True, slots=True)
class ReadTurn:
    """A turn that can be read here and does not run here: elsewhere, or not any more."""

    id: TurnId
    thread_id: ThreadId
    user_id: UserId
    log: TurnLog

    @contextmanager
    def reading(self) -> Iterator[TurnLog]:
        """Give the log; nothing here depends on who reads."""
        yield self.log


@dataclass(eq=False, slots=True)
class Turn:
    """A turn that was accepted and recorded. `thread` is the turn's own copy of the thread's metadata."""

    id: TurnId
    thread: ThreadMetadata
    user_id: UserId
    fingerprint: str = ""
    language: str = ENGLISH
    """In which the server speaks to whoever asked for it."""
    stops_unread: bool = True
    """Whether it is stopped when its last reader has left; not where a client cancels explicitly."""
    log: TurnLog = field(default_factory=TurnLog)
    cut: Cut | None = None
    """Set before the task is cancelled, so that the task knows why."""
    open_items: OpenItems = field(default_factory=OpenItems)
    """Items that were announced and are not done yet, as the events in the log leave them."""
    stored_changes: int = 0
    """Grows whenever items were stored or removed, right after the events that say so."""
    is_lost: bool = False
    """True when it is not this process' any more: nothing of it is written again."""
    stored: ThreadMetadata = field(init=False)
    """The thread's columns as they are known to stand in the database."""
    told: ThreadMetadata = field(init=False)
    """The thread as readers know it."""
    ending: bool = False
    """True from the moment the work is over and its end is being recorded; no cancel from then on."""
    was_read_at_its_end: bool = False
    """Whether anyone was reading when its end was recorded."""
    readers: int = 0
    was_read: bool = False
    on_abandoned: Callable[[], None] | None = None
    """Called when the last reader has left; the runner decides what follows."""

    def __post_init__(self) -> None:
        self.stored = self.thread.model_copy(deep=True)
        self.told = self.stored.model_copy(deep=True)

    @property
    def is_abandoned(self) -> bool:
        """True when there were readers and all of them have left: the user has stopped it, or lost it."""
        return self.was_read and self.readers == 0

    def titled(self, title: str) -> None:
        """Take notice of a title made beside this turn; what its assistant has named the thread stays."""
        if self.thread.title == self.stored.title:
            self.thread.title = title
        self.stored.title = title

    def retitle(self, title: str) -> None:
        """Take notice of a title stored beside this turn, so that the turn does not write it back."""
        self.thread.title = self.stored.title = title

    def take_back(self) -> None:
        """Undo what was changed on the thread and not stored; tools go on with the same object."""
        for name, value in self.stored.model_copy(deep=True):
            setattr(self.thread, name, value)

    @property
    def thread_id(self) -> ThreadId:
        """The thread this turn writes to."""
        return ThreadId(self.thread.id)

    @contextmanager
    def reading(self) -> Iterator[TurnLog]:
        """Count as a reader while inside; leaving awaits nothing, so a cancelled response can."""
        self.readers += 1
        self.was_read = True
        try:
            yield self.log
        finally:
            self.readers -= 1
            if self.readers == 0 and self.stops_unread and not self.log.closed and self.on_abandoned:
                self.on_abandoned()
