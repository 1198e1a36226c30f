"""A server in a hurry, a user who has one of everything, and a look at what the server has logged."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.fuzz.corpus import Things, begun
from tests.serving import ChatKitClient, RunningServer, serving

AGENTS = Path(__file__).parent.parent / "attachments" / "agents_for_files.py"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The demo without its pauses, and no limit that an attack would run into."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        agent=f"{AGENTS}:assistant",
        titles=False,
        max_unsent_files=1_000_000,
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server under attack."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def client(server: RunningServer) -> ChatKitClient:
    """The attacker, who is a user like any other."""
    return server.client()


@pytest.fixture
async def things(client: ChatKitClient) -> Things:
    """What the attacker has."""
    return await begun(client)


@pytest.fixture(autouse=True)
def nothing_unexpected_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where the server has met something that it did not expect."""
    yield
    unexpected = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not unexpected, unexpected[0].getMessage() + str(unexpected[0].exc_info)
