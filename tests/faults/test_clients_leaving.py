"""Clients leave at every moment of a request, and nothing of them stays behind."""

import asyncio
import gc
import itertools
import os
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.chaos.report import Table
from tests.faults.abandoning import Leaving, Phase, abandon
from tests.faults.cluster import Cluster
from tests.faults.conftest import AND_LISTENING, POOL_SIZE
from tests.faults.proxy import fault_proxy
from tests.faults.size import ABORTS
from tests.faults.watching import sampling, until
from tests.patience import PATIENCE
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input

AT_ONCE = 10
GROWTH_BYTES = 5 * 1024 * 1024
GONE_SECONDS = PATIENCE
WAYS = list(itertools.product(Phase, Leaving))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"disconnect_grace_seconds": 0.0})


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.proves("REL-20", "DB-20")
async def test_a_thousand_aborted_requests_leave_nothing_behind(
    server: RunningServer,
    client: ChatKitClient,
    provider: FakeProvider,
    cluster: Cluster,
    database: Database,
    table: Table,
) -> None:
    provider.always(say("Hel", gate("for ever"), "lo"))
    provider.route(lambda request: "whole" in str(request.body)).always(say("Hello"))
    await client.call("threads.list")
    cookie = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())

    numbers = itertools.count()

    async def leave(count: int) -> None:
        ways = itertools.cycle(WAYS)
        room = asyncio.Semaphore(AT_ONCE)

        async def one(phase: Phase, leaving: Leaving) -> None:
            # Each is another one: the same again would join it.
            message = f"{'whole' if phase is Phase.AT_THE_END else 'begun'} {next(numbers)}"
            body = {"type": "threads.create", "params": {"input": user_input(message)}}
            async with room:
                while not await abandon(server.url, cookie, body, phase, leaving):
                    pass

        async with asyncio.timeout(count / 4):
            await asyncio.gather(*(one(*next(ways)) for _ in range(count)))
        provider.requests.clear()

    async def quiet() -> None:
        await server.turns_ended()
        connections = server.http.server_state.connections
        await until(lambda: len(connections) <= len(server.clients), GONE_SECONDS)
        await until(lambda: len(server.http.server_state.tasks) == 0, GONE_SECONDS)

    # As many again: the memory that so many at once need is taken once, and kept.
    await leave(ABORTS)
    await quiet()
    sessions_before = cluster.session_processes()
    before = len(asyncio.all_tasks()), descriptors(), resident_bytes()

    async with sampling(cluster.sessions) as sessions:
        await leave(ABORTS)
        await quiet()

    assert sessions.most <= POOL_SIZE + AND_LISTENING
    await until(lambda: descriptors() <= before[1], GONE_SECONDS)
    assert len(asyncio.all_tasks()) <= before[0]
    await until(lambda: resident_bytes() - before[2] <= GROWTH_BYTES, GONE_SECONDS)
    assert sessions_before <= cluster.session_processes(), "a connection was thrown away"
    async with database.autocommit() as connection:
        found = await connection.execute(text("select distinct status from chatkit.turns"))
        assert set(found.scalars()) <= {"done", "cancelled"}
    assert (await client.say("whole")).text == "Hello"
    grown = max(0, resident_bytes() - before[2]) / 1e6
    table.row(
        "REL-20", "clients leave in every phase, by FIN and RST", ABORTS, [], f"{grown:.1f} MB more memory"
    )


@pytest.mark.proves("REL-12")
async def test_a_client_that_vanished_without_a_word_costs_the_answer_nothing(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("One, ", gate("gone"), "two."))
    port = int(server.url.rpartition(":")[2])
    async with fault_proxy(("127.0.0.1", port)) as proxy:
        vanishing = RunningServer(f"http://127.0.0.1:{proxy.port}", server.http, server.task).client()
        async with vanishing.stream("threads.create", input=user_input("Count")) as events:
            await events.until_text("One, ")
            proxy.silence()
            provider.release("gone")
            await server.turns_ended()
            client.http.cookies = vanishing.http.cookies
            answer = (await client.items(thread_id_of(events)))[1]
            assert answer["content"][0]["text"] == "One, two."
        await vanishing.http.aclose()
