"""Databases without our schema, on every version of PostgreSQL that can be had here."""

import argparse
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from app.db.migrate import alembic_config, migration_connection
from app.db.urls import with_database

OLDEST = Path("/usr/lib/postgresql/15/bin")

Alembic = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session", params=["newest", "oldest"])
def cluster(request: pytest.FixtureRequest) -> Iterator[ConnectionUrls]:
    """A cluster of the wheel's version, then one of the oldest that we support."""
    if request.param == "newest":
        yield request.getfixturevalue("postgres")
        return
    if shutil.which("initdb", path=str(OLDEST)) is None:
        pytest.skip(f"no PostgreSQL in {OLDEST}")
    with (
        tempfile.TemporaryDirectory(prefix="chatkit-tests-") as folder,
        EmbeddedPostgres(Path(folder), bin_dir=OLDEST, durable=False) as urls,
    ):
        yield urls


@pytest.fixture
async def empty(cluster: ConnectionUrls) -> AsyncIterator[ConnectionUrls]:
    """A database of this test's own with nothing in it."""
    async for urls in _database(cluster):
        yield urls


@pytest.fixture
async def empty_newest(postgres: ConnectionUrls) -> AsyncIterator[ConnectionUrls]:
    """The same on the newest version alone."""
    async for urls in _database(postgres):
        yield urls


@pytest.fixture
def alembic() -> Alembic:
    """Run one of Alembic's commands as the owner: `alembic(urls, "downgrade", "-1", x=("force=true",))`."""
    return run_alembic


async def run_alembic(urls: ConnectionUrls, name: str, *arguments: str, x: tuple[str, ...] = ()) -> None:
    def run(connection: Connection) -> None:
        config = alembic_config(connection)
        config.cmd_opts = argparse.Namespace(x=list(x))
        getattr(command, name)(config, *arguments)

    async with migration_connection(urls.owner) as connection:
        await connection.run_sync(run)


async def _database(cluster: ConnectionUrls) -> AsyncIterator[ConnectionUrls]:
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(with_database(cluster.admin, "postgres"))
    try:
        await admin.execute(f"create database {name} template template0 owner chatkit_owner")
        yield ConnectionUrls(
            *(with_database(url, name) for url in (cluster.app, cluster.owner, cluster.admin))
        )
        await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()
