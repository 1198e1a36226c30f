"""LISTEN on a connection of its own, made anew whenever it is lost: losing it costs nothing but delay."""

import asyncio
import logging
from collections.abc import Callable

import asyncpg

from app.db.connecting import connect
from app.db.urls import libpq_url

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0
_SILENCE_SECONDS = 15.0
"""How long nothing may be heard before the connection is asked whether it is alive."""


class Listener:
    """Made once; `run` listens until it is cancelled."""

    def __init__(self, url: str, channel: str, heard: Callable[[str], None]) -> None:
        """`heard` is called with the payload of each notification, and with "" after each connecting.

        Must not go through a pooler that shares connections between transactions.
        """
        self._url = libpq_url(url, application_name="chatkit-server listening")
        self._channel = channel
        self._heard = heard

    async def run(self) -> None:
        """Listen for as long as this process runs."""
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                logger.info("not listening: the database is away", extra={"reason": type(error).__name__})
            except Exception:
                logger.exception("not listening")
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _listen(self) -> None:
        connection = await connect(dsn=self._url, command_timeout=5.0)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, lambda *heard: self._heard(str(heard[-1])))
            # What was said while nobody listened is not said again.
            self._heard("")
            while not lost.is_set():
                try:
                    async with asyncio.timeout(_SILENCE_SECONDS):
                        await lost.wait()
                except TimeoutError:
                    await connection.fetchval("select 1")
        finally:
            connection.terminate()
