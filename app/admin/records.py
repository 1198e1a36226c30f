"""What an operator is told of a thread, an item, a turn, an approval. Times are aware and UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class ThreadRecord:
    """A thread; `items` counts those that are not hidden, `last_message` is its beginning."""

    id: str
    user_id: str
    title: str | None
    status: str
    status_reason: str | None
    created_at: datetime
    updated_at: datetime
    items: int
    last_message: str | None
    running_turn: str | None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item as a person reads it, and the turn that wrote it."""

    thread_id: str
    seq: int
    id: str
    user_id: str
    created_at: datetime
    role: str | None
    type: str
    text: str | None
    hidden: bool
    turn_id: str | None
    turn_status: str | None
    model: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One request for an answer, and what became of it."""

    id: str
    kind: str
    status: str
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    error: str | None
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """A tool call that its user was asked to approve, and what became of it."""

    thread_id: str
    item_id: str
    call: int
    user_id: str
    tool: str
    server: str | None
    arguments: str
    status: str
    asked_at: datetime
    decided_at: datetime | None
    turn_id: str
    decided_turn_id: str | None
    turn_status: str | None


@dataclass(frozen=True, slots=True)
class Approvals:
    """Approvals, asked last first; `more` says that there are others."""

    approvals: Sequence[ApprovalRecord]
    more: bool


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Threads, newest activity first; `after` continues the list and is None at its end."""

    threads: Sequence[ThreadRecord]
    after: str | None


@dataclass(frozen=True, slots=True)
class ThreadDetails:
    """A thread with its last items and turns, each in their order; `earlier` items were left out."""

    thread: ThreadRecord
    items: Sequence[ItemRecord]
    earlier: int
    turns: Sequence[TurnRecord]


@dataclass(frozen=True, slots=True)
class Match:
    """An item that was found, and the place of its text where."""

    thread_id: str
    item_id: str
    user_id: str
    created_at: datetime
    role: str | None
    type: str
    hidden: bool
    excerpt: str


@dataclass(frozen=True, slots=True)
class Matches:
    """Items that were found, newest first; `more` says that there are others.

    Not `whole` is a search that was given up before everything was read: there may be others.
    """

    matches: Sequence[Match]
    matched_by: Literal["words", "substring"]
    more: bool
    whole: bool = True
