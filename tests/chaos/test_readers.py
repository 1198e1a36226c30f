"""Readers that come, go and come back: reload, second tab, Stop, and a closed tab, at either process."""

import asyncio

import pytest

from tests.chaos import losses
from tests.chaos.browser import Browser
from tests.chaos.fleet import GRACE_SECONDS, Fleet, Server, moment, now
from tests.chaos.journal import JSON, Journal, text_of
from tests.chaos.records import Records
from tests.chaos.report import Table
from tests.chaos.size import SIZE
from tests.mapper.page import Page
from tests.patience import BUSY
from tests.provider.server import FakeProvider

STEPS = 16
READER_SECONDS = 20.0 * BUSY
CANCEL_SECONDS = 0.5 * BUSY


class Snapshot:
    """What a reload shows of a running turn, and all that follows."""

    def __init__(self, place: str, server: Server) -> None:
        self.place = place
        self.journal = Journal("reload")
        self._server = server
        self._items: list[JSON] = []

    async def take(self, browser: Browser, thread_id: str) -> None:
        """Load the thread."""
        body = {"type": "threads.get_by_id", "params": {"thread_id": thread_id}}
        response = await browser.http.post(f"{self._server.url}/chatkit", json=body)
        self._items = response.json()["items"]["data"]
        self.journal.thread_id = thread_id
        self.journal.last_id = response.headers.get("chatkit-turn", "")

    async def follow(self, browser: Browser) -> None:
        """Read on from where the snapshot stands."""
        if self.journal.last_id:
            await browser.follow([self._server], self.journal, READER_SECONDS)
        else:
            self.journal.ended = True

    def shown(self) -> list[JSON]:
        """What the page has in the end."""
        page = Page()
        page.items = {item["id"]: item for item in self._items}
        page.open = set(page.items)
        whole: set[str] = set()
        for event in self.journal.events:
            about = event.get("item", {}).get("id") or event.get("item_id", "")
            if event["type"] == "thread.item.added" and about in page.items:
                # It ended between the two readings of a reload elsewhere, and stands there as it ends.
                whole.add(about)
            if about not in whole and not is_told_again(event, list(page.items.values())):
                page.show(event)
        return list(page.items.values())


def _differences(snapshot: Snapshot, final: list[JSON]) -> list[str]:
    shown = [losses.same(item) for item in snapshot.shown()]
    wanted = [losses.same(item) for item in final]
    found = [f"lacks {item}" for item in wanted if item not in shown]
    found += [f"shows {item}" for item in shown if item not in wanted]
    found += ["another order"] if not found and shown != wanted else []
    found += [] if snapshot.journal.ended else ["was not told the end"]
    return [f"{snapshot.place}, from {snapshot.journal.ids[:1]}: {loss}" for loss in found]


def is_told_again(event: JSON, items: list[JSON]) -> bool:
    """Say whether an event only repeats that an item is done: it stands there, as it is told.

    A process that followed a turn of another one tells all its items when it has ended.
    """
    return event["type"] == "thread.item.done" and event["item"] in items


@pytest.mark.proves("REL-16")
async def test_a_reload_at_every_point_and_what_follows_make_up_the_final_thread(
    servers: Fleet, browser: Browser, provider: FakeProvider, table: Table
) -> None:
    journal = Journal(f"steps reload {STEPS}")
    reading = asyncio.create_task(browser.tell(servers.a, journal))
    snapshots: list[Snapshot] = []
    followers: list[asyncio.Task[None]] = []
    for step in range(STEPS):
        await provider.waiting_at(f"reload.{step}")
        for name, server in (("its process", servers.a), ("the other process", servers.b)):
            snapshot = Snapshot(f"step {step} at {name}", server)
            await snapshot.take(browser, journal.thread_id)
            snapshots.append(snapshot)
            followers.append(asyncio.create_task(snapshot.follow(browser)))
        provider.release(f"reload.{step}")
    await reading
    await asyncio.gather(*followers)

    final = await browser.items(servers.b, journal.thread_id)
    found = [loss for snapshot in snapshots for loss in _differences(snapshot, final)]
    assert len({snapshot.journal.last_id for snapshot in snapshots}) > 0
    table.row("REL-16", "reload at every step, at either process", len(snapshots), found)


@pytest.mark.proves("REL-16")
async def test_a_reader_that_comes_back_after_any_event_gets_exactly_the_rest(
    servers: Fleet, browser: Browser, provider: FakeProvider, table: Table
) -> None:
    journal = Journal(f"steps back {STEPS}")
    reading = asyncio.create_task(browser.tell(servers.a, journal))
    for step in range(STEPS - 1):
        await provider.waiting_at(f"back.{step}")
        provider.release(f"back.{step}")
    await provider.waiting_at(f"back.{STEPS - 1}")
    async with asyncio.timeout(READER_SECONDS):
        while len(journal.ids) <= STEPS:
            await moment(0.01)
    places = list(journal.ids)
    back: list[tuple[int, Journal]] = []
    for server in (servers.a, servers.b):
        for place, last_id in enumerate(places, 1):
            back.append((place, Journal("back", thread_id=journal.thread_id, last_id=last_id)))
            back[-1][1].question = server.url
    followers = [
        asyncio.create_task(
            browser.follow(
                [servers.a if later.question == servers.a.url else servers.b], later, READER_SECONDS
            )
        )
        for _, later in back
    ]
    async with asyncio.timeout(READER_SECONDS):
        while not all(later.accepted and len(later.events) >= len(places) - place for place, later in back):
            await moment(0.01)
    provider.release(f"back.{STEPS - 1}")
    await reading
    await asyncio.gather(*followers)

    found = [
        f"after event {place} at {later.question}: {len(later.events)} events, ended {later.ended}"
        for place, later in back
        if not _is_the_rest(later, journal.events, place) or not later.ended
    ]
    assert len(places) > STEPS
    table.row("REL-16", "coming back after every event, at either process", len(back), found)


def _is_the_rest(later: Journal, events: list[JSON], place: int) -> bool:
    """Say whether a reader that came back behind `place` was told all of the rest, and nothing else."""
    before = [event["item"] for event in events[:place] if event["type"] == "thread.item.done"]
    told: list[JSON] = []
    for event in later.events:
        if not is_told_again(event, before):
            told.append(event)
            before += [event["item"]] if event["type"] == "thread.item.done" else []
    return told == events[place:]


@pytest.mark.proves("REL-14")
async def test_a_stop_at_either_process_ends_the_turn_with_its_text_for_every_reader(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    found: list[str] = []
    took: list[float] = []
    for number in range(SIZE.repetitions * 2):
        server = (servers.a, servers.b)[number % 2]
        journal, reading = await _held(browser, servers.a, provider, f"stop{number}")
        began = now()
        answer = await browser.cancel(server, journal.thread_id)
        if not await records.status(journal.thread_id, "cancelled", within=CANCEL_SECONDS * 4):
            found.append(f"not cancelled in time: {await records.turns(journal.thread_id)}")
        took.append(now() - began)
        if answer.status_code != 200 or answer.json() != {"cancelled": True}:
            found.append(f"answered {answer.status_code} {answer.text}")
        async with asyncio.timeout(READER_SECONDS):
            await reading
        if not journal.ended or journal.messages != ["Hel"]:
            found.append(f"its reader has {journal.messages}, ended {journal.ended}")
        again = await browser.cancel(server, journal.thread_id)
        if again.json() != {"cancelled": False}:
            found.append(f"a second stop answered {again.text}")
        found += await losses.of_usability(browser, server, journal.thread_id)
    table.row(
        "REL-14",
        "Stop, at either process",
        len(took),
        found,
        f"cancelled after at most {max(took) * 1000:.0f} ms",
    )


@pytest.mark.proves("REL-14")
async def test_a_closed_tab_keeps_the_turn_of_a_page_that_announces_its_stops_and_no_other(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    found: list[str] = []
    for number in range(SIZE.repetitions):
        for detach, wanted, text in ((True, "done", "Hello"), (False, "cancelled", "Hel")):
            name = f"tab{number}{detach}"
            journal, reading = await _held(browser, servers.a, provider, name, detach=detach)
            reading.cancel()
            await asyncio.wait([reading])
            if detach:
                await moment(GRACE_SECONDS * 2)
                provider.release(name)
            if not await records.status(journal.thread_id, wanted, within=READER_SECONDS):
                found.append(f"detach {detach}: {await records.turns(journal.thread_id)}")
            items = await browser.items(servers.b, journal.thread_id)
            texts = [text_of(item) for item in items if item["type"] == "assistant_message"]
            if texts != [text]:
                found.append(f"detach {detach}: the thread has {texts}")
            found += await losses.of_usability(browser, servers.b, journal.thread_id)
    table.row("REL-14", "closed tab, with and without announced stops", SIZE.repetitions * 2, found)


async def _held(
    browser: Browser, server: Server, provider: FakeProvider, name: str, *, detach: bool = True
) -> tuple[Journal, "asyncio.Task[Journal]"]:
    """Begin a turn that waits in the middle of its answer, with a reader who has seen as much."""
    journal, seen = Journal(f"hold {name}"), asyncio.Event()
    journal.on_event = lambda read: seen.set() if read.told == "Hel" else None
    reading = asyncio.create_task(browser.tell(server, journal, detach=detach))
    async with asyncio.timeout(READER_SECONDS):
        await seen.wait()
    await provider.waiting_at(name)
    return journal, reading
