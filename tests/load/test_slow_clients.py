"""Clients that take their time, many at once, while the server's health is asked for."""

import asyncio
from contextlib import suppress

import httpx2
import pytest

from tests.chaos.fleet import Server
from tests.faults.watching import elapsed
from tests.limits.raw import Connection
from tests.load.size import HEALTH_SECONDS, SLOW_CONNECTIONS
from tests.load.timing import health

HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
KINDS = {
    "the head": (HEAD, b"X-Slow: y\r\n"),
    "the body": (b"POST /chatkit HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n", b" "),
    "nothing": (b"", b""),
    "the answer": (b"GET /chatkit.js HTTP/1.1\r\nHost: x\r\n\r\n" * 5, b""),
}
DRIP_SECONDS = 0.5


async def drip(connection: Connection, piece: bytes) -> None:
    with suppress(ConnectionError):
        while piece:
            await connection.send(piece)
            await elapsed(DRIP_SECONDS)


@pytest.mark.proves("SEC-40")
@pytest.mark.parametrize("what", KINDS)
async def test_clients_that_are_slow_with_it_do_not_slow_the_server(
    server: Server, http: httpx2.AsyncClient, what: str
) -> None:
    begin, piece = KINDS[what]
    connect = Connection.deaf if what == "the answer" else Connection.to
    connections = [await connect(server.url) for _ in range(SLOW_CONNECTIONS)]
    dripping = []
    try:
        for connection in connections:
            await connection.send(begin)
            dripping.append(asyncio.create_task(drip(connection, piece)))
        # What they ask for is work like any other until it has been begun for all of them.
        await health(server.url)
        p99 = await health(server.url)
        listed = await http.post("/chatkit", json={"type": "threads.list", "params": {}})
    finally:
        for task in dripping:
            task.cancel()
        for connection in connections:
            connection.close()

    assert listed.status_code == 200
    assert p99 <= HEALTH_SECONDS
