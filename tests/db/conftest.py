"""What the tests of the database need besides the shared fixtures."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from app.db.embedded import ConnectionUrls, EmbeddedPostgres
from app.db.urls import with_database


@pytest.fixture(autouse=True)
def patient_with_the_database() -> None:
    """Not here: what is looked at is when a server gives up."""


@pytest.fixture
async def admin(postgres: ConnectionUrls) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A superuser's connection, outside the test's own database."""
    connection = await asyncpg.connect(with_database(postgres.admin, "postgres"))
    yield connection
    await connection.close()


@pytest.fixture
async def owner(
    postgres: ConnectionUrls, database_url: str
) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection to the test's own database as the role that owns the schema."""
    name = urlsplit(database_url).path.lstrip("/")
    connection = await asyncpg.connect(with_database(postgres.owner, name))
    yield connection
    await connection.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that other accounts can enter, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="chatkit-tests-") as path:
        Path(path).chmod(0o755)
        yield Path(path)


@pytest.fixture(scope="session")
def ready_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a cluster that has run once."""
    data_dir = tmp_path_factory.mktemp("ready-made")
    with EmbeddedPostgres(data_dir, durable=False):
        pass
    return data_dir


@pytest.fixture
def data_dir(folder: Path, ready_made: Path) -> Path:
    """A copy of that, for a test to run and ruin."""
    copy = folder / "data"
    subprocess.run(["cp", "-a", ready_made, copy], check=True)
    copy.chmod(0o755)
    return copy


@pytest.fixture
def unprivileged() -> pwd.struct_passwd | None:
    """An ordinary account: another one if the tests run as root, else their own."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None
