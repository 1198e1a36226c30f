"""Two processes of one service, one an hour ahead of the time and one an hour behind it, also in mid-turn.

Their clocks say when something was, to people. What comes first, and who is alive, the database says.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, permutations
from pathlib import Path

import pytest

from app.db.embedded import ConnectionUrls
from app.turns.records import LEASE
from app.turns.recovery import SWEEP_SECONDS
from tests.chaos.browser import Browser
from tests.chaos.clocks import ClockedFleet
from tests.chaos.fixtures import create_database
from tests.chaos.fleet import PATIENCE, Fleet, Server, moment, now
from tests.chaos.journal import JSON, Journal, text_of
from tests.chaos.records import LOOKING_AGAIN, Records
from tests.chaos.report import Table
from tests.chaos.size import FULL
from tests.patience import BUSY
from tests.provider.server import FakeProvider
from tools.faketime import installed

RENEWALS = 6 if FULL else 2
"""How often held turns renew their leases under each setting of the clocks; four times outlast a lease."""
PAIRS = 10 if FULL else 2
ROUNDS = 40 if FULL else 8
SLOWNESS_SECONDS = 5.0 * BUSY
"""What noticing and closing a dead process' turn may take beside the lease, on a busy machine."""


@pytest.fixture(scope="module")
def fleet(postgres: ConnectionUrls) -> Iterator[ClockedFleet]:
    """Two servers whose clocks are moved, on a database of their own."""
    library = os.environ.get("LIBFAKETIME") or next(installed(), None)
    assert library, "get one first: python -m tools.faketime"
    database_url = create_database(postgres, "clocks")
    with tempfile.TemporaryDirectory(prefix="chatkit-clocks-") as folder:
        fleet = ClockedFleet(Path(folder), database_url, library)
        fleet.ahead.set_clock(1)
        fleet.behind.set_clock(-1)
        fleet.launch()
        yield fleet
        fleet.stop()


@pytest.fixture
async def clocks(fleet: ClockedFleet, servers: Fleet) -> ClockedFleet:
    """Both, ready and two hours apart."""
    assert servers is fleet
    await fleet.set_apart()
    return fleet


@pytest.mark.proves("REL-24")
async def test_running_turns_outlast_their_lease_whatever_the_clocks_of_both_processes_say(
    clocks: ClockedFleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    held = [Journal(f"hold clock{number}") for number in range(PAIRS * 2)]
    reading = [
        asyncio.create_task(browser.tell(server, journal))
        for server, journal in zip(cycle((clocks.ahead, clocks.behind)), held, strict=False)
    ]
    await asyncio.gather(*(provider.waiting_at(f"clock{number}") for number in range(len(held))))
    began = now()
    await _renewed(records, len(held), RENEWALS)
    await clocks.jump()
    await _renewed(records, len(held), RENEWALS)
    await clocks.set_apart()
    await _renewed(records, len(held), 1)
    lasted = now() - began
    elsewhere = [Journal("follow", thread_id=journal.thread_id) for journal in held]
    following = [
        asyncio.create_task(browser.follow([server], journal, PATIENCE))
        for server, journal in zip(cycle((clocks.behind, clocks.ahead)), elsewhere, strict=False)
    ]
    async with asyncio.timeout(PATIENCE):
        while not all(journal.accepted for journal in elsewhere):
            await moment(LOOKING_AGAIN)
    provider.release_all()
    await asyncio.gather(*reading, *following)

    assert lasted > LEASE.total_seconds()
    table.row(
        "REL-24",
        "turns held by processes two hours apart, whose clocks jump in the middle",
        len(held),
        [
            loss
            for journal, other in zip(held, elsewhere, strict=True)
            for loss in await _losses_of_a_held_turn(journal, other, browser, clocks, records)
        ],
        f"held for {lasted:.0f} s, a lease is {LEASE.total_seconds():.0f} s",
    )


async def _losses_of_a_held_turn(
    journal: Journal, elsewhere: Journal, browser: Browser, clocks: ClockedFleet, records: Records
) -> list[str]:
    found: list[str] = []
    states = [turn.status for turn in await records.turns(journal.thread_id)]
    if states != ["done"]:
        found.append(f"the turn is {states}")
    found += [
        f"a reader has {reader.messages}, {reader.errors}, ended {reader.ended}"
        for reader in (journal, elsewhere)
        if reader.errors or not reader.ended or reader.messages != ["Hello"]
    ]
    for server in (clocks.ahead, clocks.behind):
        items = await browser.items(server, journal.thread_id)
        if [item["type"] for item in items] != ["user_message", "assistant_message"]:
            found.append(f"the thread has {items}")
    return [f"{journal.question}: {loss}" for loss in found]


async def _renewed(records: Records, turns: int, times: int) -> None:
    """Wait until the leases of so many turns were renewed so often; fail where one of them is closed."""
    running = "select id, lease_expires_at from chatkit.turns where status = 'running'"
    last: dict[str, object] = {}
    seen: Counter[str] = Counter()
    async with asyncio.timeout(PATIENCE):
        while len(last) < turns or min(seen[turn] for turn in last) < times:
            leases = {row["id"]: row["lease_expires_at"] for row in await records.rows(running)}
            assert len(leases) == turns, "a turn was closed although its process runs it"
            seen.update(turn for turn, lease in leases.items() if last.get(turn, lease) != lease)
            last = leases
            await moment(LOOKING_AGAIN)


@pytest.mark.proves("REL-24")
async def test_a_turn_whose_process_is_gone_is_closed_after_its_lease_and_not_an_hour_later(
    clocks: ClockedFleet, browser: Browser, records: Records, table: Table
) -> None:
    found: list[str] = []
    took: list[float] = []
    longest = LEASE.total_seconds() + SWEEP_SECONDS + SLOWNESS_SECONDS
    for gone, other in list(permutations((clocks.ahead, clocks.behind)))[: 2 if FULL else 1]:
        journal, reading = await _thinking(browser, gone, f"gone{len(took)}")
        # The first may have been under way; before the second the thought was written.
        await _renewed(records, 1, 2)
        killed = now()
        gone.kill()
        await reading
        if not await records.status(journal.thread_id, "interrupted", within=longest):
            found.append(f"not closed: {await records.turns(journal.thread_id)}")
        took.append(now() - killed)
        if took[-1] < LEASE.total_seconds() / 2:
            found.append(f"closed after {took[-1]:.1f} s")
        items = await browser.items(other, journal.thread_id)
        durations = [item["workflow"]["summary"]["duration"] for item in items if item["type"] == "workflow"]
        if len(durations) != 1 or durations[0] < 0:
            found.append(f"its thought took {durations} seconds: {items}")
        await gone.ready()
    table.row(
        "REL-24",
        "killed, and closed by a process with another time",
        len(took),
        found,
        f"closed after at most {max(took):.1f} s",
    )


async def _thinking(browser: Browser, server: Server, name: str) -> tuple[Journal, "asyncio.Task[Journal]"]:
    """Begin a turn that waits in the middle of a thought, with a reader who was shown its beginning."""
    journal, shown = Journal(f"think {name}"), asyncio.Event()
    journal.on_event = lambda read: shown.set() if len(read.begun) > 1 else None
    reading = asyncio.create_task(browser.tell(server, journal))
    async with asyncio.timeout(PATIENCE):
        await shown.wait()
    return journal, reading


@pytest.mark.proves("REL-24")
async def test_items_stand_in_the_order_of_their_writing_however_the_clocks_stood(
    clocks: ClockedFleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    thread_id, written = "", list[str]()
    for number in range(ROUNDS):
        if number == ROUNDS // 2:
            await clocks.jump()
        server = (clocks.ahead, clocks.behind)[number % 2]
        question = f"many 3 {number}" if number % 3 else f"echo answer {number}"
        journal = await browser.say(server, question, thread_id)
        thread_id = journal.thread_id
        written += journal.begun
    by_clock = "select id from chatkit.thread_items where thread_id = $1 order by created_at, seq"
    assert [row["id"] for row in await records.rows(by_clock, thread_id)] != written, "clocks agree"

    found: list[str] = []
    if [item_id for _, item_id in await records.items(thread_id)] != written:
        found.append(f"the rows stand otherwise: {await records.items(thread_id)}")
    for server in (clocks.ahead, clocks.behind):
        for limit in (1, 3, 50):
            pages = await _ids(browser, server, "items.list", thread_id=thread_id, order="asc", limit=limit)
            back = await _ids(browser, server, "items.list", thread_id=thread_id, order="desc", limit=limit)
            if pages != written or back != written[::-1]:
                found.append(f"pages of {limit} at {server.url}: {pages}, {back}")
        thread = await browser.call(server, "threads.get_by_id", thread_id=thread_id)
        shown = [item["id"] for item in thread["items"]["data"]]
        if not shown or shown != written[: len(shown)]:
            found.append(f"the thread at {server.url} shows {shown}")
    await browser.say(clocks.ahead, "echo last", thread_id)
    asked = [_asked(item) for item in provider.requests[-1].body["input"]]
    if [text for text in asked if text] != await _conversation(browser, clocks.behind, thread_id):
        found.append(f"the model was told {asked}")
    table.row("REL-24", "answers of two processes two hours apart, in one thread", len(written), found)


async def _ids(browser: Browser, server: Server, operation: str, **params: object) -> list[str]:
    return [row["id"] for row in await browser.pages(server, operation, **params)]


def _asked(item: JSON) -> str:
    content = item.get("content", "")
    return content if isinstance(content, str) else text_of(item)


async def _conversation(browser: Browser, server: Server, thread_id: str) -> list[str]:
    """Return all that was said before the last answer."""
    return [text_of(item) for item in (await browser.items(server, thread_id))[:-1]]


@pytest.mark.proves("REL-24")
async def test_the_list_of_threads_is_in_the_order_of_what_was_last_said_at_either_process(
    clocks: ClockedFleet, browser: Browser, table: Table
) -> None:
    threads: list[str] = []
    for number in range(ROUNDS):
        journal = await browser.say((clocks.ahead, clocks.behind)[number % 2], f"echo thread {number}")
        threads.append(journal.thread_id)
    await clocks.jump()
    for server in (clocks.behind, clocks.ahead):
        touched = threads.pop(0)
        await browser.say(server, "echo again", touched)
        threads.append(touched)

    found: list[str] = []
    for server in (clocks.ahead, clocks.behind):
        for limit in (1, 3, 50):
            newest = await _ids(browser, server, "threads.list", order="desc", limit=limit)
            oldest = await _ids(browser, server, "threads.list", order="asc", limit=limit)
            if newest != threads[::-1] or oldest != threads:
                found.append(f"pages of {limit} at {server.url}: {newest}, {oldest}")
    table.row("REL-24", "lists of threads that two processes two hours apart wrote", len(threads), found)


@pytest.mark.proves("REL-24")
async def test_who_arrived_at_one_process_is_known_to_the_other(clocks: ClockedFleet, table: Table) -> None:
    found: list[str] = []
    pairs = [(clocks.ahead, clocks.behind), (clocks.behind, clocks.ahead)]
    for place, (here, there) in enumerate(pairs * 2):
        if place == len(pairs):
            await clocks.jump()
        guest = Browser()
        journal = await guest.say(here, "echo hello")
        answer = await guest.post(there, "threads.list")
        if "set-cookie" in answer.headers:
            found.append(f"{there.url} took a guest of {here.url} for a new one")
        if [thread["id"] for thread in answer.json()["data"]] != [journal.thread_id]:
            found.append(f"{there.url} shows a guest of {here.url} {answer.text}")
        await guest.http.aclose()
    table.row("REL-24", "cookies from a process of another time", len(pairs) * 2, found)
