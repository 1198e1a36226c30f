"""What the shipped configuration of nginx does with streams, servers that go, and requests it may repeat."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.chaos import losses
from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet, moment
from tests.chaos.journal import Journal
from tests.chaos.records import Records
from tests.chaos.script import Tale
from tests.patience import BUSY
from tests.provider.server import FakeProvider
from tests.proxy.nginx import IDLE_SECONDS, Nginx, running

PATIENCE = 20.0 * BUSY


async def _held(
    nginx: Nginx, browser: Browser, composer: FakeProvider, name: str, *, detach: bool = True
) -> tuple[Journal, "asyncio.Task[Journal]"]:
    """Begin a turn behind nginx that waits in the middle of its answer; its reader has seen as much."""
    journal, seen = Journal(f"hold {name}"), asyncio.Event()
    journal.on_event = lambda read: seen.set() if read.told == "Hel" else None
    reading = asyncio.create_task(browser.tell(nginx, journal, detach=detach))
    await composer.waiting_at(name)
    async with asyncio.timeout(PATIENCE):
        await seen.wait()
    return journal, reading


async def test_a_reader_moves_to_the_other_server_in_the_middle_of_an_answer(
    nginx: Nginx, servers: Fleet, browser: Browser, composer: FakeProvider
) -> None:
    journal = Journal("hold moving")
    async with browser.asking(nginx, journal) as response:
        first = response.headers["x-upstream"]
        seen = asyncio.create_task(journal.read(response))
        await composer.waiting_at("moving")
        async with asyncio.timeout(PATIENCE):
            while journal.told != "Hel":
                await moment(0.02)
        seen.cancel()
        await asyncio.wait([seen])
    url = f"{nginx.url}/chatkit/threads/{journal.thread_id}/events"
    second = first
    while second == first:
        async with browser.http.stream("GET", url, headers={"last-event-id": journal.last_id}) as response:
            second = response.headers["x-upstream"]
            if second != first:
                composer.release("moving")
                await journal.read(response)

    assert journal.ended
    assert journal.messages == ["Hello"]
    items = await browser.items(nginx, journal.thread_id)
    assert list(losses.of_acknowledged(journal, items)) == []


async def test_a_tool_that_is_silent_for_longer_than_the_idle_limit_keeps_its_stream(
    nginx: Nginx, browser: Browser
) -> None:
    journal = await browser.tell(nginx, Journal(f"silence {IDLE_SECONDS * 1.5}"), detach=False)

    assert journal.closed
    assert journal.messages == ["Wait. ", "Done."]


async def test_a_server_that_is_killed_takes_no_further_request(
    nginx: Nginx, servers: Fleet, browser: Browser
) -> None:
    servers.b.kill()
    for number in range(6):
        journal = await browser.tell(nginx, Journal(f"echo after the kill {number}"))
        assert journal.messages == [f"after the kill {number}"]
        await browser.call(nginx, "threads.list")


async def test_the_reader_of_a_killed_server_sees_the_end_through_the_same_address(
    nginx: Nginx, servers: Fleet, browser: Browser, records: Records
) -> None:
    tales = [Tale(number, 40, 40, 100) for number in range(4)]
    journals = [Journal(tale.question) for tale in tales]
    readers = [asyncio.create_task(browser.tell(nginx, journal)) for journal in journals]
    async with asyncio.timeout(PATIENCE):
        while not all(journal.told for journal in journals):
            await moment(0.02)
    servers.a.kill()
    broken = [journal for journal, reader in zip(journals, readers, strict=True) if await _breaks(reader)]
    assert broken
    for journal in broken:
        assert await browser.follow([nginx], journal, PATIENCE)
    assert {(await records.turns(journal.thread_id))[0].status for journal in broken} == {"interrupted"}
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    for journal in journals:
        await browser.cancel(servers.b, journal.thread_id)


async def _breaks(reader: "asyncio.Task[Journal]") -> bool:
    """Say whether a reader's stream ends at once."""
    await asyncio.wait([reader], timeout=1.0)
    return reader.done()


async def test_a_server_that_drains_is_passed_over(
    nginx: Nginx, servers: Fleet, browser: Browser, composer: FakeProvider
) -> None:
    held = Journal("hold draining")
    reading = asyncio.create_task(browser.tell(servers.b, held, detach=False))
    await composer.waiting_at("draining")
    servers.b.signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE):
        while (await browser.http.get(f"{servers.b.url}/readyz")).status_code == 200:
            await moment(0.02)
    for number in range(4):
        journal = Journal(f"echo elsewhere {number}")
        await browser.insist([nginx], journal)
        assert journal.messages == [f"elsewhere {number}"]
    composer.release("draining")
    await reading
    assert await servers.b.ended() == 0


async def test_a_stop_of_the_stock_widget_reaches_the_server(
    nginx: Nginx, browser: Browser, composer: FakeProvider, records: Records
) -> None:
    journal, reading = await _held(nginx, browser, composer, "stock", detach=False)
    reading.cancel()
    await asyncio.wait([reading])

    assert await records.status(journal.thread_id, "cancelled", within=PATIENCE)


async def test_readiness_is_not_for_the_world(nginx: Nginx, browser: Browser) -> None:
    assert (await browser.http.get(f"{nginx.url}/readyz")).status_code == 404
    assert (await browser.http.get(f"{nginx.url}/healthz")).status_code == 200


async def test_a_body_over_the_limit_is_refused(nginx: Nginx, browser: Browser) -> None:
    response = await browser.http.post(f"{nginx.url}/chatkit", content=b"x" * (1024 * 1024 + 1))
    assert response.status_code == 413


class Breaking:
    """A server that takes requests, notes them, and breaks off before it answers."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(head.decode())
        writer.close()


@asynccontextmanager
async def breaking() -> AsyncIterator[Breaking]:
    """Serve one."""
    server = Breaking()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        yield server


@pytest.mark.parametrize(("method", "times"), [("POST", 1), ("GET", 2)])
async def test_a_post_that_may_have_arrived_is_not_sent_again(
    executable: str, tmp_path: Path, browser: Browser, method: str, times: int
) -> None:
    async with breaking() as one, breaking() as two, running(executable, tmp_path, one.url, two.url) as nginx:
        response = await browser.http.request(method, f"{nginx.url}/chatkit")

    assert response.status_code == 502
    assert len(one.requests + two.requests) == times


async def test_the_server_is_told_who_asks_and_not_what_the_client_claims(
    executable: str, tmp_path: Path, browser: Browser
) -> None:
    claims = {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "gopher", "last-event-id": "turn_1:2"}
    claims |= {"x-forwarded-user": "root", "x-forwarded-groups": "root"}
    async with breaking() as one, breaking() as two, running(executable, tmp_path, one.url, two.url) as nginx:
        await browser.http.post(f"{nginx.url}/chatkit", headers=claims | {"chatkit-disconnect": "detach"})

    (request,) = one.requests + two.requests
    lines = request.lower().splitlines()
    assert "x-forwarded-for: 127.0.0.1" in lines
    assert "x-forwarded-proto: http" in lines
    assert f"host: {nginx.url.removeprefix('http://')}" in lines
    assert "last-event-id: turn_1:2" in lines
    assert "chatkit-disconnect: detach" in lines
    assert "192.0.2.1" not in request
    assert "x-forwarded-user" not in request.lower()
    assert "root" not in request
