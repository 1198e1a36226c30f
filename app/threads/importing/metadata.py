"""`chatkit.thread`: title, status with its reason, and when it was begun."""

from collections.abc import Sequence
from datetime import UTC, datetime

from chatkit.types import ActiveStatus, ClosedStatus, LockedStatus, ThreadMetadata, ThreadStatus

from app.ids import ThreadId
from app.threads.importing.hosted import Raw, moment_of, note_unknown, text_of

_UNKNOWN_TIME = datetime(2025, 10, 6, tzinfo=UTC)
"""The day on which the hosted ChatKit began."""


def metadata(
    raw: Raw, thread_id: ThreadId, image_domains: Sequence[str] | None, losses: list[str]
) -> ThreadMetadata:
    """Return the thread without its items. Its owner, `user`, is no part of it."""
    created_at = moment_of(raw.get("created_at"))
    if created_at is None:
        losses.append("thread without a time: it has the first day of the hosted ChatKit")
    note_unknown(raw, ("title", "status", "user"), losses, "thread")
    return ThreadMetadata(
        id=thread_id,
        title=text_of(raw, "title") or None,
        created_at=created_at or _UNKNOWN_TIME,
        status=_status(raw.get("status"), losses),
        allowed_image_domains=None if image_domains is None else list(image_domains),
    )


def _status(raw: object, losses: list[str]) -> ThreadStatus:
    given = raw if isinstance(raw, dict) else {"type": raw}
    reason = text_of(given, "reason")
    match given.get("type"):
        case "active" | None:
            return ActiveStatus()
        case "locked":
            return LockedStatus(reason=reason)
        case "closed":
            return ClosedStatus(reason=reason)
        case unknown:
            # It took no messages, for all we know.
            losses.append(f"thread status {str(unknown)[:60]}: it is locked here")
            return LockedStatus(reason=reason)
