"""The first words with a database: whether it answers, and whether it is one this server can work with."""

import asyncio
import logging
import time

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.engine import Database
from app.db.failures import INSUFFICIENT_PRIVILEGE, sqlstate
from app.db.migrate import is_current
from app.db.urls import place
from app.errors import ConfigurationError, Unavailable

logger = logging.getLogger(__name__)

OLDEST_VERSION = 150000
WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.5

# A login, a database, a schema or a startup parameter that is refused now will be in half a minute.
_LASTING = ("28", "3D000", INSUFFICIENT_PRIVILEGE, "08P01")


async def is_current_when_ready(database: Database, url: str, wait_seconds: float = WAIT_SECONDS) -> bool:
    """Wait until `database` answers, check that it suits, and say whether its schema is current.

    Services that start together find each other this way. Raises `ConfigurationError` where it does not
    answer in time, refuses us, or cannot hold our data; `url` is for the sentence.
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            async with database.autocommit() as connection:
                await _refuse_unsuitable(connection, url)
                return await is_current(connection)
        except (Unavailable, DBAPIError) as error:
            cause = error.__cause__ if isinstance(error, Unavailable) else error
            if _is_lasting(cause) or time.monotonic() > deadline:
                raise ConfigurationError(
                    f"The database at {place(url)} cannot be used ({_detail(cause)}): check "
                    "CHATKIT_DATABASE_URL and whether it runs."
                ) from error
            logger.info("waiting for the database", extra={"database": place(url), "reason": _detail(cause)})
        await asyncio.sleep(_POLL_SECONDS)


async def _refuse_unsuitable(connection: AsyncConnection, url: str) -> None:
    facts = text("select current_setting('server_version_num')::int, current_setting('server_encoding')")
    version, encoding = (await connection.execute(facts)).one()
    if version < OLDEST_VERSION:
        raise ConfigurationError(
            f"The database at {place(url)} is PostgreSQL {version // 10000}; this server needs "
            f"{OLDEST_VERSION // 10000} or newer."
        )
    if encoding != "UTF8":
        raise ConfigurationError(
            f"The database at {place(url)} is encoded in {encoding}, which cannot hold every text: create "
            "one with `create database … encoding 'UTF8' template template0`."
        )


def _is_lasting(error: BaseException | None) -> bool:
    return isinstance(error, DBAPIError) and (sqlstate(error) or "").startswith(_LASTING)


def _detail(error: BaseException | None) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error).strip() or type(error).__name__
