"""A server on a fresh database, answered for by the fake provider."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.serving import ChatKitClient, RunningServer, serving


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The demo assistant on the test's own database."""
    return Settings(database_url=SecretStr(database_url), data_dir=tmp_path / "data", titles=False)


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server under test."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def client(server: RunningServer) -> ChatKitClient:
    """A browser that has not been here before."""
    return server.client()
