"""Opening one connection, the only place where asyncpg is called directly."""

from typing import Any

import asyncpg

CONNECT_SECONDS = 5.0


async def connect(**arguments: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Call `asyncpg.connect`, with every failure to reach the database told by a SQLSTATE.

    A host that does not resolve or a socket that is not there is, to a caller, all the same as a database
    that is still starting; and a bare OSError could be mistaken for one of the caller's own.
    """
    try:
        return await asyncpg.connect(timeout=CONNECT_SECONDS, **arguments)
    except OSError as error:
        raise asyncpg.CannotConnectNowError(str(error) or "no answer in time") from error
