"""Times at the border between the ChatKit SDK and the database: aware, in UTC.

The SDK makes naive times with `datetime.now()`; they are this machine's local time.
"""

from datetime import UTC, datetime

from app.errors import Malformed


def to_utc(moment: datetime) -> datetime:
    """Return the same moment, aware and in UTC; raise `Malformed` where UTC's calendar does not reach it."""
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Malformed("This time is out of range.") from None
