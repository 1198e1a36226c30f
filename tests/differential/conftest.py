"""Our server and the stock one, with the same agent on the same fake provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.differential.agents_compared import agent
from tests.differential.side import Side, asked
from tests.differential.stock_server import serving_stock
from tests.provider.server import FakeProvider, serving_provider
from tests.serving import serving


@asynccontextmanager
async def provided(database_url: str, folder: Path) -> AsyncIterator[tuple[FakeProvider, Settings]]:
    """A provider of one server's own, so that both can be asked at once, and the settings to use it."""
    async with serving_provider() as provider:
        settings = Settings(
            database_url=SecretStr(database_url),
            data_dir=folder,
            agent=f"{Path(__file__).parent}/assistant_compared.py:assistant",
            openai_base_url=provider.base_url,
            openai_api_key=SecretStr("sk-test"),
        )
        yield provider, settings
    assert provider.unscripted == []


@pytest.fixture
async def stock(database_url: str, tmp_path: Path) -> AsyncIterator[Side]:
    """The stock server; of the settings it uses those of the provider."""
    async with (
        provided(database_url, tmp_path) as (provider, settings),
        serving_stock(agent, settings) as url,
        asked(url, provider) as side,
    ):
        yield side


@pytest.fixture
async def ours(database_url: str, tmp_path: Path) -> AsyncIterator[Side]:
    """Our server. Before it is asked again its titles are written: they come beside the answers."""
    async with (
        provided(database_url, tmp_path) as (provider, settings),
        serving(settings) as running,
        asked(running.url, provider, running.nothing_beside) as side,
    ):
        yield side
