"""A server on a fresh database, and two browsers."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from chatkit.types import ThreadMetadata
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from app.attachments import Attachments, Limits
from app.attachments.addresses import Addresses
from app.attachments.blobs import Blobs
from app.attachments.content import Inspector
from app.attachments.direct import Direct
from app.context import Principal, RequestContext
from app.db.engine import Database
from app.ids import ThreadId, UserId, new_id
from app.settings import Settings
from app.threads import threads
from tests.attachments.browser import Browser
from tests.conformance.store.samples import NOW
from tests.serving import RunningServer, serving

ANN = RequestContext(Principal(UserId("ann")), "req_1", base_url="https://chat.example")

AGENTS = Path(__file__).with_name("agents_for_files.py")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The demo assistant on the test's own database, its files in a folder of the test."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        secret_key=SecretStr("shared by all processes of the service"),
        agent=f"{AGENTS}:assistant",
        titles=False,
    )


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket of an S3 of the test's own, which the environment says how to reach."""
    storage = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    storage.start()
    host, port = storage.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    for name, value in {
        "AWS_ENDPOINT": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    # All of them in one process share what they hold.
    httpx2.post(f"{endpoint}/moto-api/reset").raise_for_status()
    httpx2.put(f"{endpoint}/files").raise_for_status()
    yield f"{endpoint}/files"
    storage.stop()


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server under test."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def browser(server: RunningServer) -> Browser:
    """A browser whose user has a thread."""
    return await Browser.opened(server)


@pytest.fixture
async def stranger(server: RunningServer) -> Browser:
    """A browser of somebody else."""
    return await Browser.opened(server)


@pytest.fixture
def files(database: Database, settings: Settings) -> Attachments:
    """The files of a server that runs nothing else."""
    blobs = Blobs(None, settings.data_dir / "files")
    return Attachments(database, blobs, Addresses("k" * 32), Inspector(), Limits(), Direct(blobs))


@pytest.fixture
async def thread_id(database: Database) -> ThreadId:
    """A thread of Ann's."""
    thread = ThreadMetadata(id=new_id("thr"), created_at=NOW)
    await threads.save(database, ANN.user_id, thread)
    return ThreadId(thread.id)
