"""From the settings to a database that is ready: found or started, its schema brought up to date."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from app.db.engine import UNIT_SECONDS, Database
from app.db.migrate import migrate
from app.db.readiness import is_current_when_ready
from app.db.urls import libpq_url, place
from app.errors import ConfigurationError
from app.settings import Settings

if TYPE_CHECKING:
    from app.db.embedded import EmbeddedPostgres


@dataclass(frozen=True, slots=True)
class Location:
    """Where the database is, for the role that uses it and the one that owns it."""

    app_url: str
    owner_url: str
    description: str
    is_started_here: bool = False


@dataclass(frozen=True, slots=True)
class OpenDatabase:
    """A database ready for use, and what the start line says of it, which holds no secret."""

    database: Database
    url: str
    """As the role that uses it; holds a password."""
    description: str
    is_started_here: bool
    """Whether it was started for this process, so that whoever used it before is gone."""
    open_: Callable[..., Database]

    @asynccontextmanager
    async def another(self, *, unit_seconds: float) -> AsyncIterator[Database]:
        """Yield one connection of its own, for what answers no request and takes longer."""
        database = self.open_(pool_size=1, unit_seconds=unit_seconds)
        try:
            yield database
        finally:
            await database.dispose()


@asynccontextmanager
async def open_database(
    settings: Settings,
    postgres: "EmbeddedPostgres | None" = None,
    *,
    unit_seconds: float = UNIT_SECONDS,
    walled: bool = False,
) -> AsyncIterator[OpenDatabase]:
    """Yield the database of `settings`, migrated; on leaving, close it and stop what was started for it.

    `postgres` is the embedded server, where its start was begun already. `unit_seconds` is how long a unit of
    work may take; only what answers no request asks for more. `walled` is as in `Database`.
    Raises `ConfigurationError`, one sentence with its remedy, where there is none to be had.
    """
    async with located(settings, postgres) as location:
        open_ = partial(
            Database,
            location.app_url,
            prepared_statements=settings.database_prepared_statements,
            walled=walled,
        )
        database = open_(pool_size=settings.database_pool_size, unit_seconds=unit_seconds)
        try:
            if not await is_current_when_ready(database, location.app_url):
                await migrate(location.owner_url)
            yield OpenDatabase(
                database, location.app_url, location.description, location.is_started_here, open_
            )
        finally:
            await database.dispose()


@asynccontextmanager
async def located(settings: Settings, postgres: "EmbeddedPostgres | None" = None) -> AsyncIterator[Location]:
    """Yield where the database is; the embedded one runs inside the block, started here or elsewhere."""
    if settings.database_url is not None:
        app = libpq_url(settings.database_url.get_secret_value())
        owner = settings.migration_database_url
        owner_url = libpq_url(owner.get_secret_value()) if owner else app
        yield Location(app, owner_url, f"PostgreSQL at {place(app)}")
        return
    if sys.platform == "win32":
        raise ConfigurationError("On Windows there is no embedded PostgreSQL: set CHATKIT_DATABASE_URL.")
    from app.db.embedded import EmbeddedPostgres

    postgres = postgres or EmbeddedPostgres(settings.data_dir, bin_dir=settings.postgres_bin_dir)
    try:
        urls = await asyncio.to_thread(postgres.start)
        description = f"embedded PostgreSQL {postgres.version} in {settings.data_dir}"
        yield Location(urls.app, urls.owner, description, postgres.is_started_here)
    finally:
        await asyncio.to_thread(postgres.stop)


def psql_url(settings: Settings) -> str:
    """Return the URL with which psql reaches the running database, our schema first on its search path.

    Raises `ConfigurationError` where the database is the embedded one and it does not run.
    """
    if settings.database_url is not None:
        return _for_psql(settings.database_url.get_secret_value())
    from app.db.embedded import running_urls

    urls = running_urls(settings.data_dir)
    if urls is None:
        raise ConfigurationError(
            f"No database runs in {settings.data_dir.absolute()}: start the server, or name its folder with "
            "CHATKIT_DATA_DIR."
        )
    return _for_psql(urls.app)


def _for_psql(url: str) -> str:
    return libpq_url(url, options="-csearch_path=chatkit,public")
