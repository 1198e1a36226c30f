"""Readers of an answer that says nothing for long: held, and those beyond the most refused."""

import asyncio
from collections import Counter

import httpx2
import pytest

from tests.chaos.fleet import Server
from tests.limits.raw import Connection
from tests.load.size import HEALTH_SECONDS, IDLE_READERS
from tests.load.timing import health
from tests.serving import user_input

AT_ONCE = 20
BEYOND = 250
"""More than are served."""


async def read(url: str, thread_id: str, cookies: httpx2.Cookies) -> Connection:
    """Begin to read the answer in a thread."""
    connection = await Connection.to(url)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    path = f"/chatkit/threads/{thread_id}/events"
    await connection.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
    return connection


async def status(connection: Connection) -> int:
    """Return the status of the answer that comes; 0 where the connection is dropped."""
    try:
        return int((await connection.head()).split()[1])
    except (ConnectionError, asyncio.IncompleteReadError):
        return 0


@pytest.mark.proves("SEC-41")
async def test_idle_readers_are_held_and_those_beyond_the_most_are_refused(
    server: Server, http: httpx2.AsyncClient
) -> None:
    body = {"type": "threads.create", "params": {"input": user_input("Say nothing")}}
    async with http.stream("POST", "/chatkit", json=body, headers={"chatkit-disconnect": "detach"}) as answer:
        thread_id = answer.headers["chatkit-thread"]
        readers: list[Connection] = []
        try:
            held = []
            for _ in range(0, IDLE_READERS, AT_ONCE):
                # Each asks the database once, which has few connections here.
                more = [await read(server.url, thread_id, http.cookies) for _ in range(AT_ONCE)]
                readers += more
                held += [await status(reader) for reader in more]
            print(Counter(held), held.index(503) if 503 in held else None)  # noqa: T201
            p99 = await health(server.url)
            crowd = [await read(server.url, thread_id, http.cookies) for _ in range(BEYOND)]
            readers += crowd
            beyond = [await status(reader) for reader in crowd]
            assert server.running
        finally:
            for reader in readers:
                reader.close()

    assert set(held) <= {200, 503}
    assert held.count(200) >= 0.95 * IDLE_READERS
    assert p99 <= HEALTH_SECONDS
    assert 503 in beyond
    assert set(beyond) <= {200, 204, 503, 0}
    listed = await http.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert listed.status_code == 200, "it serves again once they have left"
