"""Random operations by one user, at random processes, answered as a model in memory says."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.chaos.browser import Browser
from tests.chaos.fleet import Fleet, Server, moment
from tests.chaos.journal import Journal
from tests.chaos.model import TITLE, Message, Thread, texts_of
from tests.chaos.report import Table
from tests.chaos.script import compose
from tests.chaos.size import FULL, SIZE
from tests.patience import BUSY
from tests.provider.script import say
from tests.provider.server import serving_provider

Result = TypeVar("Result")

NAMES = count(1)
PATIENCE = 20.0 * BUSY
PLACES = st.integers(min_value=0, max_value=1000)
SERVERS = st.sampled_from(["a", "b"])
SOMEBODY_ELSES = "thr_0192f0c1a2b37c4d8e5f60718293a4b5"


class Operations(RuleBasedStateMachine):
    """One user with two servers. Each rule is an operation and what must be answered to it."""

    fleet: Fleet
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.parts = AsyncExitStack()
        self.threads: list[Thread] = []
        self.held: dict[str, tuple[str, Journal, asyncio.Task[Journal]]] = {}
        self.browser = Browser()
        self.run(self._begin())

    async def _begin(self) -> None:
        self.provider = await self.parts.enter_async_context(serving_provider(self.fleet.provider))
        self.provider.compose = compose
        self.provider.titles.always(say(TITLE))
        await self.browser.arrive(self.fleet.a)

    def teardown(self) -> None:
        self.run(self._finish())
        self.loop.close()

    async def _finish(self) -> None:
        self.provider.release_all()
        await asyncio.gather(*(reading for _, _, reading in self.held.values()))
        await self.browser.http.aclose()
        await self.parts.aclose()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do some of the work of this user; in between, nothing moves."""
        return self.loop.run(asyncio.wait_for(work, PATIENCE * 2))

    def server(self, name: str) -> Server:
        """The process that a rule drew."""
        return {"a": self.fleet.a, "b": self.fleet.b}[name]

    def thread(self, place: int) -> Thread:
        """The thread that a rule drew."""
        return self.threads[place % len(self.threads)]

    @invariant()
    def count_steps(self) -> None:
        """For the table."""
        Operations.steps += 1

    @rule(server=SERVERS)
    def create(self, server: str) -> None:
        """A first message makes a thread."""
        text = f"echo thread {next(NAMES)}"
        journal = self.run(self.browser.say(self.server(server), text))
        user_item, answer = list(journal.done.values())
        thread = Thread(journal.thread_id)
        thread.messages.append(Message(user_item["id"], text, text.removeprefix("echo "), answer["id"]))
        self.threads.append(thread)

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES)
    def say_more(self, server: str, place: int) -> None:
        """A message is answered; while an answer is written it is refused, and leaves no trace."""
        thread, text = self.thread(place), f"echo message {next(NAMES)}"
        journal = self.run(self.browser.tell(self.server(server), Journal(text), thread_id=thread.id))
        if thread.is_held:
            assert journal.refusal is not None
            assert journal.refusal.status_code == 409
            return
        assert journal.accepted
        user_item, answer = list(journal.done.values())
        thread.messages.append(Message(user_item["id"], text, text.removeprefix("echo "), answer["id"]))

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES)
    def hold(self, server: str, place: int) -> None:
        """An answer stays in the middle, until another rule ends it."""
        thread = self.thread(place)
        if not thread.is_held:
            self.run(self._hold(self.server(server), thread))

    async def _hold(self, server: Server, thread: Thread) -> None:
        name = f"machine{next(NAMES)}"
        journal, seen = Journal(f"hold {name}"), asyncio.Event()
        journal.on_event = lambda read: seen.set() if read.told == "Hel" else None
        reading = asyncio.create_task(self.browser.tell(server, journal, thread_id=thread.id))
        async with asyncio.timeout(PATIENCE):
            await seen.wait()
            # The other process knows of it with the next flush.
            for reading_server in (self.fleet.a, self.fleet.b):
                while texts_of(await self.browser.items(reading_server, thread.id))[-1][1] != "Hel":
                    await moment(0.05)
        thread.messages.append(Message(next(iter(journal.done)), journal.question))
        self.held[thread.id] = (name, journal, reading)

    @precondition(lambda self: self.held)
    @rule(place=PLACES)
    def let_end(self, place: int) -> None:
        """A held answer ends as if nothing had been."""
        thread = self._held_thread(place)
        name, journal, reading = self.held.pop(thread.id)
        self.provider.release(name)
        self.run(_finished(reading))
        self._end(thread, journal, "Hello")

    @precondition(lambda self: self.held)
    @rule(server=SERVERS, place=PLACES)
    def stop(self, server: str, place: int) -> None:
        """A held answer is stopped at either process, and keeps its text."""
        thread = self._held_thread(place)
        _, journal, reading = self.held.pop(thread.id)
        answer = self.run(self.browser.cancel(self.server(server), thread.id))
        assert answer.json() == {"cancelled": True}
        self.run(_finished(reading))
        self._end(thread, journal, "Hel")

    def _held_thread(self, place: int) -> Thread:
        held = [thread for thread in self.threads if thread.id in self.held]
        return held[place % len(held)]

    def _end(self, thread: Thread, journal: Journal, text: str) -> None:
        assert journal.ended
        assert journal.messages == [text]
        message = thread.messages[-1]
        message.answer = text
        message.answer_id = next(
            key for key, item in journal.done.items() if item["type"] == "assistant_message"
        )

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES)
    def stop_nothing(self, server: str, place: int) -> None:
        """Where nothing runs there is nothing to stop."""
        thread = self.thread(place)
        if not thread.is_held:
            answer = self.run(self.browser.cancel(self.server(server), thread.id))
            assert answer.json() == {"cancelled": False}

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES, message=PLACES)
    def retry(self, server: str, place: int, message: int) -> None:
        """A retry answers a message again and forgets what came after; not while an answer is written."""
        thread = self.thread(place)
        chosen = thread.messages[message % len(thread.messages)]
        if chosen.text.startswith("hold "):
            return
        params = {"thread_id": thread.id, "item_id": chosen.item_id}
        answer = self.run(self.browser.post(self.server(server), "threads.retry_after_item", **params))
        if thread.is_held:
            assert answer.status_code == 409
            return
        assert answer.status_code == 200
        kept = thread.retry(thread.messages.index(chosen))
        items = self.run(self.browser.items(self.server(server), thread.id))
        kept.answer, kept.answer_id = kept.text.removeprefix("echo "), items[-1]["id"]

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES)
    def rename(self, server: str, place: int) -> None:
        """A title that the user gave stays."""
        thread, title = self.thread(place), f"Title {next(NAMES)}"
        self.run(self.browser.call(self.server(server), "threads.update", thread_id=thread.id, title=title))
        thread.title = title

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES)
    def delete(self, server: str, place: int) -> None:
        """A thread goes with all that is in it, and with the answer that is being written."""
        thread = self.thread(place)
        self.run(self.browser.call(self.server(server), "threads.delete", thread_id=thread.id))
        self.threads.remove(thread)
        if thread.id in self.held:
            _, _, reading = self.held.pop(thread.id)
            self.run(_finished(reading))
        answer = self.run(self.browser.post(self.server(server), "threads.get_by_id", thread_id=thread.id))
        assert answer.status_code == 404

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES, kind=st.sampled_from(["positive", "negative"]))
    def vote(self, server: str, place: int, kind: str) -> None:
        """A vote is taken."""
        thread = self.thread(place)
        answered = [message for message in thread.messages if message.answer_id]
        if answered:
            chosen = answered[place % len(answered)].answer_id
            params = {"thread_id": thread.id, "item_ids": [chosen], "kind": kind}
            self.run(self.browser.call(self.server(server), "items.feedback", **params))
            thread.votes[chosen] = kind

    @precondition(lambda self: self.threads)
    @rule(server=SERVERS, place=PLACES)
    def read(self, server: str, place: int) -> None:
        """A thread reads as the model says, whole and page by page."""
        thread = self.thread(place)
        whole = self.run(self.browser.call(self.server(server), "threads.get_by_id", thread_id=thread.id))
        paged = self.run(self.browser.items(self.server(server), thread.id))
        assert texts_of(paged) == thread.texts()
        assert texts_of(whole["items"]["data"]) == thread.texts()[: len(whole["items"]["data"])]
        assert whole.get("title") in ([thread.title] if thread.title else [TITLE, None])

    @rule(server=SERVERS)
    def list_threads(self, server: str) -> None:
        """The history has these threads and no others."""
        listed = self.run(self.browser.call(self.server(server), "threads.list", limit=100))
        assert {thread["id"] for thread in listed["data"]} == {thread.id for thread in self.threads}

    @rule(server=SERVERS)
    def ask_for_what_is_not_mine(self, server: str) -> None:
        """What belongs to nobody here is not found."""
        for operation in ("threads.get_by_id", "threads.delete", "items.list"):
            answer = self.run(self.browser.post(self.server(server), operation, thread_id=SOMEBODY_ELSES))
            assert answer.status_code == 404


async def _finished(reading: "asyncio.Task[Journal]") -> None:
    await reading


@pytest.mark.proves("REL-37")
def test_random_operations_are_answered_as_a_model_says(fleet: Fleet, table: Table) -> None:
    asyncio.run(fleet.ready())
    Operations.fleet, Operations.steps = fleet, 0
    run_state_machine_as_test(
        Operations,
        settings=settings(
            max_examples=SIZE.machine_examples,
            stateful_step_count=SIZE.machine_steps,
            deadline=None,
            database=None,
            derandomize=False,
            phases=[Phase.generate, Phase.shrink] if FULL else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    table.row("REL-37", "random operations against a model in memory", Operations.steps, [])
