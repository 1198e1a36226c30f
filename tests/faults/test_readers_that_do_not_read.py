"""A reader that never reads is dropped, costs little until then, and the others nothing."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator

import pytest

from app.ops import slow_readers
from app.settings import Settings
from tests.faults.size import READING_SECONDS
from tests.faults.watching import sampling, until
from tests.patience import BUSY
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer, user_input

MOST_HELD_BYTES = 256 * 1024
PIECES = 400
PIECE = "x" * 10_000
MARGIN_SECONDS = 5.0 * BUSY
ASSET = b"GET /chatkit-fetch.js HTTP/1.1\r\nHost: x\r\nConnection: %s\r\n\r\n"
"""Asks for something of a few packets."""


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(slow_readers, "READING_SECONDS", READING_SECONDS)
    return settings


@pytest.fixture
def never_read() -> Iterator[list[socket.socket]]:
    """Sockets that are closed after the test."""
    sockets: list[socket.socket] = []
    yield sockets
    for each in sockets:
        each.close()


@pytest.mark.proves("REL-13")
async def test_a_reader_that_never_reads_is_dropped_and_the_others_notice_nothing(
    server: RunningServer, provider: FakeProvider, never_read: list[socket.socket]
) -> None:
    provider.respond(say("Begun. ", gate("both read"), *[PIECE] * PIECES))
    client = server.client()
    await client.call("threads.list")
    request = {"type": "threads.create", "params": {"input": user_input("Much")}}
    async with client.stream("threads.create", input=user_input("Much")) as events:
        await events.until_text("Begun. ")
        never_read.append(await begin(server.url, request, dict(client.http.cookies)))
        await server.read_by(2)

        began = time.monotonic()
        async with sampling(lambda: held(server)) as samples:
            provider.release("both read")
            await events.rest()
            took = time.monotonic() - began
            await until(
                lambda: len(server.http.server_state.connections) == 1, READING_SECONDS + MARGIN_SECONDS
            )

        assert events.text == "Begun. " + PIECE * PIECES
        assert took < MARGIN_SECONDS, "it waited for the one that does not read"
        assert 0 < samples.most <= MOST_HELD_BYTES


@pytest.mark.proves("REL-13", "SEC-40")
@pytest.mark.parametrize("last", [b"keep-alive", b"close"])
async def test_a_reader_that_leaves_the_end_of_an_answer_is_dropped(
    server: RunningServer, never_read: list[socket.socket], last: bytes
) -> None:
    deaf = await connected(server.url)
    never_read.append(deaf)
    state = server.http.server_state
    await until(lambda: bool(state.connections), MARGIN_SECONDS)
    # As little as a far client's network holds; one on this machine holds megabytes.
    next(iter(state.connections)).transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_SNDBUF, 4096
    )
    await asyncio.get_running_loop().sock_sendall(deaf, ASSET % last)
    await until(lambda: state.total_requests == 1, MARGIN_SECONDS)

    # Less than what makes the server wait before it has said all of it.
    assert 0 < held(server) < 64 * 1024
    await until(lambda: not state.connections, READING_SECONDS + MARGIN_SECONDS)


async def connected(url: str) -> socket.socket:
    """Connect a socket that takes next to nothing."""
    host, _, port = url.removeprefix("http://").partition(":")
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    await asyncio.get_running_loop().sock_connect(deaf, (host, int(port)))
    return deaf


async def begin(url: str, body: object, cookies: dict[str, str]) -> socket.socket:
    """Send a request to join the turn, over a socket that takes next to nothing, and never read."""
    deaf = await connected(url)
    content = json.dumps(body).encode()
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    head = (
        f"POST /chatkit HTTP/1.1\r\nHost: {url[7:]}\r\nCookie: {cookie}\r\nOrigin: {url}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    await asyncio.get_running_loop().sock_sendall(deaf, head.encode() + content)
    return deaf


def held(server: RunningServer) -> int:
    """The most bytes that the server holds for one of its connections."""
    connections = list(server.http.server_state.connections)
    return max((connection.transport.get_write_buffer_size() for connection in connections), default=0)
