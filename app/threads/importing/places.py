"""Id, thread and time of each item of a hosted thread.

Items keep the order in which they are given: many of them share a second, so no clock could order them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.errors import Malformed
from app.ids import ThreadId
from app.threads.characters import storable_id
from app.threads.importing.hosted import Raw, moment_of


@dataclass(frozen=True, slots=True)
class Place:
    """What an item has whatever its kind, and what of that was not as the API gave it."""

    id: str
    thread_id: ThreadId
    created_at: datetime
    losses: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that all items of the SDK have."""
        return {"id": self.id, "thread_id": self.thread_id, "created_at": self.created_at}


def places(thread_id: ThreadId, begun: datetime, raws: Iterable[Raw]) -> Iterator[Place]:
    """Yield the place of each item. One without a usable id gets the same id at every import."""
    seen = set[str]()
    now = begun
    for number, raw in enumerate(raws):
        losses = list[str]()
        item_id = raw.get("id")
        if not isinstance(item_id, str) or item_id in seen or not _is_storable(item_id):
            losses.append("item without an id of its own: it has been given one")
            item_id = derived_id("cthi", thread_id, str(number))
        seen.add(item_id)
        created_at = moment_of(raw.get("created_at"))
        if created_at is None:
            losses.append("item without a time: it has that of the one before")
        now = created_at or now
        yield Place(item_id, thread_id, now, tuple(losses))


def derived_id(prefix: str, *parts: str) -> str:
    """Return an id that depends on nothing but `parts`."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{prefix}_{digest[:32]}"


def _is_storable(identifier: str) -> bool:
    try:
        return bool(storable_id(identifier))
    except Malformed:
        return False
