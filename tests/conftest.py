"""A PostgreSQL for the tests: one cluster a process, one fresh, migrated database a test."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from app.db.engine import Database
from app.db.migrate import migrate
from app.db.urls import with_database

pytest_plugins = ["tests.provider.fixtures"]

TEMPLATE = "chatkit"


@pytest.fixture(scope="session")
def postgres() -> Iterator[ConnectionUrls]:
    """A running cluster, whose database `chatkit` is migrated and then only copied."""
    with tempfile.TemporaryDirectory(prefix="chatkit-tests-") as folder:
        server = EmbeddedPostgres(Path(folder), durable=False)
        with server as urls:
            asyncio.run(migrate(urls.owner))
            yield urls


@pytest.fixture
async def database_url(postgres: ConnectionUrls) -> AsyncIterator[str]:
    """The URL, as the app's role, of a database of this test's own."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(with_database(postgres.admin, "postgres"))
    try:
        await admin.execute(f"create database {name} template {TEMPLATE} owner chatkit_owner")
        yield with_database(postgres.app, name)
        await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That database behind a small pool."""
    database = Database(database_url, pool_size=5)
    yield database
    await database.dispose()
