"""The claim of this process on its running turns, and the closing of those that nobody holds any more.

A turn whose process died is closed by whoever notices first, at the next start at the latest.
"""

import asyncio
import logging

from app.db.engine import Database
from app.errors import Unavailable
from app.turns import records

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = records.LEASE.total_seconds() / 4


class Lease:
    """Renews and sweeps until cancelled. A database that is away is waited for."""

    def __init__(self, database: Database, worker: str) -> None:
        self._database = database
        self._worker = worker

    async def keep(self) -> None:
        """Run for as long as this process may hold turns."""
        while True:
            try:
                await self.round()
            except Unavailable:
                logger.warning("turn leases could not be renewed: the database is away")
            await asyncio.sleep(INTERVAL_SECONDS)

    async def round(self) -> None:
        """Renew what is held here, and close what nobody holds; raises `Unavailable`."""
        async with self._database.autocommit() as connection:
            await records.renew(connection, self._worker)
            closed = await records.close_expired(connection)
        if closed:
            logger.warning("closed turns that their process left behind", extra={"turns": closed})
