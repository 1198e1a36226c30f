"""A name that a process holds for as long as it lives, for others to see; gone with it, however it ends.

An advisory lock on a connection of its own. Must not go through a pooler that shares connections between
transactions: there a name may be seen as held, or as free, when it is not.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from app.db.connecting import connect
from app.db.failures import operational_failures_as_unavailable
from app.db.urls import libpq_url

_TAKE = "select pg_try_advisory_lock(hashtextextended($1, 7))"


class Presence:
    """Made once, with the address of the database."""

    def __init__(self, url: str) -> None:
        self._url = libpq_url(url, application_name="chatkit-server present")

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[None]:
        """Hold `name` for as long as the block lasts."""
        connection = await self._connected()
        try:
            await connection.execute(_TAKE, name)
            yield
        finally:
            connection.terminate()

    async def is_held(self, name: str) -> bool:
        """Say whether any process holds `name`."""
        connection = await self._connected()
        try:
            return not await connection.fetchval(_TAKE, name)
        finally:
            connection.terminate()

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        with operational_failures_as_unavailable():
            return await connect(dsn=self._url, command_timeout=10.0, timeout=10.0)
