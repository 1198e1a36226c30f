"""What is there of an imported thread, whoever's it is: to be compared with what was imported. Reads only."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.db.engine import Executes
from app.db.tables import thread_items, threads, transcript_items
from app.ids import ItemId, ThreadId, UserId
from app.threads.characters import lookup_key
from app.threads.ownership import own_items, own_thread, own_transcript, owner

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A row of `thread_items`; `payload` is JSON text."""

    seq: int
    id: str
    columns: dict[str, Any]
    raw: str | None


_THREAD = sa.select(
    threads.c.title,
    threads.c.status,
    threads.c.status_reason,
    threads.c.created_at,
    threads.c.last_seq,
    threads.c.raw,
).where(own_thread())
_AFTER = sa.bindparam("after", type_=sa.BigInteger())
_ITEMS = (
    sa.select(
        thread_items.c.seq,
        thread_items.c.id,
        thread_items.c.type,
        thread_items.c.role,
        thread_items.c.text,
        thread_items.c.hidden,
        thread_items.c.created_at,
        sa.cast(thread_items.c.payload, sa.Text()).label("payload"),
        thread_items.c.raw,
    )
    .where(own_items(), thread_items.c.seq > _AFTER)
    .order_by(thread_items.c.seq)
    .limit(AT_ONCE)
)
_MEMORY = (
    sa.select(
        transcript_items.c.seq,
        sa.cast(transcript_items.c.item, sa.Text()).label("item"),
        transcript_items.c.tokens,
    )
    .where(own_transcript(), transcript_items.c.seq > _AFTER)
    .order_by(transcript_items.c.seq)
    .limit(AT_ONCE)
)
_LEAST = -(2**63)
_IS_IMPORTED = sa.select(sa.literal(1)).where(
    own_items(),
    thread_items.c.id == sa.bindparam("item", type_=sa.Text()),
    thread_items.c.raw.is_not(None),
)


async def is_imported(database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId) -> bool:
    """Say whether an item of the user was imported; False as well where there is no such item."""
    named = owner(user_id, thread_id) | {"item": lookup_key(item_id)}
    return (await database.execute(_IS_IMPORTED, named)).first() is not None


async def stored_thread(database: Executes, thread_id: ThreadId, user_id: UserId) -> dict[str, Any] | None:
    """Return the columns of a thread; None where there is none."""
    row = (await database.execute(_THREAD, owner(user_id, thread_id))).one_or_none()
    return None if row is None else dict(row._mapping)


async def stored_items(database: Executes, thread_id: ThreadId, user_id: UserId) -> AsyncIterator[StoredItem]:
    """Yield the items of a thread in their order."""
    after = _LEAST
    while True:
        rows = (await database.execute(_ITEMS, owner(user_id, thread_id) | {"after": after})).all()
        for row in rows:
            columns = dict(row._mapping)
            yield StoredItem(columns.pop("seq"), columns.pop("id"), columns, columns.pop("raw"))
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].seq


async def stored_memory(
    database: Executes, thread_id: ThreadId, user_id: UserId
) -> AsyncIterator[tuple[int, str, int]]:
    """Yield what the model remembers of a thread: place, JSON and tokens of each row."""
    after = _LEAST
    while True:
        rows = (await database.execute(_MEMORY, owner(user_id, thread_id) | {"after": after})).all()
        for row in rows:
            yield row.seq, row.item, row.tokens
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].seq
