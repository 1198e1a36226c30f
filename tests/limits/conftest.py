"""Two servers of one service, strict, and callers from elsewhere: a proxy on this machine says so."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.limits.raw import Connection
from tests.serving import ChatKitClient, RunningServer, serving

ANN, BEN = "198.51.100.7", "203.0.113.9"
"""Addresses of callers."""


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(
        update={
            "secret_key": SecretStr("shared by all processes of the service"),
            "guest_anywhere": True,
            "disconnect_grace_seconds": 0.0,
        }
    )


@pytest.fixture
async def servers(settings: Settings) -> AsyncIterator[tuple[RunningServer, RunningServer]]:
    """Both servers under test."""
    async with serving(settings) as one, serving(settings) as other:
        yield one, other


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server under test."""
    async with serving(settings) as running:
        yield running


def coming_from(server: RunningServer, address: str, **headers: str) -> ChatKitClient:
    """Return a browser at an address."""
    return server.client(**{"x-forwarded-for": address, **headers})


Connect = Callable[[RunningServer], Awaitable[Connection]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connections to servers, closed after the test."""
    connections: list[Connection] = []

    async def connect(server: RunningServer) -> Connection:
        connections.append(await Connection.to(server.url))
        return connections[-1]

    yield connect
    for connection in connections:
        connection.close()
