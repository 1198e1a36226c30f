"""Bringing the schema to the revision this version of the server works with.

The revisions themselves are in `migrations/`. Importing Alembic takes seconds, so it happens only when there is
something to do.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import migrations
from app.db.failures import sqlstate
from app.db.tables import SCHEMA
from app.db.urls import place
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

logger = logging.getLogger(__name__)

_LOCK = 0x63686174_6B6974  # "chatkit"
_POLL_SECONDS = 0.1
_PROGRESS_SECONDS = 5.0
_TIMEOUTS = {
    # A change that waits for a lock makes all later queries wait behind it.
    "lock_timeout": "5s",
    "statement_timeout": "10min",
}


async def bring_up_to_date(app_url: str, owner_url: str) -> None:
    """Migrate to the newest revision; costs one query where the schema is there already.

    Raises `ConfigurationError` for a schema newer than this version knows, and where the migration cannot be done.
    """
    if await schema_revision(app_url) != migrations.HEAD:
        await migrate(owner_url)


async def schema_revision(url: str) -> str | None:
    """Return the revision the database is at, None for one that has no schema yet."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        revision: str | None = await connection.fetchval(f"select version_num from {SCHEMA}.alembic_version")  # noqa: S608
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError, asyncpg.InsufficientPrivilegeError):
        return None
    finally:
        await connection.close()
    return revision


async def migrate(url: str) -> None:
    """Run every revision the database has not seen; `url` is its owner's. Waits for a migration under way elsewhere."""
    from alembic import command

    def upgrade(connection: "Connection") -> None:
        config = alembic_config(connection)
        _refuse_unknown_revision(connection, config)
        command.upgrade(config, "head")

    try:
        async with migration_connection(url) as connection:
            await connection.run_sync(upgrade)
    except DBAPIError as error:
        raise _sentence(error, url) from error


@asynccontextmanager
async def migration_connection(url: str) -> AsyncIterator[AsyncConnection]:
    """Yield the one connection that may change the schema at a time, outside any transaction."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        poolclass=NullPool,
        connect_args={"dsn": url, "timeout": 10, "server_settings": _TIMEOUTS},
    )
    async with engine.connect() as connection:
        await _take_turns(connection, url)
        yield connection


def alembic_config(connection: "Connection") -> "Config":
    """Return the configuration for Alembic's commands over `connection`, wherever this package is installed."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    folder = str(Path(migrations.__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


async def _take_turns(connection: AsyncConnection, url: str) -> None:
    """Hold the advisory lock for as long as the connection lives.

    Polled rather than waited for: a waiting statement is an open snapshot, and an index that is being built
    concurrently under the lock would wait for that in turn.
    """
    reported = time.monotonic()
    while not await connection.scalar(text("select pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
        await connection.rollback()
        if time.monotonic() - reported > _PROGRESS_SECONDS:
            reported = time.monotonic()
            logger.info("waiting for another migration to end", extra={"database": place(url)})
        await asyncio.sleep(_POLL_SECONDS)
    await connection.commit()


def _refuse_unknown_revision(connection: "Connection", config: "Config") -> None:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    revision = context.get_current_revision()
    connection.rollback()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise ConfigurationError(
            f"The database's schema is at revision {revision}, which this version of chatkit-server does not know: a "
            f"newer version migrated it. Run that version, or use it to go back first: `alembic downgrade "
            f"{migrations.HEAD}`."
        )


def _sentence(error: DBAPIError, url: str) -> ConfigurationError:
    match sqlstate(error):
        case "55P03" | "57014":
            return ConfigurationError(
                f"The schema of {place(url)} could not be changed because other sessions hold it up; what was begun "
                "has been undone. Start again, in a quieter moment if need be."
            )
        case "42501":
            return ConfigurationError(
                f"The schema of {place(url)} is not at revision {migrations.HEAD}, and this role may not change it: "
                "set CHATKIT_MIGRATION_DATABASE_URL to its owner, or run `alembic upgrade head` as the owner."
            )
    detail: Any = error.orig
    return ConfigurationError(f"The schema of {place(url)} could not be changed: {detail}.")
