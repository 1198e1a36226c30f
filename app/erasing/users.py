"""Erasing a user: what there is of them, and its removal.

In steps that each are done or not: one that is killed in the middle is simply run again. The entry in the
audit log comes first, as it takes several transactions: better one too many than none. Every statement names
the user as their owner.
"""

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from app.audit import Actor, Entry, record
from app.db.engine import Database, Executes
from app.db.tables import (
    attachments,
    blob_removals,
    feedback,
    imported_threads,
    sessions,
    thread_items,
    threads,
)
from app.ids import UserId
from app.limits import counters
from app.limits.answers import count_running
from app.limits.keys import key_of_session, keys_of_user
from app.threads.ownership import OWNER, own_attachments, own_sessions, own_threads, own_votes, owner
from app.turns import records
from app.turns.wakeup import notified

AT_ONCE = 100
"""Threads that one transaction removes."""

STOPPING_SECONDS = 10.0
"""How long running answers are waited for; those of a process that is gone end with their thread."""

_LOOK_SECONDS = 0.1

_OWN_IMPORTS = imported_threads.c.user_id == OWNER
_OWN_REMOVALS = blob_removals.c.user_id == OWNER


def _number(of: sa.Table, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(of).where(*where).scalar_subquery()


_COUNT = sa.select(
    _number(threads, own_threads()).label("threads"),
    sa.select(sa.func.count())
    .select_from(thread_items)
    .where(thread_items.c.thread_id.in_(sa.select(threads.c.id).where(own_threads())))
    .scalar_subquery()
    .label("items"),
    _number(attachments, own_attachments()).label("files"),
    _number(feedback, own_votes()).label("votes"),
    _number(sessions, own_sessions()).label("sessions"),
    _number(imported_threads, _OWN_IMPORTS).label("imports"),
)
_NEWEST = sa.select(threads.c.id).where(own_threads()).order_by(threads.c.updated_at.desc()).limit(1_000)
_SIGN_OUT = sa.delete(sessions).where(own_sessions()).returning(sessions.c.id)
_THREADS = (
    sa.delete(threads)
    .where(own_threads(), threads.c.id.in_(sa.select(threads.c.id).where(own_threads()).limit(AT_ONCE)))
    # Whoever writes in one of them learns at once that it is gone.
    .returning(threads.c.id, notified("stop"))
)
_REST = (
    sa.delete(feedback).where(own_votes()),
    sa.delete(attachments).where(own_attachments()),
    sa.delete(imported_threads).where(_OWN_IMPORTS),
)
_BYTES_LEFT = sa.select(
    sa.func.count().label("files"),
    sa.func.count().filter(blob_removals.c.attempts > 0).label("being_removed"),
    sa.func.max(blob_removals.c.due_at).label("last_due_at"),
).where(_OWN_REMOVALS)


@dataclass(frozen=True, slots=True)
class Belongings:
    """How much there is of a user."""

    threads: int
    items: int
    files: int
    votes: int
    sessions: int
    imports: int
    """Notes of threads that were imported for them, whether those are there or not."""


@dataclass(frozen=True, slots=True)
class BytesLeft:
    """Files of a user whose bytes are to be removed yet."""

    files: int
    being_removed: int
    """Those that somebody has begun with."""
    last_due_at: datetime | None
    """When the last of them is tried next."""


async def belongings(database: Executes, user_id: UserId) -> Belongings:
    """Return how much there is of a user."""
    return Belongings(**(await database.execute(_COUNT, owner(user_id))).mappings().one())


async def bytes_left(database: Executes, user_id: UserId) -> BytesLeft:
    """Return which files of a user are in no table of theirs any more, and still in the storage."""
    return BytesLeft(**(await database.execute(_BYTES_LEFT, owner(user_id))).mappings().one())


async def erase(database: Database, actor: Actor, user_id: UserId) -> Belongings:
    """Remove every row of a user; return how much there was. The bytes of their files are due then.

    Answers that are being written are stopped first, on whichever process. Nothing keeps the user from
    coming back: whoever signs in as them is somebody new.
    """
    found = await belongings(database, user_id)
    named = (await database.execute(_NEWEST, owner(user_id))).scalars().all()
    entry = Entry("user.erase", user_id, tuple(named), asdict(found))
    await record(database, actor, [entry])
    await _sign_out(database, user_id)
    await _stop(database, user_id)
    while len((await database.execute(_THREADS, owner(user_id))).all()) == AT_ONCE:
        pass
    async with database.transaction() as connection:
        for statement in _REST:
            await connection.execute(statement, owner(user_id))
        # Last: the end of an answer counts what it has cost.
        await counters.forget(connection, keys_of_user(user_id))
    return found


async def _sign_out(database: Database, user_id: UserId) -> None:
    async with database.transaction() as connection:
        ended = (await connection.execute(_SIGN_OUT, owner(user_id))).scalars().all()
        await counters.forget(connection, map(key_of_session, ended))


async def _stop(database: Database, user_id: UserId) -> None:
    if not await records.request_cancel_all(database, user_id):
        return
    deadline = asyncio.get_running_loop().time() + STOPPING_SECONDS
    while await count_running(database, user_id):
        if asyncio.get_running_loop().time() > deadline:
            return
        await asyncio.sleep(_LOOK_SECONDS)
