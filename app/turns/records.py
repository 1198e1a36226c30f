"""The `turns` rows: a turn is accepted by inserting one, and over when its status says so.

Both are recorded together with what they belong with. Starts and stops nothing.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, Text, bindparam, func, literal, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from app.db.tables import threads, turns
from app.errors import Conflict
from app.transcripts import Also
from app.turns.turn import Turn, TurnStatus, Usage

LEASE = timedelta(seconds=10)
"""How long a process may stay silent before others take its turns for dead."""


def _lease_end() -> ColumnElement[Any]:
    return func.now() + literal(LEASE, Interval)


_FINISHED = (
    update(turns)
    .where(
        turns.c.thread_id
        == select(threads.c.id)
        .where(threads.c.id == bindparam("thread"), threads.c.user_id == bindparam("user"))
        .scalar_subquery(),
        turns.c.id == bindparam("turn"),
        turns.c.status == TurnStatus.RUNNING.value,
    )
    .values(
        {
            name: bindparam(f"turn_{name}")
            for name in ("status", "model", "input_tokens", "output_tokens", "error")
        }
        | {"finished_at": func.now(), "lease_expires_at": None}
    )
    .cte("finished")
)


async def begin(connection: AsyncConnection, turn: Turn, worker: str) -> None:
    """Record that `turn` runs on its thread; raise `Conflict` if another one does.

    A missing or foreign thread raises nothing and records nothing: the caller has locked its row before.
    """
    row = {
        "thread_id": threads.c.id,
        "id": literal(turn.id, Text),
        "kind": literal(turn.kind, Text),
        "status": literal(TurnStatus.RUNNING.value, Text),
        "fingerprint": literal(turn.fingerprint, Text),
        "worker": literal(worker, Text),
        "lease_expires_at": _lease_end(),
    }
    owned = select(*row.values()).where(threads.c.id == turn.thread_id, threads.c.user_id == turn.user_id)
    statement = (
        postgresql.insert(turns)
        .from_select(list(row), owned)
        .on_conflict_do_nothing(index_elements=[turns.c.thread_id], index_where=text("status = 'running'"))
        .returning(turns.c.id)
    )
    if (await connection.execute(statement)).first() is None:
        raise Conflict(
            "An answer is still being written in this conversation. Wait for it, or stop it first."
        )


def finished(status: TurnStatus, usage: Usage, error: str | None) -> Also:
    """Return the end of a turn, to be recorded with what shall be remembered of it.

    A turn that is not running any more, because others closed it, stays as it is.
    """
    values = {
        "status": status.value,
        "model": usage.model,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "error": error,
    }
    return Also(_FINISHED, {f"turn_{name}": value for name, value in values.items()})


async def renew(connection: AsyncConnection, worker: str) -> None:
    """Extend the lease of every running turn of this process; spans owners, as only its own work does."""
    await connection.execute(
        update(turns)
        .where(turns.c.worker == worker, turns.c.status == "running")
        .values(lease_expires_at=_lease_end())
    )


async def close_expired(connection: AsyncConnection) -> int:
    """Close the turns whose process has gone silent, so that their threads take messages; return how many."""
    result = await connection.execute(
        update(turns)
        .where(turns.c.status == "running", turns.c.lease_expires_at < func.now())
        .values(status="interrupted", finished_at=func.now(), lease_expires_at=None)
    )
    return result.rowcount
