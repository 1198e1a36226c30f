"""How long the database may keep silent: then it is given up, not waited for.

A connection is torn down rather than its statement cancelled: a cancel needs the very answer that does not
come. A server that does answer has ended the statement before that, by its own timeout.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from app.db.connecting import CONNECT_SECONDS, Dialler


class Patience:
    """Limits the connections of a pool, each from the moment it is opened or taken until it is given back."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._dialler = Dialler()
        self._connections: WeakSet[Any] = WeakSet()
        self._busy: dict[Any, asyncio.TimerHandle] = {}

    async def connect(self, **arguments: Any) -> Any:
        """Open a connection; what SQLAlchemy asks it before its first use is limited as well."""
        connection = await self._dialler.connect(**arguments)
        self._connections.add(connection)
        self._limit(connection, CONNECT_SECONDS)
        return connection

    def watch(self, engine: Engine) -> None:
        """Limit the connections of this engine, all of them opened by `connect`."""
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "checkout", self._taken)
        event.listen(engine, "checkin", self._given_back)
        event.listen(engine, "invalidate", self._thrown_away)

    @contextmanager
    def farewell(self) -> Iterator[None]:
        """Limit the closing of all idle connections, which waits for the server's side of each."""
        timer = asyncio.get_running_loop().call_later(CONNECT_SECONDS, self._end_idle)
        try:
            yield
        finally:
            timer.cancel()

    def _opened(self, connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        self._release(connection.driver_connection)

    def _taken(self, connection: DBAPIConnection, _: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
        """Have the pool replace one that died while idle: a restarted database costs no request a 503.

        Costs no round trip: asyncpg has already seen the end of the stream.
        """
        if connection.driver_connection.is_closed():
            raise DisconnectionError
        self._limit(connection.driver_connection, self._seconds)

    def _given_back(self, connection: DBAPIConnection | None, _: ConnectionPoolEntry) -> None:
        if connection is not None:
            self._release(connection.driver_connection)

    def _thrown_away(
        self, connection: DBAPIConnection, _: ConnectionPoolEntry, __: BaseException | None
    ) -> None:
        self._release(connection.driver_connection)

    def _limit(self, connection: Any, seconds: float) -> None:
        self._busy[connection] = asyncio.get_running_loop().call_later(seconds, self._give_up, connection)

    def _release(self, connection: Any) -> None:
        if timer := self._busy.pop(connection, None):
            timer.cancel()

    def _give_up(self, connection: Any) -> None:
        """Take the database for silent: idle connections would each cost a request its time to find out."""
        self._release(connection)
        self._dialler.silent = True
        connection.terminate()
        self._end_idle()

    def _end_idle(self) -> None:
        for connection in list(self._connections):
            if connection not in self._busy:
                connection.terminate()
