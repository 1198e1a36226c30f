"""What the database says of turns."""

import asyncio
from typing import Any

from sqlalchemy import text

from app.db.engine import Database
from tests.patience import PATIENCE


async def turns(database: Database) -> list[dict[str, Any]]:
    """The rows of all turns, oldest first."""
    async with database.autocommit() as connection:
        rows = await connection.execute(text("select * from chatkit.turns order by started_at"))
        return [dict(row) for row in rows.mappings()]


async def events(database: Database) -> int:
    """How many rows of events there are."""
    async with database.autocommit() as connection:
        return int(await connection.scalar(text("select count(*) from chatkit.turn_events")) or 0)


async def written(database: Database, words: str) -> None:
    """Wait until what is written of running turns contains `words`."""
    found = text(
        "select coalesce(string_agg(frames || coalesce(memory::text, ''), ''), '') from chatkit.turn_events"
    )
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.autocommit() as connection:
                if words in str(await connection.scalar(found)):
                    return


async def transcript(database: Database) -> list[dict[str, Any]]:
    """What the model remembers, in order."""
    async with database.autocommit() as connection:
        rows = await connection.execute(text("select item from chatkit.transcript_items order by seq"))
        return list(rows.scalars())
