"""Two real servers on one database, shared by all tests of one process that attack them; a plugin."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from app.db.embedded import ConnectionUrls
from app.db.urls import with_database
from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet
from tests.chaos.records import Records, reading
from tests.chaos.script import compose
from tests.provider.script import say
from tests.provider.server import FakeProvider, serving_provider

DATABASE = "chaos"


@pytest.fixture(scope="session")
def fleet(postgres: ConnectionUrls) -> Iterator[Fleet]:
    """Two servers on a database of their own. They start at once, and `servers` waits for them."""
    database_url = create_database(postgres, DATABASE)
    with tempfile.TemporaryDirectory(prefix="chatkit-chaos-") as folder:
        fleet = Fleet(Path(folder), database_url)
        fleet.launch()
        yield fleet
        fleet.stop()


def create_database(postgres: ConnectionUrls, name: str) -> str:
    """Make a migrated database, and return its URL as the app's role."""
    asyncio.run(_create_database(postgres, name))
    return with_database(postgres.app, name)


async def _create_database(postgres: ConnectionUrls, name: str) -> None:
    connection = await asyncpg.connect(with_database(postgres.admin, "postgres"))
    try:
        await connection.execute(f"create database {name} template chatkit_template owner chatkit_owner")
    finally:
        await connection.close()


@pytest.fixture
async def composer(fleet: Fleet) -> AsyncIterator[FakeProvider]:
    """The provider that the servers know, composing its answers from the questions."""
    async with serving_provider(fleet.provider) as provider:
        provider.compose = compose
        provider.titles.always(say("A short title"))
        yield provider


@pytest.fixture
async def records(fleet: Fleet) -> AsyncIterator[Records]:
    """The servers' database."""
    async with reading(fleet.database_url) as records:
        yield records


@pytest.fixture
async def servers(fleet: Fleet, composer: FakeProvider, records: Records) -> AsyncIterator[Fleet]:
    """Both servers, ready. Whatever a test leaves running is let go before the next."""
    await fleet.ready()
    yield fleet
    print(f"a:\n{fleet.a.said()}\nb:\n{fleet.b.said()}")  # noqa: T201 - pytest shows it where the test fails
    composer.release_all()
    assert await records.nothing_runs(), "a turn was never closed"


@pytest.fixture
async def browser(servers: Fleet) -> AsyncIterator[Browser]:
    """A user who has been here before, as far as the servers can tell."""
    browser = Browser()
    await browser.arrive(servers.a)
    yield browser
    await browser.http.aclose()
