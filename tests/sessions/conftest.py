"""A server whose users come with client secrets, and a back-end that makes them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.serving import RunningServer, serving
from tests.sessions.backend import KEY, Backend, backend_of

AGENTS = Path(__file__).with_name("agents_in_sessions.py")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The demo assistant on the test's own database."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        agent=f"{AGENTS}:assistant",
        auth=("session",),
        server_key=SecretStr(KEY),
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server under test."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def backend(server: RunningServer) -> AsyncIterator[Backend]:
    """Its back-end."""
    backend = backend_of(server)
    yield backend
    await backend.client.close()
