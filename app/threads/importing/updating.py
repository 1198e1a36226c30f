"""Bringing a thread up to date that has changed at the other end since it was imported.

What has happened here wins: a thread with something new in it, or less, stays as it is; a title or status
that was changed here is kept. Votes stay with their items. Runs in the caller's transaction.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, Insert

from app.db.engine import Executes
from app.db.tables import attachments, imported_threads, thread_items, threads, transcript_items
from app.threads.importing.creating import NOTED, THREAD_COLUMNS, note_of, parts_of, rows_inserted
from app.threads.importing.hosted import parsed
from app.threads.importing.metadata import metadata
from app.threads.importing.prepared import ITEM_COLUMNS, MEMORY_COLUMNS, PreparedThread
from app.threads.ownership import (
    OWNER,
    THREAD,
    own_attachments,
    own_items,
    own_thread,
    own_transcript,
    owner,
)
from app.threads.parameters import new, new_values
from app.threads.thread_row import columns_of

_OWN_COLUMNS = ("title", "status", "status_reason")
_WRITTEN = (*THREAD_COLUMNS, "last_seq")
_NOTE = sa.and_(imported_threads.c.thread_id == THREAD, imported_threads.c.user_id == OWNER)


@dataclass(frozen=True, slots=True)
class Updated:
    """What became of a thread."""

    written: bool
    kept: tuple[str, ...] = ()
    """What was changed here and therefore stays: names of columns, or "items" for all of it."""


def _upserted(own: sa.CTE) -> Insert:
    made = rows_inserted(thread_items, ITEM_COLUMNS, own)
    return made.on_conflict_do_update(
        index_elements=[thread_items.c.thread_id, thread_items.c.id],
        set_={name: made.excluded[name] for name in ITEM_COLUMNS if name != "id"},
    )


def _rows() -> sa.Select[Any]:
    own = sa.select(threads.c.id).where(own_thread()).cte("own")
    memory = rows_inserted(transcript_items, MEMORY_COLUMNS, own)
    return sa.select(own.c.id).add_cte(_upserted(own).cte("items"), memory.cte("memory"))


_CURRENT = (
    sa.select(threads.c.last_seq, threads.c.raw, *(threads.c[name] for name in _OWN_COLUMNS))
    .where(own_thread())
    .with_for_update()
)
_NOTED = sa.select(imported_threads.c.item_count, imported_threads.c.last_seq).where(_NOTE)
_COUNT = sa.select(sa.func.count()).select_from(thread_items).where(own_items())
# Out of the way: an item that is there takes its new place when it is written.
_SET_ASIDE = sa.update(thread_items).where(own_items()).values(seq=-thread_items.c.seq)
_REMOVE = sa.delete(thread_items).where(own_items(), thread_items.c.seq < 0)
_FORGET = sa.delete(transcript_items).where(own_transcript())
_DROP_FILES = sa.delete(attachments).where(
    own_attachments(),
    attachments.c.thread_id == THREAD,
    attachments.c.item_id != sa.all_(sa.bindparam("item_ids", type_=ARRAY(sa.Text()))),
)
_ROWS = _rows()
_WRITE = sa.update(threads).where(own_thread()).values(new(threads, *_WRITTEN))
_WRITE_NOTE = (
    sa.update(imported_threads)
    .where(_NOTE)
    .values({**new(imported_threads, *NOTED), "imported_at": sa.func.now()})
)


async def update(connection: Executes, thread: PreparedThread) -> Updated:
    """Write a thread anew, unless its items have changed here. Raise `LookupError` if it is not there."""
    own = owner(thread.user_id, thread.id)
    current = (await connection.execute(_CURRENT, own)).one_or_none()
    noted = (await connection.execute(_NOTED, own)).one_or_none()
    if current is None or noted is None:
        raise LookupError("it was deleted while it was being imported")
    count = (await connection.execute(_COUNT, own)).scalar_one()
    if (current.last_seq, count) != (noted.last_seq, noted.item_count):
        return Updated(written=False, kept=("items",))
    kept = changed_here(current._mapping, thread)
    columns = {**thread.columns, **{name: getattr(current, name) for name in kept}}
    await connection.execute(_SET_ASIDE, own)
    await connection.execute(_FORGET, own)
    for rows in parts_of(thread):
        await connection.execute(_ROWS, own | rows)
    await connection.execute(_REMOVE, own)
    await connection.execute(_DROP_FILES, own | {"item_ids": thread.item_ids})
    await connection.execute(_WRITE, own | new_values({**columns, "last_seq": thread.last_seq}))
    await connection.execute(_WRITE_NOTE, own | new_values(note_of(thread)))
    return Updated(written=True, kept=kept)


def changed_here(current: Any, thread: PreparedThread) -> tuple[str, ...]:
    """Return which of title and status are not as they were imported; `current` has them and `raw`."""
    if current["raw"] is None:
        return ()
    imported = columns_of(metadata(parsed(current["raw"].encode()), thread.id, None, []))
    return tuple(name for name in _OWN_COLUMNS if current[name] != imported[name])
