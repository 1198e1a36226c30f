"""A PostgreSQL for the tests: one cluster a process, one fresh, migrated database a test."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from app.db.engine import Database
from app.db.migrate import migrate
from app.db.urls import with_database
from tests.owners import Watch, watched

pytest_plugins = [
    "tests.provider.fixtures",
    "tests.chaos.report",
    "tests.chaos.fixtures",
    "tests.frames.plugin",
    "tests.short_form",
]

TEMPLATE = "chatkit_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[ConnectionUrls]:
    """A running cluster, whose database `chatkit` is migrated."""
    with tempfile.TemporaryDirectory(prefix="chatkit-tests-") as folder:
        server = EmbeddedPostgres(Path(folder), durable=False)
        with server as urls:
            asyncio.run(_prepare(urls))
            yield urls


async def _prepare(urls: ConnectionUrls) -> None:
    await migrate(urls.owner)
    await _administer(urls, f"create database {TEMPLATE} template chatkit owner chatkit_owner")


async def _administer(urls: ConnectionUrls, statement: str) -> None:
    connection = await asyncpg.connect(with_database(urls.admin, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def fresh_database(postgres: ConnectionUrls) -> AsyncIterator[ConnectionUrls]:
    """A migrated database that is there for as long as the block lasts, as each role reaches it."""
    name = f"test_{uuid4().hex}"
    await _administer(postgres, f"create database {name} template {TEMPLATE} owner chatkit_owner")
    try:
        yield ConnectionUrls(
            *(with_database(url, name) for url in (postgres.app, postgres.owner, postgres.admin))
        )
    finally:
        await _administer(postgres, f"drop database {name} with (force)")


@pytest.fixture
async def database_url(postgres: ConnectionUrls) -> AsyncIterator[str]:
    """The URL, as the app's role, of a database of this test's own."""
    async with fresh_database(postgres) as urls:
        yield urls.app


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That database behind a small pool."""
    database = Database(database_url, pool_size=5)
    yield database
    await database.dispose()


@pytest.fixture(autouse=True, scope="session")
def watch() -> Iterator[Watch]:
    """What this process sends to any database, from the first test to the last."""
    with watched() as watch:
        yield watch


@pytest.fixture(autouse=True)
def every_statement_names_its_owner(watch: Watch) -> Iterator[None]:
    """Fail the test in which a statement was sent that breaks the rule of `tests/owners.py`."""
    yield
    found, watch.found = watch.found, {}
    assert found == {}, "name the owner, or say in tests/owners.py why this spans all of them"
