"""Threads that run one module at the same time never mix, nor does what one of them runs at the same time."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from agents import Agent
from sqlalchemy import text

from app.db.engine import Database
from tests.provider.script import Reply, gate, say
from tests.provider.server import FakeProvider, ReceivedRequest
from tests.serving import ChatKitClient, thread_id_of, user_input
from tests.turns.approving import APPROVE, decide, form_of
from tests.turns.rows import transcript
from tests.turns.workflows import exports
from tests.turns.workflows.test_conversations import on

THREADS = 50


def echo(request: ReceivedRequest) -> Reply:
    """Say what the users of the conversation have said so far, once all threads have begun to be answered."""
    said = [item["content"][0]["text"] for item in request.body["input"] if item.get("role") == "user"]
    return (say("I have ", gate("all of them"), "heard: ", " / ".join(said)),)


@on("echoing")
@pytest.mark.proves("AB-03", "AB-33")
async def test_fifty_threads_at_once_keep_history_state_and_events_apart(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.compose = echo
    agents = {name: repr(agent) for name, agent in vars(exports).items() if isinstance(agent, Agent)}
    await client.call("threads.list")
    begun = asyncio.Barrier(THREADS)
    # They begin a few at a time, as this is about what they do when all of them run.
    few = asyncio.Semaphore(5)

    async def conversation(number: int) -> str:
        async with AsyncExitStack() as stack:
            async with few:
                stream = client.stream("threads.create", input=user_input(f"a{number}"))
                events = await stack.enter_async_context(stream)
                await events.until_text("I have ")
            if await begun.wait() == 0:
                provider.release("all of them")
            async with few:
                await events.rest()
        thread_id = thread_id_of(events)
        async with few:
            answer = await client.say(f"b{number}", thread_id)
            items = await client.items(thread_id)
        texts = [item["content"][0]["text"] for item in answer.done_items("assistant_message")]
        assert texts == [f"I have heard: a{number} / b{number}"] * 2
        assert Counter(item["type"] for item in items) == {"user_message": 2, "assistant_message": 4}
        return thread_id

    thread_ids = await asyncio.gather(*(conversation(number) for number in range(THREADS)))

    assert len(set(thread_ids)) == THREADS
    assert len(await transcript(database)) == THREADS * 6
    kept = (await database.execute(text("select thread_id, variables from chatkit.thread_state"))).all()
    assert {row.thread_id: row.variables["said"] for row in kept} == {
        thread_id: [f"a{number}", f"b{number}"] for number, thread_id in enumerate(thread_ids)
    }
    assert agents == {name: repr(getattr(exports, name)) for name in agents}


@on("branching")
@pytest.mark.proves("AB-11")
async def test_what_ran_at_the_same_time_gets_its_own_results_again(
    client: ChatKitClient, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "DONE", [])
    provider.respond(say("A1"))
    provider.respond(say("B1"))
    provider.respond(say("A2"))
    provider.respond(say("B2"))
    where, _ = form_of(await client.say("Go"))

    await decide(client, where, APPROVE)

    assert len(provider.requests) == 4
    assert exports.DONE == ["A1", "A2", "B1", "B2"]
