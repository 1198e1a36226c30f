"""The questions of an operator, over the threads of all users.

Not owner-scoped, by design. Each takes a connection and reads; nothing here writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection

from app.admin.records import (
    ApprovalRecord,
    Approvals,
    ItemRecord,
    ThreadDetails,
    ThreadPage,
    ThreadRecord,
    TurnRecord,
)
from app.admin.views import admin_approvals, admin_messages, admin_threads
from app.db.tables import turns
from app.errors import BadRequest, NotFound

TURNS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads, or approvals, are wanted; what is None does not matter."""

    user_id: str | None = None
    status: str | None = None
    since: datetime | None = None
    """Last activity, or the question for approval, at or after this time."""


async def list_threads(
    connection: AsyncConnection, wanted: ThreadFilter, *, limit: int, after: str | None = None
) -> ThreadPage:
    """Return threads, newest activity first. `after` is from an earlier page, else `BadRequest` is raised."""
    place = sa.tuple_(admin_threads.c.updated_at, admin_threads.c.id)
    found = sa.select(admin_threads).order_by(*(column.desc() for column in place.clauses)).limit(limit + 1)
    if wanted.user_id is not None:
        found = found.where(admin_threads.c.user_id == wanted.user_id)
    if wanted.status is not None:
        found = found.where(admin_threads.c.status == wanted.status)
    if wanted.since is not None:
        found = found.where(admin_threads.c.updated_at >= wanted.since)
    if after is not None:
        found = found.where(place < _place(after))
    rows = (await connection.execute(found)).mappings().all()
    threads = [ThreadRecord(**row) for row in rows[:limit]]
    return ThreadPage(threads, _cursor(threads[-1]) if len(rows) > limit else None)


async def show_thread(connection: AsyncConnection, thread_id: str, *, items: int) -> ThreadDetails:
    """Return a thread with its last `items` items, hidden ones too; raise `NotFound` if there is none."""
    thread = (await _rows(connection, sa.select(admin_threads).where(admin_threads.c.id == thread_id))).pop()
    of_thread = admin_messages.c.thread_id == thread_id
    last = sa.select(admin_messages).where(of_thread).order_by(admin_messages.c.seq.desc()).limit(items)
    shown = (await connection.execute(last)).mappings().all()
    count = sa.select(sa.func.count()).select_from(admin_messages).where(of_thread)
    total = (await connection.execute(count)).scalar_one()
    columns = [turns.c[name] for name in TurnRecord.__dataclass_fields__]
    newest = (
        sa.select(*columns)
        .where(turns.c.thread_id == thread_id)
        .order_by(turns.c.started_at.desc(), turns.c.id.desc())
        .limit(TURNS_SHOWN)
    )
    turn_rows = (await connection.execute(newest)).mappings().all()
    return ThreadDetails(
        ThreadRecord(**thread),
        [ItemRecord(**row) for row in reversed(shown)],
        total - len(shown),
        [TurnRecord(**row) for row in reversed(turn_rows)],
    )


async def list_approvals(connection: AsyncConnection, wanted: ThreadFilter, *, limit: int) -> Approvals:
    """Return the tool calls that users were asked to approve, asked last first."""
    order = (admin_approvals.c.asked_at.desc(), admin_approvals.c.item_id.desc(), admin_approvals.c.call)
    found = sa.select(admin_approvals).order_by(*order).limit(limit + 1)
    if wanted.user_id is not None:
        found = found.where(admin_approvals.c.user_id == wanted.user_id)
    if wanted.status is not None:
        found = found.where(admin_approvals.c.status == wanted.status)
    if wanted.since is not None:
        found = found.where(admin_approvals.c.asked_at >= wanted.since)
    rows = (await connection.execute(found)).mappings().all()
    return Approvals([ApprovalRecord(**row) for row in rows[:limit]], more=len(rows) > limit)


async def _rows(connection: AsyncConnection, statement: sa.Select[Any]) -> list[Mapping[str, Any]]:
    rows = list((await connection.execute(statement)).mappings())
    if not rows:
        raise NotFound("There is no such thread.")
    return rows


def _cursor(thread: ThreadRecord) -> str:
    return f"{thread.updated_at.isoformat()}/{thread.id}"


def _place(cursor: str) -> sa.Tuple:
    moment, _, thread_id = cursor.partition("/")
    try:
        updated_at = datetime.fromisoformat(moment)
    except ValueError:
        updated_at = None
    if updated_at is None or updated_at.tzinfo is None or not thread_id:
        raise BadRequest("This is not the end of an earlier page.")
    return sa.tuple_(sa.literal(updated_at, TIMESTAMP(timezone=True)), sa.literal(thread_id, sa.Text()))
