"""Two servers on one database, as two processes of one service, answered for by one fake provider."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.serving import ChatKitClient, RunningServer, serving


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(
        update={
            "secret_key": SecretStr("shared by all processes of the service"),
            "disconnect_grace_seconds": 0.0,
            "flush_seconds": 0.02,
        }
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server that the browser talks to first."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def other_server(settings: Settings) -> AsyncIterator[RunningServer]:
    """Another one of the same service."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
def client(server: RunningServer) -> ChatKitClient:
    """A browser whose page stops answers by dropping the connection."""
    return server.client()


@pytest.fixture
def resuming(server: RunningServer) -> ChatKitClient:
    """A browser whose page says that it comes back, and asks for a stop in so many words."""
    return server.client(**{"chatkit-disconnect": "detach"})


@pytest.fixture
async def tabs(
    client: ChatKitClient, server: RunningServer, other_server: RunningServer
) -> list[ChatKitClient]:
    """Two tabs of the browser, each talking to another process."""
    # The first answer is what a browser is known by from then on.
    await client.call("threads.list")
    return [client.as_seen_by(running) for running in (server, other_server)]


@pytest.fixture(params=["the same process", "another process"])
def again_at(
    request: pytest.FixtureRequest, server: RunningServer, other_server: RunningServer
) -> RunningServer:
    """Where a request comes that has come to `server` before."""
    return server if request.param == "the same process" else other_server
