"""A server whose model is reached by one of three ways, answered for by the fake provider."""

import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, serving

WAYS = ("responses", "chat_completions", "litellm")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the model is reached. LiteLLM takes address and key from variables of its own."""
    way = str(request.param)
    if way == "litellm":
        if importlib.util.find_spec("litellm") is None:
            pytest.skip("LiteLLM is not here: `make test` installs it")
        monkeypatch.setenv("OPENAI_API_BASE", provider.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-litellm")
    return way


@pytest.fixture
def settings(database_url: str, tmp_path: Path, provider: FakeProvider, way: str) -> Settings:
    common: dict[str, Any] = {
        "database_url": SecretStr(database_url),
        "data_dir": tmp_path,
        "agent": f"{Path(__file__).parent}/agents_of_any_provider.py:agent",
        "titles": False,
        "disconnect_grace_seconds": 0.0,
    }
    if way == "litellm":
        return Settings(**common, openai_api_key=None, openai_base_url=None, model="litellm/openai/gpt-fake")
    return Settings(
        **common, openai_base_url=provider.base_url, openai_api_key=SecretStr("sk-test"), openai_api=way
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
