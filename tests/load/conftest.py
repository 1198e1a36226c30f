"""A server of its own process under load, so that its clients do not wait for themselves."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from app.db.embedded import ConnectionUrls
from tests.chaos.fixtures import create_database
from tests.chaos.fleet import Server
from tests.load.size import IDLE_READERS, LONGEST_SECONDS

POOL_SIZE = 5


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is load, and give it the time that it needs."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.load)
            item.add_marker(pytest.mark.timeout(LONGEST_SECONDS))


@pytest.fixture(scope="session")
def database_url(postgres: ConnectionUrls) -> str:
    """A database of these tests' own."""
    return create_database(postgres, "load")


@pytest.fixture(scope="session")
def process(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server under load, a model behind it that says nothing."""
    folder = tmp_path_factory.mktemp("load")
    environment = {
        "CHATKIT_DATABASE_URL": database_url,
        "CHATKIT_DATABASE_POOL_SIZE": str(POOL_SIZE),
        "CHATKIT_DATA_DIR": str(folder),
        "CHATKIT_AGENT": "tests/load/agents_under_load.py:agent",
        "CHATKIT_IDLE_SECONDS": str(LONGEST_SECONDS),
        "CHATKIT_GUEST_ANYWHERE": "true",
        "CHATKIT_MAX_CONNECTIONS": str(IDLE_READERS + 200),
        "CHATKIT_TITLES": "false",
    }
    server = Server(environment, folder / "log")
    server.launch()
    yield server
    server.kill()


@pytest.fixture
async def server(process: Server) -> Server:
    """The same, ready."""
    await process.ready()
    return process


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx2.AsyncClient]:
    """A client on this machine, with cookies."""
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(base_url=server.url, timeout=60, limits=limits) as http:
        yield http
