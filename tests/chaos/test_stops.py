"""Signals: what a stop tells whom, what it leaves, and how it ends."""

import asyncio
import signal
from dataclasses import dataclass, field

import pytest

from tests.chaos import losses
from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet, Server, moment, now
from tests.chaos.journal import Journal, text_of
from tests.chaos.records import Records
from tests.chaos.report import Table
from tests.chaos.script import Tale
from tests.chaos.size import FULL, SIZE, seeded
from tests.patience import BUSY
from tests.provider.server import FakeProvider

DRAIN_SECONDS = 3.0
TELLING_SECONDS = 1.0 * BUSY
"""Within which those who can come back are told to."""
GATHERING_SECONDS = 30.0 * BUSY
LONG_DRAIN_SECONDS = 40.0
LEASE_SECONDS = 10.0
BETWEEN_SIGNALS = 0.3
SLACK_SECONDS = 5.0 * BUSY
"""What a busy machine may add to each bound."""


@dataclass
class Crowd:
    """Turns of three kinds, each with a reader who can come back, one who cannot, and one who follows."""

    ending: list[tuple[Tale, Journal]] = field(default_factory=list)
    """Turns that end within the drain."""
    staying: list[Journal] = field(default_factory=list)
    """Turns that do not, read to the last."""
    leaving: list[Journal] = field(default_factory=list)
    """Readers of all of them who can come back."""
    tasks: list["asyncio.Task[object]"] = field(default_factory=list)
    left_at: list[float] = field(default_factory=list)


@pytest.mark.proves("REL-07", "REL-40")
async def test_a_sigterm_lets_turns_end_sends_readers_away_and_saves_the_rest(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    found: list[str] = []
    async with asyncio.timeout(GATHERING_SECONDS):
        crowd = await _gather(servers, browser, provider)
    began = now()
    servers.a.signal(signal.SIGTERM)
    found += await _refusals(servers, browser, found)
    await asyncio.wait(crowd.tasks, timeout=DRAIN_SECONDS + SLACK_SECONDS * 3)
    code = await servers.a.ended()
    took = now() - began
    if code != 0:
        found.append(f"exit code {code}")
    if took > DRAIN_SECONDS + SLACK_SECONDS * 2:
        found.append(f"the end took {took:.1f} s")
    late = [left - began for left in crowd.left_at if left - began > TELLING_SECONDS + SLACK_SECONDS]
    found += [f"a reader was told to come back after {seconds:.1f} s" for seconds in late]
    for journal in crowd.leaving:
        if not journal.closed or journal.ended or journal.errors:
            found.append(
                f"{journal.question}: closed {journal.closed}, ended {journal.ended}, {journal.errors}"
            )
    for journal in crowd.staying:
        found += await _saved(journal, browser, servers, records)
    for tale, journal in crowd.ending:
        journal.errors.clear()
        found += await losses.of_a_whole_turn(journal, tale, browser, servers.b)
    longest = max((left - began for left in crowd.left_at), default=0)
    table.row(
        "REL-40",
        "SIGTERM in the middle of turns and readers",
        len(crowd.ending) + len(crowd.staying) + len(crowd.leaving),
        found,
        f"readers sent away after at most {longest:.1f} s, exit after {took:.1f} s",
    )


async def _gather(servers: Fleet, browser: Browser, provider: FakeProvider) -> Crowd:
    """Begin the turns, and return when all are in the middle of their answers and are read."""
    crowd, third = Crowd(), SIZE.turns_at_a_stop // 3
    for number in range(third):
        tale = Tale(number, 10, 20, 50)
        crowd.ending.append((tale, journal := Journal(tale.question)))
        crowd.tasks.append(asyncio.create_task(browser.tell(servers.a, journal, detach=False)))
    for number in range(third):
        crowd.staying.append(journal := Journal(f"hold stay{number}"))
        crowd.tasks.append(asyncio.create_task(browser.tell(servers.a, journal, detach=False)))
    for number in range(third):
        crowd.leaving.append(journal := Journal(f"hold leave{number}"))
        crowd.tasks.append(asyncio.create_task(_leave(browser.tell(servers.a, journal), crowd)))
    for number in range(third):
        await provider.waiting_at(f"stay{number}")
        await provider.waiting_at(f"leave{number}")
    everyone = [*(journal for _, journal in crowd.ending), *crowd.staying, *crowd.leaving]
    while not all(journal.told for journal in everyone):
        await moment(0.05)
    for journal in list(crowd.staying):
        follower = Journal(f"follower of {journal.question}", thread_id=journal.thread_id)
        crowd.leaving.append(follower)
        crowd.tasks.append(asyncio.create_task(_leave(browser.resume(servers.a, follower), crowd)))
    while not all(journal.events for journal in crowd.leaving):
        await moment(0.05)
    return crowd


async def _leave(reading: "asyncio.Future[object] | object", crowd: Crowd) -> None:
    await reading  # type: ignore[misc]
    crowd.left_at.append(now())


async def _refusals(servers: Fleet, browser: Browser, found: list[str]) -> list[str]:
    """What the draining server says to those who ask: it is not ready, and takes nothing new."""
    async with asyncio.timeout(DRAIN_SECONDS):
        while (ready := await browser.http.get(f"{servers.a.url}/readyz")).status_code == 200:
            await moment(0.02)
    journal = await browser.tell(servers.a, Journal("echo too late"))
    refusal = journal.refusal
    alive = await browser.http.get(f"{servers.a.url}/healthz")
    wrong = [f"/healthz answers {alive.status_code}"] if alive.status_code != 200 else []
    if ready.status_code != 503:
        wrong.append(f"/readyz answers {ready.status_code}")
    if refusal is None or refusal.status_code != 503 or "retry-after" not in refusal.headers:
        wrong.append(f"a new message: {refusal and (refusal.status_code, refusal.headers)}")
    other = await browser.tell(servers.b, Journal("echo in time"))
    if other.messages != ["in time"]:
        wrong.append("the other process does not answer")
    return wrong


async def _saved(journal: Journal, browser: Browser, servers: Fleet, records: Records) -> list[str]:
    """A turn that the drain cut is closed with its text, and its thread goes on."""
    (turn,) = await records.turns(journal.thread_id)
    items = await browser.items(servers.b, journal.thread_id)
    texts = [text_of(item) for item in items if item["type"] == "assistant_message"]
    found = [*losses.of_closing(turn, items), *losses.of_acknowledged(journal, items)]
    if turn.status != "interrupted" or texts != ["Hel"]:
        found.append(f"{turn.status} with {texts}")
    if len(journal.errors) != 1:
        found.append(f"its reader was told {journal.events[-2:]}")
    found += await losses.of_usability(browser, servers.b, journal.thread_id)
    return [f"{journal.question}: {loss}" for loss in found]


SIGNALS = {
    "SIGTERM twice": ([signal.SIGTERM, signal.SIGTERM], {0}),
    # The third one may meet a process that is past all its handlers.
    "SIGTERM three times": ([signal.SIGTERM] * 3, {0, -signal.SIGTERM}),
    "SIGINT": ([signal.SIGINT], {0}),
    "SIGINT after SIGTERM": ([signal.SIGTERM, signal.SIGINT], {0}),
    "SIGKILL after SIGTERM": ([signal.SIGTERM, signal.SIGKILL], {-signal.SIGKILL}),
}


@pytest.mark.proves("REL-41", "REL-43")
async def test_any_signals_end_the_process_at_once_and_leave_a_clean_thread(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    names = seeded("signals").sample(sorted(SIGNALS), len(SIGNALS) if FULL else 2)
    found: list[str] = []
    longest = 0.0
    for place in range(0, len(names), 2):
        pair = names[place : place + 2]
        # With a drain so long that an end which waits for it is told from a slow machine.
        struck = [servers.server(name, CHATKIT_DRAIN_SECONDS=str(LONG_DRAIN_SECONDS)) for name in pair]
        attacks = await asyncio.gather(
            *(_attack(server, name, browser, provider) for server, name in zip(struck, pair, strict=True))
        )
        for name, (journal, code, took) in zip(pair, attacks, strict=True):
            longest = max(longest, took)
            losses_here = [f"exit code {code}"] if code not in SIGNALS[name][1] else []
            losses_here += [f"the end took {took:.1f} s"] if took > LONG_DRAIN_SECONDS / 2 else []
            losses_here += await _clean(journal, browser, servers, records)
            found += [f"{name}: {loss}" for loss in losses_here]
    table.row(
        "REL-41", "signals, and more signals, in a turn", len(names), found, f"ended after {longest:.1f} s"
    )


async def _attack(
    server: Server, signals: str, browser: Browser, provider: FakeProvider
) -> tuple[Journal, int, float]:
    """Send signals in the middle of a turn; return what its reader saw, the exit code, and the seconds."""
    name = signals.replace(" ", "")
    journal = Journal(f"hold {name}")
    await server.ready()
    reading = asyncio.create_task(browser.tell(server, journal, detach=False))
    await provider.waiting_at(name)
    while not journal.told:
        await moment(0.02)
    began = now()
    for number in SIGNALS[signals][0]:
        server.signal(number)
        await moment(BETWEEN_SIGNALS)
    code = await server.ended()
    took = now() - began
    await reading
    return journal, code, took


async def _clean(journal: Journal, browser: Browser, servers: Fleet, records: Records) -> list[str]:
    """What is wrong with a turn, and its thread, once the others have seen to it."""
    if not await records.status(journal.thread_id, "interrupted", within=LEASE_SECONDS + SLACK_SECONDS * 2):
        return [f"left behind: {await records.turns(journal.thread_id)}"]
    items = await browser.items(servers.a, journal.thread_id)
    (turn,) = await records.turns(journal.thread_id)
    return [
        *losses.of_acknowledged(journal, items),
        *losses.of_closing(turn, items),
        *await losses.of_usability(browser, servers.a, journal.thread_id),
    ]
