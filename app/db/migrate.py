"""Bringing the schema to the revision this version of the server works with.

The revisions themselves are in `migrations/`. Importing Alembic takes seconds, so it happens only where there
is something to do.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import migrations
from app.db.connecting import connect
from app.db.failures import INSUFFICIENT_PRIVILEGE, sqlstate
from app.db.tables import SCHEMA
from app.db.urls import libpq_url, place
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)

_LOCK = int.from_bytes(b"chatkit", "big")
_POLL_SECONDS = 0.1
_PROGRESS_SECONDS = 2.0

CONNECT_SECONDS = 5.0

LOCK_TIMEOUT = "5s"
"""How long a change may wait for a lock; every later query on the table waits behind it."""
STATEMENT_TIMEOUT = "10min"


async def is_current(connection: AsyncConnection) -> bool:
    """Say whether the schema is at the newest revision this version knows; imports nothing."""
    version_table = f"{SCHEMA}.alembic_version"
    try:
        if await connection.scalar(text("select to_regclass(:name)"), {"name": version_table}) is None:
            return False
        revision = await connection.scalar(text(f"select version_num from {version_table}"))  # noqa: S608
    except DBAPIError as error:
        if sqlstate(error) == INSUFFICIENT_PRIVILEGE:
            # Begun, and broken off before the application was let in: to be gone on with.
            return False
        raise
    return bool(revision == migrations.HEAD)


async def migrate(url: str, *, lock_timeout: str = LOCK_TIMEOUT) -> None:
    """Run every revision the database has not seen; `url` is its owner's.

    Raises `ConfigurationError` for a schema newer than this version knows. A revision that fails leaves no
    trace, and a repeat goes on from there.
    """
    async with migration_connection(url, lock_timeout=lock_timeout) as connection:
        await connection.run_sync(_upgrade)


@asynccontextmanager
async def migration_connection(
    url: str, *, lock_timeout: str = LOCK_TIMEOUT
) -> AsyncIterator[AsyncConnection]:
    """Yield the one connection at a time that may change the schema; it is in no transaction.

    Waits for a migration under way elsewhere. What the database refuses leaves as `ConfigurationError`.
    """
    engine = create_async_engine(
        "postgresql+asyncpg://",
        poolclass=NullPool,
        connect_args={
            "async_creator_fn": connect,
            "timeout": CONNECT_SECONDS,
            "dsn": libpq_url(url, application_name="chatkit-server migration"),
            "server_settings": {
                "lock_timeout": lock_timeout,
                "statement_timeout": STATEMENT_TIMEOUT,
                "client_connection_check_interval": "1s",
            },
        },
    )
    try:
        async with engine.connect() as connection:
            await _take_turns(connection, url)
            yield connection
    except DBAPIError as error:
        raise _sentence(error, url) from error


def alembic_config(connection: "Connection") -> "Config":
    """Return what Alembic's commands need to work over `connection`, wherever this package is installed."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    folder = str(Path(migrations.__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


async def _take_turns(connection: AsyncConnection, url: str) -> None:
    """Take the advisory lock, which is held for as long as the connection lives.

    Asked for again and again rather than waited for: a waiting statement is an open snapshot, for which an
    index that is built concurrently under the lock would wait in turn.
    """
    reported = time.monotonic()
    while not await connection.scalar(text("select pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
        await connection.rollback()
        if time.monotonic() - reported > _PROGRESS_SECONDS:
            reported = time.monotonic()
            logger.info("waiting for another migration to end", extra={"database": place(url)})
        await asyncio.sleep(_POLL_SECONDS)
    await connection.commit()


def _upgrade(connection: "Connection") -> None:
    from alembic import command

    config = alembic_config(connection)
    _refuse_unknown_revision(connection, config)
    command.upgrade(config, "head")


def _refuse_unknown_revision(connection: "Connection", config: "Config") -> None:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    revision = context.get_current_revision()
    connection.rollback()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise ConfigurationError(
            f"The database's schema is at revision {revision}, which this version of chatkit-server does not "
            "know because a newer one migrated it: start that version, or go back with it first by `alembic "
            f"downgrade {migrations.HEAD}`."
        )


def _sentence(error: DBAPIError, url: str) -> ConfigurationError:
    state = sqlstate(error)
    if state in ("55P03", "57014"):
        return ConfigurationError(
            f"The schema of {place(url)} could not be changed because other sessions hold it up; what "
            "was begun has been undone: start again, in a quieter moment if need be."
        )
    if state == INSUFFICIENT_PRIVILEGE:
        return ConfigurationError(
            f"The schema of {place(url)} is not at revision {migrations.HEAD}, and this role may not "
            "change it: set CHATKIT_MIGRATION_DATABASE_URL to its owner, or run `alembic upgrade head` "
            "as the owner."
        )
    return ConfigurationError(f"The schema of {place(url)} could not be changed: {error.orig}.")
