"""Limits, orders and cursors of a page.

A cursor says the place itself (a sequence number, or a time and an id), so it outlives the row it was made
from. It is bound to its thread or user; anything else is taken for the id of a row.
"""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from app.errors import Malformed
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key

Order = Literal["asc", "desc"]

DEFAULT_LIMIT = 20
MAX_LIMIT = 100

_MAX_CURSOR = 2_000
MAX_SEQ = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ThreadPlace(NamedTuple):
    """A place in a user's list of threads, by last activity."""

    updated_at: datetime
    id: str


def clamp_limit(limit: int | None) -> int:
    """Return a page size from 1 to 100; none at all, or 0, means 20."""
    return min(max(limit, 1), MAX_LIMIT) if limit else DEFAULT_LIMIT


def parse_order(order: str) -> Order:
    """Return `order`; raise `Malformed` if it is none."""
    match order:
        case "asc" | "desc":
            return order
        case _:
            raise Malformed("The order must be 'asc' or 'desc'.")


def item_cursor(thread_id: ThreadId, seq: int) -> str:
    """Return the cursor that continues after place `seq` of a thread."""
    return _encode(thread_id, str(seq))


def item_place(thread_id: ThreadId, cursor: str) -> int | None:
    """Return the place a cursor of this thread names; None if it is no such cursor."""
    seq = _number(_decode(thread_id, cursor))
    return seq if seq is not None and seq <= MAX_SEQ else None


def thread_cursor(user_id: UserId, place: ThreadPlace) -> str:
    """Return the cursor that continues after `place` of a user's threads."""
    microseconds = (place.updated_at - _EPOCH) // timedelta(microseconds=1)
    return _encode(user_id, f"{microseconds} {place.id}")


def thread_place(user_id: UserId, cursor: str) -> ThreadPlace | None:
    """Return the place a cursor of this user names; None if it is no such cursor."""
    microseconds, _, thread_id = (_decode(user_id, cursor) or "").partition(" ")
    number = _number(microseconds)
    if number is None:
        return None
    try:
        return ThreadPlace(_EPOCH + timedelta(microseconds=number), lookup_key(thread_id))
    except OverflowError:
        return None


def _encode(scope: str, place: str) -> str:
    return base64.urlsafe_b64encode(f"{_digest(scope)} {place}".encode()).decode().rstrip("=")


def _decode(scope: str, cursor: str) -> str | None:
    if len(cursor) > _MAX_CURSOR:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        return None
    digest, _, place = text.partition(" ")
    return place if digest == _digest(scope) else None


def _digest(scope: str) -> str:
    return hashlib.blake2s(scope.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _number(text: str | None) -> int | None:
    return (
        int(text) if text and text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SEQ)) else None
    )
