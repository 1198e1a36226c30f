"""A PostgreSQL for the tests: one cluster a process, one migrated database a test."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from app.db.engine import Database
from tests.databases import Databases
from tests.doctor.certificates import self_made
from tests.owners import Watch, watched
from tests.patience import wait_longer_for_the_database

pytest_plugins = [
    "tests.provider.fixtures",
    "tests.chaos.report",
    "tests.chaos.fixtures",
    "tests.frames.plugin",
    "tests.short_form",
]


@pytest.fixture(scope="session")
def postgres() -> Iterator[ConnectionUrls]:
    """A running cluster, whose database `chatkit` is migrated, and a template besides."""
    with tempfile.TemporaryDirectory(prefix="chatkit-tests-") as folder:
        server = EmbeddedPostgres(Path(folder), durable=False)
        with server as urls:
            asyncio.run(Databases(urls).prepare())
            yield urls


@pytest.fixture(scope="session")
def databases(postgres: ConnectionUrls) -> Databases:
    """The databases in it that tests have to themselves."""
    return Databases(postgres)


@pytest.fixture
async def database_url(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[str]:
    """The URL, as the app's role, of a database of this test's own."""
    is_new = request.node.get_closest_marker("new_database") is not None
    async with databases.new() if is_new else databases.one() as urls:
        yield urls.app


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That database behind a small pool."""
    database = Database(database_url, pool_size=5)
    yield database
    await database.dispose()


@pytest.fixture(autouse=True, scope="session")
def can_be_interrupted() -> None:
    """Heed SIGINT, which a shell has its background ignore, and whatever that starts in turn."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let one authority be trusted, which has vouched for nobody: to read the system's takes a client 20 ms.

    With none at all the object storage's client refuses to be made.
    """
    _, authority = self_made(tmp_path_factory.mktemp("authority"), host="192.0.2.1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority))
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("authorities")))
        yield


@pytest.fixture(autouse=True)
def patient_with_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no outage, but in tests of outages."""
    wait_longer_for_the_database(monkeypatch)


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
