"""What the database says of turns."""

from typing import Any

from sqlalchemy import text

from app.db.engine import Database


async def turns(database: Database) -> list[dict[str, Any]]:
    """The rows of all turns, oldest first."""
    async with database.autocommit() as connection:
        rows = await connection.execute(text("select * from chatkit.turns order by started_at"))
        return [dict(row) for row in rows.mappings()]


async def events(database: Database) -> int:
    """How many rows of events there are."""
    async with database.autocommit() as connection:
        return int(await connection.scalar(text("select count(*) from chatkit.turn_events")) or 0)


async def expire(database: Database) -> None:
    """Let every lease run out, as if the processes that hold turns had said nothing for long."""
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "update chatkit.turns set lease_expires_at = now() - interval '1 second' "
                "where status = 'running'"
            )
        )
