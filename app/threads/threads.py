"""Rows of `threads`, each for its owner only.

Every function runs one statement, on the database or on a connection it is given. A column is written only by
who changes it, so a rename during an answer stays. `updated_at` is the last activity: items move it, a rename
does not.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from chatkit.types import ThreadMetadata
from sqlalchemy.dialects import postgresql

from app.db.engine import Executes
from app.db.tables import threads
from app.ids import ThreadId, UserId
from app.threads.characters import storable_id, storable_text
from app.threads.errors import thread_missing
from app.threads.ownership import OWNER, THREAD, own_thread, own_threads, owner
from app.threads.parameters import new, new_values
from app.threads.thread_row import SELECTED, changes, columns_of, columns_set, thread_from
from app.threads.times import to_utc

_CHANGEABLE = ("title", "status", "status_reason", "metadata", "allowed_image_domains")
_INSERT = postgresql.insert(threads).values(
    id=THREAD, user_id=OWNER, **new(threads, "created_at", *_CHANGEABLE)
)
_LOAD = sa.select(*SELECTED).where(own_thread())
_TITLE_IF_NONE = (
    sa.update(threads).where(own_thread(), threads.c.title.is_(None)).values(new(threads, "title"))
)
_LOCK = sa.select(threads.c.id).where(own_thread()).with_for_update(key_share=True)
_DELETE = sa.delete(threads).where(own_thread())
_IS_ACTIVE = sa.select(
    threads.c.updated_at >= sa.bindparam("since", type_=sa.TIMESTAMP(timezone=True))
).where(own_thread())


def insertion(condition: sa.ColumnElement[bool], *, last_seq: int) -> postgresql.Insert:
    """Return the statement that stores a new thread if `condition` holds; `values_of` has its parameters."""
    values = {"id": THREAD, "user_id": OWNER, **new(threads, "created_at", *_CHANGEABLE)}
    chosen = sa.select(*values.values(), sa.literal(last_seq, sa.BigInteger())).where(condition)
    return postgresql.insert(threads).from_select([*values, "last_seq"], chosen, include_defaults=False)


async def save(database: Executes, user_id: UserId, thread: ThreadMetadata) -> None:
    """Store a thread: a new one whole, of one that is there the fields that were set on `thread`.

    Raise `NotInStore` if the id is another user's.
    """
    statement = _upsert(columns_set(thread))
    if (await database.execute(statement, values_of(user_id, thread))).first() is None:
        raise thread_missing()


async def save_changes(
    database: Executes, user_id: UserId, *, before: ThreadMetadata, after: ThreadMetadata
) -> None:
    """Write the columns in which `after` differs from `before`, and no others."""
    await write(database, ThreadId(after.id), user_id, changes(columns_of(before), after))


async def write(
    database: Executes, thread_id: ThreadId, user_id: UserId, columns: Mapping[str, object]
) -> None:
    """Write columns, as `thread_row.columns_of` has them; raise `NotInStore` if there is no such thread."""
    if not columns:
        return
    parameters = owner(user_id, thread_id) | new_values(columns)
    if (await database.execute(_update(tuple(columns)), parameters)).rowcount == 0:
        raise thread_missing()


async def set_title(database: Executes, thread_id: ThreadId, user_id: UserId, title: str) -> None:
    """Write the title and nothing else; raise `NotInStore` if the thread is not there."""
    await write(database, thread_id, user_id, {"title": storable_text(title)})


async def set_title_if_none(database: Executes, thread_id: ThreadId, user_id: UserId, title: str) -> bool:
    """Write the title of a thread that has none yet; say whether it was written."""
    parameters = owner(user_id, thread_id) | new_values({"title": storable_text(title)})
    return (await database.execute(_TITLE_IF_NONE, parameters)).rowcount == 1


async def lock(database: Executes, thread_id: ThreadId, user_id: UserId) -> None:
    """Keep others from writing to a thread until the transaction ends; raise `NotInStore` without one."""
    if (await database.execute(_LOCK, owner(user_id, thread_id))).first() is None:
        raise thread_missing()


async def load(database: Executes, thread_id: ThreadId, user_id: UserId) -> ThreadMetadata:
    """Return a thread, or raise `NotInStore`."""
    row = (await database.execute(_LOAD, owner(user_id, thread_id))).one_or_none()
    if row is None:
        raise thread_missing()
    return thread_from(row)


async def is_active_since(database: Executes, thread_id: ThreadId, user_id: UserId, moment: datetime) -> bool:
    """Say whether something has happened in a thread since; raise `NotInStore` if it is not there."""
    parameters = owner(user_id, thread_id) | {"since": moment}
    is_active = (await database.execute(_IS_ACTIVE, parameters)).scalar_one_or_none()
    if is_active is None:
        raise thread_missing()
    return bool(is_active)


async def delete(database: Executes, thread_id: ThreadId, user_id: UserId) -> bool:
    """Delete a thread with all that hangs off it; say whether there was one."""
    return (await database.execute(_DELETE, owner(user_id, thread_id))).rowcount == 1


def values_of(user_id: UserId, thread: ThreadMetadata) -> dict[str, object]:
    """Return the parameters that store a new thread."""
    return {
        "owner": storable_id(user_id),
        "thread": storable_id(thread.id),
        **new_values({"created_at": to_utc(thread.created_at), **columns_of(thread)}),
    }


@lru_cache
def _upsert(columns: tuple[str, ...]) -> sa.Executable:
    # Without a column to write the row is still touched, so that it is returned to its owner.
    set_ = {name: _INSERT.excluded[name] for name in columns or ("user_id",)}
    return _INSERT.on_conflict_do_update(
        index_elements=[threads.c.id], set_=set_, where=own_threads()
    ).returning(threads.c.id)


@lru_cache
def _update(columns: tuple[str, ...]) -> sa.Update:
    return sa.update(threads).where(own_thread()).values(new(threads, *columns))
