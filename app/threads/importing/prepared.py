"""A hosted thread with all that is written of it: rows in their order, each with its place.

Items and the model's memory share one counter, as everywhere: what is remembered of an item stands directly
behind it, so that "everything after this message" cuts both at the same point.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chatkit.types import ThreadMetadata

from app.ids import ThreadId, UserId
from app.threads.importing.mapping import Mapped
from app.threads.thread_row import columns_of
from app.threads.times import to_utc

Memory = tuple[str, int]
"""A row of the model's memory: its JSON, and its size in tokens."""

ITEM_COLUMNS = ("seq", "id", "type", "role", "text", "hidden", "created_at", "payload", "raw")
MEMORY_COLUMNS = ("seq", "item", "tokens", "created_at")


@dataclass(frozen=True, slots=True)
class HostedItem:
    """One item: as it is here, as it was sent, and what the model remembers of it."""

    mapped: Mapped
    raw: str
    memory: Sequence[Memory] = ()


@dataclass(slots=True)
class PreparedThread:
    """A thread that is to be written, as columns."""

    id: ThreadId
    user_id: UserId
    columns: dict[str, Any]
    """Of the thread's own row."""
    content_sha256: str
    language: str
    items: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in ITEM_COLUMNS})
    memory: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in MEMORY_COLUMNS})
    last_seq: int = 0

    @property
    def item_ids(self) -> list[str]:
        """The ids of its items, in their order."""
        return self.items["id"]


def prepared(
    user_id: UserId,
    thread: ThreadMetadata,
    raw: str,
    items: Iterable[HostedItem],
    *,
    content_sha256: str,
    language: str,
) -> PreparedThread:
    """Return a thread ready to be written; raise `BadRequest` if its columns cannot be stored."""
    created_at = to_utc(thread.created_at)
    columns = {**columns_of(thread), "created_at": created_at, "updated_at": created_at, "raw": raw}
    made = PreparedThread(ThreadId(thread.id), user_id, columns, content_sha256, language)
    for item in items:
        _add(made, item)
    return made


def _add(thread: PreparedThread, item: HostedItem) -> None:
    moment: datetime = item.mapped.columns["created_at"]
    # As for any thread: its last activity, by which the history is ordered.
    thread.columns["updated_at"] = max(thread.columns["updated_at"], moment)
    thread.last_seq += 1
    row = {
        **item.mapped.columns,
        "seq": thread.last_seq,
        "id": item.mapped.item.id,
        "raw": item.raw,
    }
    for name, column in thread.items.items():
        column.append(row[name])
    for remembered, tokens in item.memory:
        thread.last_seq += 1
        for name, value in zip(MEMORY_COLUMNS, (thread.last_seq, remembered, tokens, moment), strict=True):
            thread.memory[name].append(value)
