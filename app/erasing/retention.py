"""Threads in which nothing has happened for too long, of whomever: found, counted, removed.

Each is removed whole or not at all, and written down in the same transaction. What one process is at, the
others pass over. A thread in which an answer is being written is left until it has ended.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.audit import Actor, entries_by_user, record
from app.db.acting import for_everyone
from app.db.engine import Database
from app.db.tables import imported_threads, threads, turns
from app.errors import Unavailable
from app.turns.conditions import IS_RUNNING

logger = logging.getLogger(__name__)

HOUR_SECONDS = 3600.0
AT_ONCE = 100
UNIT_SECONDS = 60.0
"""How long the removal of so many may take: a thread can be as long as it likes."""

_EVERYONE = for_everyone("what is older than it may become")
_BEFORE = sa.func.now() - sa.bindparam("age", type_=sa.Interval())
_IS_RUNNING = sa.exists(sa.select(turns.c.id).where(turns.c.thread_id == threads.c.id, IS_RUNNING))
_OLD = (
    # There is an index by creation, and none by activity. What is old by activity is so by creation.
    threads.c.created_at < _BEFORE,
    threads.c.updated_at < _BEFORE,
    sa.not_(_IS_RUNNING),
    _EVERYONE,
)
_COUNT = sa.select(
    sa.func.count().label("threads"), sa.func.count(threads.c.user_id.distinct()).label("users")
).where(*_OLD)
_SOME = (
    sa.select(threads.c.id)
    .where(*_OLD)
    .order_by(threads.c.created_at, threads.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
_REMOVE = (
    sa.delete(threads)
    .where(threads.c.id == sa.any_(sa.func.array(_SOME.scalar_subquery())))
    .returning(threads.c.user_id, threads.c.id)
)
_FORGET = sa.delete(imported_threads).where(
    imported_threads.c.thread_id == sa.any_(sa.bindparam("threads", type_=ARRAY(sa.Text()))), _EVERYONE
)
_FORGET_OLD = sa.delete(imported_threads).where(
    imported_threads.c.imported_at < _BEFORE,
    sa.not_(sa.exists(sa.select(threads.c.id).where(threads.c.id == imported_threads.c.thread_id))),
    _EVERYONE,
)


@dataclass(frozen=True, slots=True)
class Old:
    """How much is older than it may become."""

    threads: int
    users: int


async def count_old(database: Database, age: timedelta) -> Old:
    """Return how much has had no activity for `age`."""
    return Old(**(await database.execute(_COUNT, {"age": age})).mappings().one())


async def prune(database: Database, actor: Actor, age: timedelta) -> int:
    """Remove threads that have had no activity for `age`; return how many. The bytes of files are due then.

    With them go the notes of their import, and those of threads that are gone already.
    """
    removed = 0
    while found := await _prune_some(database, actor, age):
        removed += found
    await database.execute(_FORGET_OLD, {"age": age})
    return removed


async def _prune_some(database: Database, actor: Actor, age: timedelta) -> int:
    async with database.transaction() as connection:
        rows = (await connection.execute(_REMOVE, {"age": age})).all()
        removed = [(row.user_id, row.id) for row in rows]
        await connection.execute(_FORGET, {"threads": [thread_id for _, thread_id in removed]})
        if removed:
            await record(connection, actor, entries_by_user("threads.delete", removed))
    return len(removed)


@dataclass(frozen=True, slots=True)
class Retention:
    """Made once; `run` prunes every hour until it is cancelled."""

    open_database: Callable[[], AbstractAsyncContextManager[Database]]
    """Opens one with units of `UNIT_SECONDS`, for as long as it is needed."""
    age: timedelta
    removed: Callable[[], None]
    """Called when there are bytes to be removed."""

    async def run(self) -> None:
        """Look again and again. A database that is away is waited for, until the next time."""
        while True:
            try:
                async with self.open_database() as database:
                    count = await prune(database, Actor.system("retention"), self.age)
                if count:
                    logger.info("old threads were removed", extra={"threads": count})
                    self.removed()
            except Unavailable:
                logger.warning("old threads could not be removed: the database is away")
            except Exception:
                logger.exception("old threads could not be removed")
            await asyncio.sleep(HOUR_SECONDS)
