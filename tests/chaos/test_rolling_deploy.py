"""Two processes are replaced, one after the other, while clients go on."""

import asyncio
import signal

import pytest

from tests.chaos import losses
from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet, moment
from tests.chaos.journal import Journal
from tests.chaos.report import Table
from tests.chaos.script import Tale
from tests.chaos.size import SIZE


@pytest.mark.proves("REL-42")
async def test_a_rolling_deploy_under_load_fails_no_accepted_request(
    servers: Fleet, browser: Browser, table: Table
) -> None:
    rolling = asyncio.Event()
    told: list[tuple[Tale, Journal]] = []

    async def chat(client: int) -> None:
        turn = 0
        while not rolling.is_set():
            turn += 1
            tale = Tale(client * 1000 + turn, 5 + client % 7, 10, 40)
            journal = Journal(tale.question)
            await browser.insist([servers.a, servers.b], journal)
            told.append((tale, journal))
            if not journal.ended:
                await browser.follow([servers.a, servers.b], journal, 30)

    async with asyncio.TaskGroup() as clients:
        for client in range(SIZE.rolling_clients):
            clients.create_task(chat(client))
        for server in (servers.a, servers.b):
            await moment(1.0)
            server.signal(signal.SIGTERM)
            code = await server.ended()
            assert code == 0, server.said()
            await server.ready()
        await moment(1.0)
        rolling.set()
    found = [
        loss
        for tale, journal in told
        for loss in await losses.of_a_whole_turn(journal, tale, browser, servers.a)
    ]
    table.row("REL-42", "turns during a rolling deploy of two processes", len(told), found)
