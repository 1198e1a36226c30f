"""Writing a thread that is not here yet: in one statement, all of it or nothing.

A very long thread takes several statements, which the caller has in one transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert

from app.db.engine import Executes
from app.db.tables import imported_threads, thread_items, threads, transcript_items
from app.ids import ThreadId, UserId
from app.threads.characters import storable_id
from app.threads.importing.prepared import ITEM_COLUMNS, MEMORY_COLUMNS, PreparedThread
from app.threads.ownership import OWNER, THREAD, own_thread, owner
from app.threads.parameters import new, new_values

ROWS_AT_ONCE = 2_000
"""Items in one statement."""

THREAD_COLUMNS = (
    "title",
    "status",
    "status_reason",
    "metadata",
    "allowed_image_domains",
    "created_at",
    "updated_at",
    "raw",
)
NOTED = ("content_sha256", "language", "item_count", "last_seq")


def given_rows(table: sa.Table, names: Sequence[str]) -> tuple[Any, dict[str, sa.ColumnElement[Any]]]:
    """Return rows that come as one array for each column, and the values in them."""
    is_json = {name: isinstance(table.c[name].type, JSONB) for name in names}
    types = {name: sa.Text() if is_json[name] else table.c[name].type for name in names}
    arrays = [sa.bindparam(f"{table.name}_{name}", type_=ARRAY(types[name])) for name in names]
    rows = (
        sa.func.unnest(*arrays)
        .table_valued(*(sa.column(name, types[name]) for name in names), name=f"given_{table.name}")
        .render_derived()
    )
    return rows, {name: sa.cast(rows.c[name], JSONB) if is_json[name] else rows.c[name] for name in names}


def given_values(table: sa.Table, columns: Mapping[str, Sequence[Any]], part: slice) -> dict[str, object]:
    """Return the parameters of `given_rows`."""
    return {f"{table.name}_{name}": column[part] for name, column in columns.items()}


def rows_inserted(table: sa.Table, names: Sequence[str], thread: sa.CTE) -> Insert:
    """Return the statement that adds given rows to a thread that a step before has found or made."""
    rows, values = given_rows(table, names)
    chosen = sa.select(thread.c.id, *values.values()).select_from(thread.join(rows, sa.true()))
    return insert(table).from_select(["thread_id", *names], chosen, include_defaults=False)


def _rows_of(thread: sa.CTE) -> tuple[sa.CTE, sa.CTE]:
    return (
        rows_inserted(thread_items, ITEM_COLUMNS, thread).cte("items"),
        rows_inserted(transcript_items, MEMORY_COLUMNS, thread).cte("memory"),
    )


def _create() -> sa.Select[Any]:
    # Whosever it is: an id stands for one thread.
    is_taken = sa.exists(sa.select(threads.c.id).where(threads.c.id == THREAD))
    note = {"thread_id": THREAD, "user_id": OWNER, **new(imported_threads, *NOTED)}
    noted = (
        insert(imported_threads)
        .from_select(list(note), sa.select(*note.values()).where(sa.not_(is_taken)), include_defaults=False)
        .on_conflict_do_nothing()
        .returning(imported_threads.c.thread_id)
        .cte("noted")
    )
    row = {"id": noted.c.thread_id, "user_id": OWNER, **new(threads, *THREAD_COLUMNS, "last_seq")}
    thread = (
        insert(threads)
        .from_select(list(row), sa.select(*row.values()), include_defaults=False)
        .returning(threads.c.id)
        .cte("thread")
    )
    return sa.select(sa.exists(sa.select(thread.c.id)).label("made")).add_cte(*_rows_of(thread))


def _add() -> sa.Select[Any]:
    own = sa.select(threads.c.id).where(own_thread()).cte("own")
    return sa.select(own.c.id).add_cte(*_rows_of(own))


_CREATE = _create()
_ADD = _add()
_FORGET = sa.delete(imported_threads).where(
    imported_threads.c.thread_id == THREAD, imported_threads.c.user_id == OWNER
)


async def create(database: Executes, thread: PreparedThread) -> bool:
    """Write a thread with its items and memory; False, and nothing written, where its id is taken.

    With more than `ROWS_AT_ONCE` items `database` must be in a transaction.
    """
    first, *others = parts_of(thread)
    if not (await database.execute(_CREATE, _parameters(thread) | first)).scalar_one():
        return False
    for rows in others:
        await database.execute(_ADD, owner(thread.user_id, thread.id) | rows)
    return True


async def forget(database: Executes, thread_id: ThreadId, user_id: UserId) -> None:
    """Forget that a thread was imported, so that it can be brought back after it was deleted here."""
    await database.execute(_FORGET, owner(user_id, thread_id))


def parts_of(thread: PreparedThread) -> Iterator[dict[str, object]]:
    """Yield the parameters that carry the rows of a thread, some at a time; once where there are none."""
    longest = max(len(thread.item_ids), len(thread.memory["seq"]))
    for start in range(0, max(longest, 1), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        yield given_values(thread_items, thread.items, part) | given_values(
            transcript_items, thread.memory, part
        )


def _parameters(thread: PreparedThread) -> dict[str, object]:
    return {
        "owner": storable_id(thread.user_id),
        "thread": storable_id(thread.id),
        **new_values(thread.columns),
        **new_values(note_of(thread)),
    }


def note_of(thread: PreparedThread) -> dict[str, object]:
    """Return the columns that are noted of an import."""
    return {
        "content_sha256": thread.content_sha256,
        "language": thread.language,
        "item_count": len(thread.item_ids),
        "last_seq": thread.last_seq,
    }
