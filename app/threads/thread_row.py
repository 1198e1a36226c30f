"""A thread's metadata as the columns of its row, and back."""

from collections.abc import Mapping
from typing import Any

from chatkit.types import ActiveStatus, ClosedStatus, LockedStatus, ThreadMetadata, ThreadStatus
from pydantic import PrivateAttr
from pydantic_core import from_json
from sqlalchemy import Row, Text, cast

from app.db.tables import threads
from app.threads.characters import storable_text
from app.threads.json_text import json_text
from app.threads.times import to_utc

SELECTED = (
    threads.c.id,
    threads.c.title,
    threads.c.status,
    threads.c.status_reason,
    threads.c.allowed_image_domains,
    threads.c.created_at,
    threads.c.updated_at,
    cast(threads.c.metadata, Text).label("metadata"),
)
"""What `thread_from` reads, and the place in the list."""

COLUMNS_OF_FIELD = {
    "title": ("title",),
    "status": ("status", "status_reason"),
    "metadata": ("metadata",),
    "allowed_image_domains": ("allowed_image_domains",),
}
"""The fields that a caller may change, and where they are stored."""


# The SDK defines it before the types it names; only once complete can it be inherited from.
ThreadMetadata.model_rebuild()


class LoadedThread(ThreadMetadata):
    """A thread as it was read; it knows its columns, so that only what changed is written back."""

    _stored: dict[str, Any] = PrivateAttr(default_factory=dict)

    def changes(self) -> dict[str, object]:
        """Return the columns that are not as last read or written."""
        # Postgres spaces JSON in its own way.
        metadata = json_text(from_json(self._stored["metadata"]))
        return changes(self._stored | {"metadata": metadata}, self)

    def written(self, columns: Mapping[str, object]) -> None:
        """Take notice that `columns` are stored now."""
        self._stored = {**self._stored, **columns}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ThreadMetadata) and dict(self) == dict(other)


def columns_of(thread: ThreadMetadata) -> dict[str, object]:
    """Return the columns that a caller may change; the items of a `Thread` are not looked at."""
    status, domains = thread.status, thread.allowed_image_domains
    reason = None if isinstance(status, ActiveStatus) else status.reason
    return {
        "title": None if thread.title is None else storable_text(thread.title),
        "status": status.type,
        "status_reason": None if reason is None else storable_text(reason),
        "metadata": json_text(thread.metadata),
        "allowed_image_domains": None if domains is None else [storable_text(domain) for domain in domains],
    }


def changes(before: Mapping[str, object], after: ThreadMetadata) -> dict[str, object]:
    """Return the columns of `after` that are not as in `before`."""
    return {name: value for name, value in columns_of(after).items() if value != before[name]}


def columns_set(thread: ThreadMetadata) -> tuple[str, ...]:
    """Return the names of the columns whose fields were set on an object that the store did not give out."""
    fields = thread.model_fields_set | ({"metadata"} if thread.metadata else set())
    return tuple(name for field, names in COLUMNS_OF_FIELD.items() if field in fields for name in names)


def thread_from(row: Row[Any]) -> LoadedThread:
    """Return the thread of a row that has `SELECTED`."""
    thread = LoadedThread(
        id=row.id,
        title=row.title,
        created_at=to_utc(row.created_at),
        status=_status(row.status, row.status_reason),
        allowed_image_domains=row.allowed_image_domains,
        metadata=from_json(row.metadata),
    )
    thread._stored = {
        "title": row.title,
        "status": row.status,
        "status_reason": row.status_reason,
        "metadata": row.metadata,
        "allowed_image_domains": row.allowed_image_domains,
    }
    return thread


def _status(status: str, reason: str | None) -> ThreadStatus:
    match status:
        case "locked":
            return LockedStatus(reason=reason)
        case "closed":
            return ClosedStatus(reason=reason)
        case _:
            return ActiveStatus()
