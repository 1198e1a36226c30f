"""The `turns` rows of turns that were accepted: their lease, and their end. Starts and stops nothing."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Interval, bindparam, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from app.db.tables import threads, turns
from app.transcripts import Also
from app.turns.turn import TurnStatus, Usage

LEASE = timedelta(seconds=10)
"""How long a process may stay silent before others take its turns for dead."""


def lease_end() -> ColumnElement[Any]:
    """Return when a lease that is taken or renewed now runs out."""
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
        .values(lease_expires_at=lease_end())
    )


async def close_expired(connection: AsyncConnection) -> int:
    """Close the turns whose process has gone silent, so that their threads take messages; return how many."""
    result = await connection.execute(
        update(turns)
        .where(turns.c.status == "running", turns.c.lease_expires_at < func.now())
        .values(status="interrupted", finished_at=func.now(), lease_expires_at=None)
    )
    return result.rowcount
