"""The database of the attacked servers, read beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from tests.chaos.fleet import PATIENCE, moment

LOOKING_AGAIN = 0.05


@dataclass(frozen=True)
class Turn:
    """A row of `turns`."""

    id: str
    thread_id: str
    kind: str
    status: str


class Records:
    """Questions to the database, over one connection."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._one_at_a_time = asyncio.Lock()

    async def rows(self, query: str, *values: object) -> list[asyncpg.Record]:
        """Return what a query finds."""
        async with self._one_at_a_time:
            return await self._connection.fetch(query, *values)

    async def value(self, query: str, *values: object) -> object:
        """Return the single value of a query."""
        async with self._one_at_a_time:
            return await self._connection.fetchval(query, *values)

    async def turns(self, thread_id: str) -> list[Turn]:
        """The turns of a thread, oldest first."""
        query = (
            "select id, thread_id, kind, status from chatkit.turns where thread_id = $1 order by started_at"
        )
        return [Turn(**row) for row in await self.rows(query, thread_id)]

    async def items(self, thread_id: str) -> list[tuple[int, str]]:
        """Place and id of all items of a thread, hidden ones too."""
        query = "select seq, id from chatkit.thread_items where thread_id = $1 order by seq"
        return [tuple(row) for row in await self.rows(query, thread_id)]

    async def running(self) -> int:
        """How many turns are running, by what the database knows."""
        return int(str(await self.value("select count(*) from chatkit.turns where status = 'running'")))

    async def nothing_runs(self, within: float = PATIENCE) -> bool:
        """Wait until no turn is running any more; say whether that came true in time."""
        try:
            async with asyncio.timeout(within):
                while await self.running():
                    await moment(LOOKING_AGAIN)
        except TimeoutError:
            return False
        return True

    async def status(self, thread_id: str, *wanted: str, within: float = PATIENCE) -> bool:
        """Wait until the last turn of a thread has one of these states."""
        try:
            async with asyncio.timeout(within):
                while (turns := await self.turns(thread_id)) and turns[-1].status not in wanted:
                    await moment(LOOKING_AGAIN)
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def reading(database_url: str) -> AsyncIterator[Records]:
    """Open the database."""
    connection = await asyncpg.connect(database_url, timeout=PATIENCE)
    try:
        yield Records(connection)
    finally:
        await connection.close()
