"""How a request's head may arrive, and what becomes of connections that send nothing more."""

import pytest

from app.ops import receiving
from app.settings import Settings
from tests.faults.watching import elapsed
from tests.limits.conftest import Connect
from tests.limits.raw import Connection, parsed
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer, serving, user_input

SECONDS = 0.2


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(receiving, "HEAD_SECONDS", SECONDS)
    monkeypatch.setattr(receiving, "LINGER_SECONDS", SECONDS)
    return settings


@pytest.fixture
async def connection(server: RunningServer, connect: Connect) -> Connection:
    return await connect(server)


@pytest.mark.proves("SEC-40")
async def test_a_head_that_does_not_end_in_time_is_refused(connection: Connection) -> None:
    await connection.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    answer = await connection.answer()
    assert (answer.status, answer.body["error"]["code"]) == (408, "request_timeout")
    assert answer.headers["connection"] == "close"


@pytest.mark.proves("SEC-40")
@pytest.mark.parametrize("sent", [b"", b"\r\n", b"\r\n\r\n\r\n"], ids=["nothing", "a line", "lines"])
async def test_a_connection_that_says_nothing_is_closed(connection: Connection, sent: bytes) -> None:
    await connection.send(sent)
    assert await connection.closed() == b""


@pytest.mark.proves("SEC-40")
async def test_a_connection_that_has_been_answered_and_sends_blank_lines_is_closed(
    connection: Connection,
) -> None:
    await connection.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b" 200 " in await connection.head()
    await connection.reader.readexactly(len(b'{"status":"ok"}'))
    await connection.send(b"\r\n")
    assert await connection.closed() == b""


async def test_requests_one_after_the_other_on_a_connection_are_all_answered(connection: Connection) -> None:
    for _ in range(20):
        await connection.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in await connection.head()
        await connection.reader.readexactly(len(b'{"status":"ok"}'))
    await connection.send(
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 50 + b"GET / HTTP/1.1\r\nConnection: close"
    )
    await connection.send(b"\r\nHost: x\r\n\r\n")
    assert (await connection.closed()).count(b"HTTP/1.1 200 ") >= 50


@pytest.mark.proves("SEC-44")
@pytest.mark.parametrize(
    "head",
    [
        b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 300 + b"\r\n",
    ],
    ids=["a long value", "a long path", "many headers"],
)
async def test_a_head_that_is_too_large_is_refused(connection: Connection, head: bytes) -> None:
    await connection.send(head)
    answer = await connection.answer()
    assert (answer.status, answer.body["error"]["code"]) == (431, "headers_too_large")


@pytest.mark.proves("SEC-44")
@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (b"GET /healthz HTTP/1.1\r\nX: ", b"x" * 65536),
        (b"GET /healthz HTTP/1.1\r\n", b"X: y\r\n" * 10_000),
        (b"GET /", b"x" * 65536),
        (b"POST /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 10_000),
    ],
    ids=["a value", "headers", "a path", "trailers"],
)
async def test_a_head_that_never_ends_is_broken_off(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, begin: bytes, piece: bytes
) -> None:
    monkeypatch.setattr(receiving, "LINGER_BYTES", 1_000_000)
    await connection.send(begin)
    await connection.send_for_ever(piece, 40_000_000)


async def test_a_token_of_64_kilobytes_is_a_head_like_any_other(connection: Connection) -> None:
    await connection.send(
        b"GET /healthz HTTP/1.1\r\nConnection: close\r\nAuthorization: Bearer " + b"x" * 65536 + b"\r\n\r\n"
    )
    assert (await connection.answer()).status == 200


@pytest.mark.proves("SEC-44")
async def test_what_is_no_http_is_refused_in_our_form(connection: Connection) -> None:
    await connection.send(b"\x16\x03\x01 hello\r\n\r\n")
    answer = await connection.answer()
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_request")


@pytest.mark.proves("SEC-41")
async def test_beyond_the_most_connections_requests_are_told_to_come_back_and_health_is_answered(
    settings: Settings, connect: Connect
) -> None:
    async with serving(settings.model_copy(update={"max_connections": 2})) as server:
        held = [await connect(server) for _ in range(2)]
        for each in held:
            await each.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            await each.head()
        late = await connect(server)
        await late.send(b"GET /config.json HTTP/1.1\r\nHost: x\r\nAccept-Language: fr\r\n\r\n")
        refused = await late.answer()
        asking = await connect(server)
        await asking.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        healthy = await asking.answer()
        for each in held:
            each.close()
        client = server.client()
        assert (await client.call("threads.list"))["data"] == []

    assert (refused.status, refused.body["error"]["code"]) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) >= 1
    assert "serveur" in refused.body["message"]
    assert (healthy.status, healthy.body) == (200, {"status": "ok"})


@pytest.mark.proves("SEC-41")
async def test_a_crowd_that_goes_on_is_dropped(
    settings: Settings, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "CROWD", 2)
    async with serving(settings.model_copy(update={"max_connections": 1})) as server:
        connections = [await connect(server) for _ in range(8)]
        assert [await each.closed() for each in connections[4:]] == [b""] * 4


async def test_what_comes_after_a_refusal_does_not_hold_the_connection(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connection.send(b"nonsense\r\n\r\n")
    first = await connection.closed()
    assert parsed(first).status == 400


async def test_an_answer_may_take_longer_than_a_head(server: RunningServer, provider: FakeProvider) -> None:
    provider.respond(say("One, ", gate("later"), "two."))
    async with server.client().stream("threads.create", input=user_input("Count")) as events:
        await events.until_text("One, ")
        await elapsed(3 * SECONDS)
        provider.release("later")
        await events.rest()
    assert events.text == "One, two."
