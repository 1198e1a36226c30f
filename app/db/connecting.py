"""Opening connections, the only place where asyncpg is called directly.

Owns how long that may take, how a peer that vanished is noticed, and that a database which does not answer
is asked by one attempt at a time.
"""

import asyncio
import socket
from typing import Any

import asyncpg

CONNECT_SECONDS = 1.5
"""How long a request may spend on it; and so how late the first one after an outage may find the database."""

# Ten seconds of silence, whether anything was sent or not, and a peer counts as gone.
_VANISHED = {"TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}

_NO_ANSWER = "no answer in time"


async def connect(**arguments: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Call `asyncpg.connect`, with every failure to reach the database told by a SQLSTATE.

    A host that does not resolve or a socket that is not there is, to a caller, all the same as a database
    that is still starting; and a bare OSError could be mistaken for one of the caller's own.
    """
    try:
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            **{"timeout": CONNECT_SECONDS, **arguments}
        )
    except OSError as error:
        raise asyncpg.CannotConnectNowError(str(error) or _NO_ANSWER) from error
    _watch_peer(connection)
    return connection


class Dialler:
    """Opens the connections of one pool.

    While the database is silent (it takes connections and says nothing, as a frozen one does), one attempt
    finds out whether it is back, and all others share what it learns: otherwise each would leave a session
    behind for the database to deal with when it wakes.
    """

    def __init__(self) -> None:
        self.silent = False
        """True from the moment that the database kept silent until a connection is made."""
        self._scout: asyncio.Future[bool] | None = None

    async def connect(self, **arguments: Any) -> "asyncpg.Connection[asyncpg.Record]":
        """Open a connection, or fail as `connect` does."""
        if self._scout is not None and not await asyncio.shield(self._scout):
            raise asyncpg.CannotConnectNowError(_NO_ANSWER)
        if not self.silent:
            return await self._dial(arguments)
        scout = self._scout = asyncio.get_running_loop().create_future()
        try:
            return await self._dial(arguments)
        finally:
            self._scout = None
            scout.set_result(not self.silent)

    async def _dial(self, arguments: dict[str, Any]) -> "asyncpg.Connection[asyncpg.Record]":
        try:
            connection = await connect(**arguments)
        except asyncpg.CannotConnectNowError as error:
            self.silent = self.silent or isinstance(error.__cause__, TimeoutError)
            raise
        self.silent = False
        return connection


def _watch_peer(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Have the kernel notice a peer that went without a word, and firewalls that the connection is in use."""
    peer: socket.socket = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    if peer.family == socket.AF_UNIX:
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _VANISHED.items():
        if (option := getattr(socket, name, None)) is not None:
            peer.setsockopt(socket.IPPROTO_TCP, option, value)
