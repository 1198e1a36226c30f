"""Requests that meet: many at once on one thread, over both processes, and changes under a running turn."""

import asyncio
from collections import Counter
from itertools import cycle

import pytest

from tests.chaos import losses
from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet
from tests.chaos.journal import Journal, text_of
from tests.chaos.records import Records
from tests.chaos.report import Table
from tests.chaos.size import SIZE
from tests.patience import BUSY
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider

READER_SECONDS = 20.0 * BUSY


async def _held(
    browser: Browser, servers: Fleet, provider: FakeProvider, name: str, thread_id: str = ""
) -> tuple[Journal, "asyncio.Task[Journal]"]:
    """Begin a turn at the first process that waits in the middle of its answer."""
    journal = Journal(f"hold {name}")
    reading = asyncio.create_task(browser.tell(servers.a, journal, thread_id=thread_id))
    await provider.waiting_at(name)
    while not journal.thread_id:
        await asyncio.wait([reading], timeout=0.01)
    return journal, reading


@pytest.mark.proves("REL-30", "REL-04")
async def test_of_many_messages_at_once_one_is_answered_and_the_others_leave_no_trace(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    found: list[str] = []
    count = SIZE.messages_at_once
    for number in range(SIZE.repetitions):
        thread_id = (await browser.say(servers.a, f"echo first {number}")).thread_id
        name = f"crowd{number}"
        journals = [Journal(f"hold {name} {place}") for place in range(count)]
        ends = (servers.a, servers.b)
        posts = [
            asyncio.create_task(browser.tell(server, journal, thread_id=thread_id))
            for server, journal in zip(cycle(ends), journals, strict=False)
        ]
        await provider.waiting_at(name)
        async with asyncio.timeout(READER_SECONDS):
            while sum(post.done() for post in posts) < count - 1:
                await asyncio.wait([post for post in posts if not post.done()], return_when="FIRST_COMPLETED")
        provider.release(name)
        await asyncio.gather(*posts)
        found += _one_of(journals)
        winner = next((journal for journal in journals if journal.accepted), journals[0])
        items = await browser.items(servers.b, thread_id)
        if [item["type"] for item in items] != ["user_message", "assistant_message"] * 2:
            found.append(f"the thread has {[item['type'] for item in items]}")
        elif text_of(items[2]) != winner.question:
            found.append(f"answered was {winner.question}, stored is {text_of(items[2])}")
        if len(await records.turns(thread_id)) != 2:
            found.append(f"turns: {await records.turns(thread_id)}")
    table.row("REL-30", f"{count} messages at once on one thread", count * SIZE.repetitions, found)


def _one_of(journals: list[Journal]) -> list[str]:
    answers = Counter(
        200 if journal.accepted else journal.refusal.status_code if journal.refusal else 0
        for journal in journals
    )
    if answers != {200: 1, 409: len(journals) - 1}:
        return [f"answers: {dict(answers)}"]
    bodies = [journal.refusal.json() for journal in journals if journal.refusal]
    return [
        f"refused with {body}"
        for body in bodies
        if body["error"]["code"] != "conflict" or not body["message"]
    ]


@pytest.mark.proves("REL-36", "REL-06")
async def test_one_request_many_times_at_once_is_one_message_and_one_turn(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    found: list[str] = []
    count = SIZE.replays_at_once
    for number in range(SIZE.repetitions):
        thread_id = (await browser.say(servers.a, f"echo first {number}")).thread_id
        name = f"replay{number}"
        journals = [Journal(f"hold {name}") for _ in range(count)]
        posts = [
            asyncio.create_task(browser.tell(server, journal, thread_id=thread_id))
            for server, journal in zip(cycle((servers.a, servers.b)), journals, strict=False)
        ]
        await provider.waiting_at(name)
        async with asyncio.timeout(READER_SECONDS):
            while not all(journal.accepted or journal.refusal for journal in journals):
                await asyncio.wait(posts, timeout=0.05)
        provider.release(name)
        await asyncio.gather(*posts)
        refused = [journal.refusal.text for journal in journals if journal.refusal]
        found += [f"refused: {text}" for text in refused]
        told = Counter(str([losses.same(item) for item in journal.done.values()]) for journal in journals)
        if len(told) != 1:
            found.append(f"{len(told)} different answers: {told}")
        items = await browser.items(servers.b, thread_id)
        if [item["type"] for item in items] != ["user_message", "assistant_message"] * 2:
            found.append(f"the thread has {[item['type'] for item in items]}")
        if len(await records.turns(thread_id)) != 2:
            found.append(f"turns: {await records.turns(thread_id)}")
    table.row("REL-36", f"one request {count} times at once", count * SIZE.repetitions, found)


@pytest.mark.proves("REL-36", "REL-06")
async def test_a_request_for_a_new_thread_many_times_at_once_makes_one_thread(
    servers: Fleet, browser: Browser, provider: FakeProvider, table: Table
) -> None:
    count = SIZE.replays_at_once
    journals = [Journal("hold newborn") for _ in range(count)]
    posts = [
        asyncio.create_task(browser.tell(server, journal))
        for server, journal in zip(cycle((servers.a, servers.b)), journals, strict=False)
    ]
    await provider.waiting_at("newborn")
    async with asyncio.timeout(READER_SECONDS):
        while not all(journal.accepted or journal.refusal for journal in journals):
            await asyncio.wait(posts, timeout=0.05)
    provider.release("newborn")
    await asyncio.gather(*posts)
    listed = (await browser.call(servers.b, "threads.list", limit=100))["data"]
    threads = {journal.thread_id for journal in journals}
    found = [f"refused: {journal.refusal.text}" for journal in journals if journal.refusal]
    found += [f"threads in the answers: {threads}"] if len(threads) != 1 else []
    found += [f"threads in the list: {len(listed)}"] if len(listed) != 1 else []
    table.row("REL-36", f"one request for a new thread {count} times at once", count, found)


@pytest.mark.proves("REL-06")
async def test_the_same_words_after_the_end_of_their_answer_are_a_new_message(
    servers: Fleet, browser: Browser, table: Table
) -> None:
    thread_id = (await browser.say(servers.a, "echo twice")).thread_id
    times = SIZE.repetitions * 4
    for number in range(times):
        await browser.say((servers.a, servers.b)[number % 2], "echo twice", thread_id)
    items = await browser.items(servers.b, thread_id)
    sent = sum(item["type"] == "user_message" for item in items)
    found = [f"of {times + 1} messages {sent} are there"] if sent != times + 1 else []
    table.row("REL-06", "the same message again, after its answer was delivered", times, found)


@pytest.mark.proves("REL-32")
async def test_a_retry_at_the_other_process_while_a_turn_writes_changes_nothing(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    found: list[str] = []
    for number in range(SIZE.repetitions):
        first = await browser.say(servers.a, f"echo first {number}")
        journal, reading = await _held(browser, servers, provider, f"retry{number}", first.thread_id)
        user_item = next(iter(first.done))
        before = await records.items(first.thread_id)
        answer = await browser.post(
            servers.b, "threads.retry_after_item", thread_id=first.thread_id, item_id=user_item
        )
        if answer.status_code != 409:
            found.append(f"a retry was answered {answer.status_code} {answer.text}")
        if await records.items(first.thread_id) != before:
            found.append("a refused retry changed the thread")
        provider.release(f"retry{number}")
        await reading
        if journal.messages != ["Hello"]:
            found.append(f"the turn told {journal.messages}")
        found += await losses.of_usability(browser, servers.b, first.thread_id)
    table.row("REL-32", "retry at the other process during a turn", SIZE.repetitions, found)


@pytest.mark.proves("REL-33")
async def test_a_delete_at_the_other_process_stops_the_turn_and_nothing_comes_back(
    servers: Fleet, browser: Browser, provider: FakeProvider, records: Records, table: Table
) -> None:
    found: list[str] = []
    for number in range(SIZE.repetitions):
        journal, reading = await _held(browser, servers, provider, f"delete{number}")
        request = len(provider.requests) - 1
        await browser.call(servers.b, "threads.delete", thread_id=journal.thread_id)
        async with asyncio.timeout(READER_SECONDS):
            await reading
        left = [entry for entry in provider.requests[: request + 1] if entry.streamed][-1].client_left
        async with asyncio.timeout(READER_SECONDS):
            await left.wait()
        for name in ("thread_items", "transcript_items", "turns", "turn_events"):
            query = f"select count(*) from chatkit.{name} where thread_id = $1"
            if rows := await records.value(query, journal.thread_id):
                found.append(f"{rows} rows of {name} came back")
        answer = await browser.post(servers.a, "threads.get_by_id", thread_id=journal.thread_id)
        if answer.status_code != 404:
            found.append(f"the thread is still answered for: {answer.status_code}")
    table.row("REL-33", "delete at the other process during a turn", SIZE.repetitions, found)


@pytest.mark.proves("REL-34")
async def test_a_rename_at_the_other_process_wins_over_the_title_of_the_turn(
    servers: Fleet, browser: Browser, provider: FakeProvider, table: Table
) -> None:
    found: list[str] = []
    for number in range(SIZE.repetitions):
        provider.titles.respond(say(gate(f"title{number}"), "A late title"))
        journal, reading = await _held(browser, servers, provider, f"rename{number}")
        await provider.waiting_at(f"title{number}")
        await browser.call(servers.b, "threads.update", thread_id=journal.thread_id, title="Mine")
        provider.release(f"title{number}")
        provider.release(f"rename{number}")
        await reading
        await browser.say(servers.b, f"echo after the title {number}", journal.thread_id)
        for server in (servers.a, servers.b):
            thread = await browser.call(server, "threads.get_by_id", thread_id=journal.thread_id)
            if thread["title"] != "Mine" or thread["status"]["type"] != "active":
                found.append(f"the thread is {thread['title']!r}, {thread['status']}")
    table.row("REL-34", "rename at the other process during a turn", SIZE.repetitions, found)


@pytest.mark.proves("REL-35")
async def test_votes_from_two_tabs_are_one_row_with_the_last_vote(
    servers: Fleet, browser: Browser, records: Records, table: Table
) -> None:
    found: list[str] = []
    for number in range(SIZE.repetitions):
        journal = await browser.say(servers.a, f"echo vote {number}")
        message = next(key for key, item in journal.done.items() if item["type"] == "assistant_message")

        async def vote(server: str, kind: str, journal: Journal = journal, message: str = message) -> None:
            params = {"thread_id": journal.thread_id, "item_ids": [message], "kind": kind}
            body = {"type": "items.feedback", "params": params}
            response = await browser.http.post(f"{server}/chatkit", json=body)
            assert response.status_code == 200, response.text

        both = (servers.a.url, servers.b.url)
        await asyncio.gather(
            *(vote(both[place % 2], ("positive", "negative")[place % 3 % 2]) for place in range(20))
        )
        last = ("positive", "negative")[number % 2]
        await vote(both[number % 2], last)
        rows = await records.rows("select kind from chatkit.feedback where thread_id = $1", journal.thread_id)
        if [row["kind"] for row in rows] != [last]:
            found.append(f"votes: {rows}")
    table.row("REL-35", "votes from two tabs, at both processes", SIZE.repetitions * 21, found)
