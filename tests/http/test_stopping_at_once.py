"""A server that is told to stop waits for what is under way, and for no clock."""

import asyncio
import signal

import pytest

from app.settings import Settings
from tests.patience import PATIENCE
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, serving, user_input


async def no_clock(*_: object) -> None:
    """Never return."""
    await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_looks_at_no_clock(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    async with serving(settings) as server:
        assert (await server.client().http.get("/healthz")).status_code == 200
        monkeypatch.setattr(asyncio, "sleep", no_clock)
        server.http.handle_exit(number, None)
        await asyncio.wait_for(server.task, PATIENCE)


@pytest.mark.parametrize("signals", [1, 3])
async def test_a_third_signal_waits_for_no_request(settings: Settings, signals: int) -> None:
    async with serving(settings) as server:
        port = int(server.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /chatkit HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{")
        while not server.http.server_state.tasks:
            await asyncio.to_thread(lambda: None)
        for _ in range(signals):
            server.http.handle_exit(signal.SIGINT, None)
        if signals == 1:
            # It ends as any other does that is under way, and the server only then.
            writer.write(b" " * 99)
            assert (await asyncio.wait_for(reader.readline(), PATIENCE)).startswith(b"HTTP/1.1 4")
        await asyncio.wait_for(server.task, PATIENCE)
        writer.close()


async def test_answers_under_way_are_read_to_their_end(provided: Settings, provider: FakeProvider) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with serving(provided) as server:
        async with server.client().stream("threads.create", input=user_input("Hi")) as events:
            await events.until_text("Hel")
            server.http.handle_exit(signal.SIGTERM, None)
            provider.release("half-way")
            await events.rest()
        await asyncio.wait_for(server.task, PATIENCE)

    assert events.text == "Hello"


async def test_answers_carry_the_time_of_day(server: RunningServer, client: ChatKitClient) -> None:
    async with asyncio.timeout(PATIENCE):
        first = now = (await client.http.get("/healthz")).headers["date"]
        while now == first:
            now = (await client.http.get("/healthz")).headers["date"]
