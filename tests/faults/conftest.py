"""A server whose database, and the network to it, a test can break."""

import asyncio
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from app.db.embedded import EmbeddedPostgres
from app.db.engine import Database
from app.db.migrate import migrate
from app.settings import Settings
from tests.faults.cluster import Cluster
from tests.faults.proxy import fault_proxy
from tests.faults.size import FULL
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, serving

LONGEST_SECONDS = 1_800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what has a long form, and give that the time it needs."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.path.name != "test_proxy.py":
            item.add_marker(pytest.mark.chaos)
            if FULL:
                item.add_marker(pytest.mark.timeout(LONGEST_SECONDS))


POOL_SIZE = 3
AND_LISTENING = 1


@pytest.fixture(autouse=True)
def patient_with_the_database() -> None:
    """Not here: what is looked at is when a server gives up."""


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a cluster that has been migrated."""
    data_dir = tmp_path_factory.mktemp("migrated")
    with EmbeddedPostgres(data_dir, durable=False) as urls:
        asyncio.run(migrate(urls.owner))
    return data_dir


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that other accounts can enter, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="chatkit-tests-") as path:
        Path(path).chmod(0o755)
        yield Path(path)


@pytest.fixture
def data_dir(folder: Path, migrated: Path) -> Path:
    """A copy of that, for a test to ruin."""
    copy = folder / "data"
    subprocess.run(["cp", "-a", migrated, copy], check=True)
    copy.chmod(0o755)
    return copy


@pytest.fixture
async def cluster(data_dir: Path) -> AsyncIterator[Cluster]:
    """A running cluster behind a proxy."""
    async with fault_proxy("") as proxy:
        cluster = Cluster(data_dir, proxy)
        await cluster.start()
        yield cluster
        proxy.restore()
        cluster.signal_all(signal.SIGCONT)
        await cluster.stop()


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path, provider: FakeProvider) -> Settings:
    """A small pool, and a database that is reached through the proxy."""
    return Settings(
        database_url=SecretStr(f"postgresql://chatkit_app@127.0.0.1:{cluster.proxy.port}/chatkit"),
        database_pool_size=POOL_SIZE,
        data_dir=tmp_path,
        titles=False,
        openai_base_url=provider.base_url,
        openai_api_key=SecretStr("sk-test"),
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server under test."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def client(server: RunningServer) -> ChatKitClient:
    """A browser."""
    return server.client()


@pytest.fixture
async def admin(cluster: Cluster) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A superuser's connection beside the proxy."""
    connection = await asyncpg.connect(f"{cluster.urls.admin}")
    yield connection
    connection.terminate()


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[Database]:
    """The same database for a look into it, beside the proxy."""
    database = Database(cluster.urls.app, pool_size=1)
    yield database
    await database.dispose()
