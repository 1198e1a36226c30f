"""How a request's body may arrive: on every route, whatever headers say, and what it may hold."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic import SecretStr

from app.chatkit_api import arrival
from app.ops import receiving
from app.settings import Settings
from tests.faults.watching import elapsed
from tests.limits.conftest import Connect
from tests.limits.raw import PIECE
from tests.patience import PATIENCE
from tests.project.test_documentation import routes
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer, serving, thread_id_of, user_input

SECONDS = 0.3
JSON = {"content-type": "application/json"}
TAKEN = 2_000_000
"""Bytes of an endless body that a server of these tests takes at the most, the sockets' buffers included."""


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(arrival, "SILENCE_SECONDS", SECONDS)
    monkeypatch.setattr(receiving, "LINGER_SECONDS", SECONDS)
    monkeypatch.setattr(receiving, "LINGER_BYTES", 500_000)
    return settings.model_copy(
        update={"max_body_bytes": 50_000, "max_file_bytes": 60_000, "max_recording_bytes": 30_000}
    )


def every_route(server: RunningServer) -> Iterator[tuple[str, str]]:
    """Yield method and path of each route, and of one that is none."""
    for path, methods in routes(server.http.config.app):
        for method in methods.split(", "):
            yield method, path.replace("{", "").replace("}", "")
    yield "POST", "/nowhere"


@pytest.mark.proves("SEC-44")
async def test_no_route_takes_a_body_without_end(server: RunningServer, connect: Connect) -> None:
    for method, path in every_route(server):
        connection = await connect(server)
        await connection.send(f"{method} {path} HTTP/1.1\r\nHost: x\r\n".encode())
        await connection.send(b"Transfer-Encoding: chunked\r\n\r\n")
        await connection.send_for_ever(PIECE, 10 * TAKEN)
        assert connection.sent < 5 * TAKEN, (method, path)
    assert (await server.client().http.get("/healthz")).status_code == 200


@pytest.mark.proves("SEC-40", "SEC-44")
async def test_no_route_waits_for_a_body_that_does_not_come(server: RunningServer, connect: Connect) -> None:
    async def one(method: str, path: str) -> tuple[str, str, int]:
        connection = await connect(server)
        await connection.send(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\nx".encode()
        )
        said = await connection.closed()
        return method, path, int(said.split()[1]) if said else 0

    async with asyncio.timeout(PATIENCE):
        answers = await asyncio.gather(*(one(*route) for route in every_route(server)))
    assert [answer for answer in answers if answer[2] >= 500] == []
    assert ("POST", "/chatkit", 408) in answers
    assert ("POST", "/chatkit/files", 408) in answers or ("POST", "/chatkit/files", 400) in answers


@pytest.mark.proves("SEC-40")
async def test_a_body_that_drips_is_refused_in_our_form(server: RunningServer, connect: Connect) -> None:
    connection = await connect(server)
    await connection.send(b"POST /chatkit HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n")
    reading = asyncio.create_task(connection.answer())
    while not reading.done():
        await connection.send(b" ")
        await asyncio.wait((reading,), timeout=SECONDS / 20)
    answer = await reading
    assert (answer.status, answer.body["error"]["code"]) == (408, "request_timeout")


async def test_a_body_gets_time_by_its_size(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrival, "SLOWEST_BYTES_PER_SECOND", 1_000)

    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 1_000
            await elapsed(SECONDS / 10)

    answer = await server.client().http.post("/chatkit", content=slowly(), headers=JSON)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["message"]


@pytest.mark.proves("SEC-40")
async def test_a_stream_does_not_wait_for_the_rest_of_its_request(
    server: RunningServer, provider: FakeProvider, connect: Connect
) -> None:
    provider.respond(say("One, ", gate("on"), "two."))
    client = server.client()
    async with client.stream("threads.create", input=user_input("Count")) as events:
        await events.until_text("One, ")
        cookie = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())
        connection = await connect(server)
        path = f"/chatkit/threads/{thread_id_of(events)}/events"
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nTransfer-Encoding: chunked\r\n\r\n"
        await connection.send(head.encode() + PIECE)
        assert b" 200 " in await connection.head()
        await connection.closed()
        connection.close()
        provider.release("on")
        await events.rest()
    assert events.text == "One, two."


def a_million_keys() -> bytes:
    return b"{" + b",".join(b'"%d":1' % number for number in range(1_000_000)) + b"}"


@pytest.mark.proves("SEC-44")
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (a_million_keys(), "too many members"),
        (b'{"type":"threads.list","params":' + b"[" + b"1," * 999_999 + b"1]}", "too many members"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "not valid JSON"),
        (b"[" * 1_000_000, "not valid JSON"),
        (b'"' + b"\\" * 4_000_001, "not valid JSON"),
        (b'"' * 4_000_000, "not valid JSON"),
    ],
    ids=["keys", "values", "deep", "deeper", "a string that never ends", "quotes"],
)
async def test_json_that_costs_more_than_its_bytes_is_refused_before_it_does(
    provided: Settings, body: bytes, says: str
) -> None:
    async with serving(provided.model_copy(update={"max_body_bytes": 20_000_000})) as server:
        client = server.client()
        await client.call("threads.list")
        began = time.process_time()
        refused = await client.http.post("/chatkit", content=body, headers=JSON)
        took = time.process_time() - began
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_request")
    assert says in refused.json()["message"]
    assert took < 2.0, "of which sending it takes the most"


async def test_a_text_may_hold_as_many_commas_as_it_likes(provided: Settings, provider: FakeProvider) -> None:
    provider.respond(say("Many"))
    secret = SecretStr("some secret that is long enough for it")
    async with serving(provided.model_copy(update={"secret_key": secret})) as server:
        assert (await server.client().say(',"\\' * 33_000)).text == "Many"


async def test_a_body_that_is_announced_as_too_large_is_refused_at_once(
    server: RunningServer, connect: Connect
) -> None:
    connection = await connect(server)
    await connection.send(b"POST /chatkit HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
    answer = await connection.answer()
    assert (answer.status, answer.body["error"]["code"]) == (413, "payload_too_large")
