"""`kill -9` at random moments of many turns at once, against the journals of their readers."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from random import Random

import pytest

from tests.chaos import losses
from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet, moment, now
from tests.chaos.journal import Journal
from tests.chaos.losses import Cost
from tests.chaos.records import Records
from tests.chaos.report import Table
from tests.chaos.script import Tale
from tests.chaos.size import FULL, SIZE, seeded
from tests.patience import BUSY

LEASE_SECONDS = 10.0
NOTICED_SECONDS = 5.0 * BUSY
"""How often processes look for leases that have run out, and what closing so many turns may take."""


@dataclass
class Tally:
    """What a number of kills came to."""

    cost: Cost = field(default_factory=Cost)
    points: int = 0
    found: list[str] = field(default_factory=list)


@dataclass
class Crash:
    """One kill in the middle of many turns."""

    servers: Fleet
    browser: Browser
    records: Records
    chance: Random
    numbers: "count[int]"
    told: dict[int, tuple[Tale, Journal]] = field(default_factory=dict)

    async def strike(self, *, both: bool) -> float:
        """Begin turns, one after the other, and kill their server at some moment; return when that was."""
        span = self.chance.uniform(0.5, 2.0)
        # Few turns now and then: among many, each is written along with the items of the others.
        turns = self.chance.choice(
            (SIZE.turns_per_kill, SIZE.turns_per_kill, 3 if FULL else SIZE.turns_per_kill)
        )
        async with asyncio.TaskGroup() as readers:
            for _ in range(turns):
                readers.create_task(self._tell(self.chance.uniform(0, span)))
            await moment(span + self.chance.uniform(0, 0.3))
            killed = now()
            self.servers.a.kill()
            if both:
                self.servers.b.kill()
        return killed

    async def _tell(self, delay: float) -> None:
        draw = self.chance.randint
        tale = Tale(next(self.numbers), draw(3, 40), draw(3, 40), draw(15, 90))
        await moment(delay)
        journal = Journal(tale.question)
        self.told[tale.number] = (tale, journal)
        await self.browser.tell(self.servers.a, journal)

    def cut_short(self) -> list[tuple[Tale, Journal]]:
        """The turns that the kill met: their readers know them, and have not seen their end."""
        return [
            (tale, journal) for tale, journal in self.told.values() if journal.thread_id and not journal.ended
        ]

    async def judge(self, killed: float, tally: Tally) -> None:
        """Count what was lost, and use every thread again."""
        met = self.cut_short()
        tally.points += len(met)
        for tale, journal in met:
            server = self.chance.choice((self.servers.a, self.servers.b))
            tally.found += await losses.of_a_killed_turn(
                journal, tale, self.browser, server, self.records, killed, tally.cost
            )
            tally.found += await losses.of_usability(self.browser, server, journal.thread_id)


@pytest.mark.proves("REL-01", "REL-02", "REL-03", "REL-10")
async def test_a_kill_at_any_point_loses_no_acknowledged_item_and_a_flush_of_text(
    servers: Fleet, browser: Browser, records: Records, table: Table
) -> None:
    chance, tally, numbers = seeded("kill"), Tally(), count(1)
    while tally.points < SIZE.kill_points:
        await servers.ready()
        crash = Crash(servers, browser, records, chance, numbers)
        killed = await crash.strike(both=True)
        await servers.ready()
        if not await records.nothing_runs(LEASE_SECONDS):
            tally.found.append(
                f"{await records.running()} turns are open {LEASE_SECONDS} s after the restart"
            )
            assert await records.nothing_runs()
        await crash.judge(killed, tally)

    table.row("REL-10", "kill -9 of every process in its turns", tally.points, tally.found, str(tally.cost))


@pytest.mark.proves("REL-11")
async def test_the_readers_of_a_killed_server_see_the_end_at_the_other(
    servers: Fleet, browser: Browser, records: Records, table: Table
) -> None:
    chance, tally, numbers = seeded("kill one of two"), Tally(), count(1)
    waits: list[float] = []

    async def come_back(journal: Journal, killed: float) -> None:
        if not await browser.follow([servers.a, servers.b], journal, LEASE_SECONDS + NOTICED_SECONDS):
            tally.found.append(f"{journal.thread_id}: no end within the lease")
        waits.append(now() - killed)

    while tally.points < SIZE.kill_points:
        await servers.ready()
        crash = Crash(servers, browser, records, chance, numbers)
        killed = await crash.strike(both=False)
        met = crash.cut_short()
        seen = {journal.thread_id: len(journal.done) for _, journal in met}
        async with asyncio.TaskGroup() as readers:
            for _, journal in met:
                readers.create_task(come_back(journal, killed))
        for _, journal in met:
            last = list(journal.done.values())[-1:]
            (*_, turn) = await records.turns(journal.thread_id)
            # Its last item may have ended a moment before its process did, and nothing but the end be news.
            is_told = len(journal.done) > seen[journal.thread_id] and last and last[0]["type"] == "task"
            if turn.status != "done" and not is_told:
                tally.found.append(f"{journal.thread_id}, {turn.status}: came back to {journal.events[-3:]}")
        await servers.ready()
        for _, journal in met:
            journal.ended = False
        await crash.judge(killed, tally)

    table.row(
        "REL-11",
        "kill -9 of one of two processes",
        tally.points,
        tally.found,
        f"end seen after at most {max(waits):.1f} s",
    )
