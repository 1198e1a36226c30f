"""The same request again: it follows the turn it began, and begins another one only when that was read."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from app.db.engine import Database
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, RunningServer, thread_id_of, user_input
from tests.turns.rows import turns


@pytest.mark.proves("OP-stream-3", "OP-threads.create-2", "REL-06", "WIRE-27", "WIRE-30")
async def test_a_repetition_during_the_turn_follows_it_from_its_first_event(
    client: ChatKitClient,
    again_at: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as first:
        await first.until_text("Hel")
        browser = client.as_seen_by(again_at)
        async with browser.stream("threads.create", input=user_input("Hi")) as second:
            await second.until_text("Hel")
            provider.release("half-way")
            await second.rest()
        await first.rest()

    assert second.seen[:6] == first.seen[:6]
    assert second.done_items("assistant_message")[-1] == first.done_items("assistant_message")[0]
    assert len(await turns(database)) == 1
    assert len(provider.requests) == 1


@pytest.mark.proves("REL-36", "REL-06")
async def test_a_hundred_repetitions_at_once_make_one_message_and_one_turn(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("First"))
    provider.respond(say(gate("thinking"), "Hello"))
    browsers = [client.as_seen_by(server), client.as_seen_by(other_server)]
    request = {"thread_id": thread_id, "input": user_input("Hi")}
    async with AsyncExitStack() as stack:
        streams = [browsers[n % 2].stream("threads.add_user_message", **request) for n in range(100)]
        answers = await asyncio.gather(*(stack.enter_async_context(stream) for stream in streams))
        provider.release("thinking")
        await asyncio.gather(*(events.rest() for events in answers))

    items = await client.items(thread_id)
    assert [item["type"] for item in items] == ["user_message", "assistant_message"] * 2
    assert all(events.done_items("user_message") == [items[2]] for events in answers)
    assert all(events.done_items("assistant_message")[-1] == items[3] for events in answers)
    assert len(await turns(database)) == 2
    assert len(provider.requests) == 2


@pytest.mark.proves("OP-stream-3", "REL-06")
async def test_an_answer_that_was_not_read_to_its_end_is_given_again(
    resuming: ChatKitClient,
    server: RunningServer,
    again_at: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with resuming.stream("threads.create", input=user_input("Hi")) as first:
        await first.until_text("Hel")
    await server.turns_unread()
    provider.release("half-way")
    await server.turns_ended()

    again = await resuming.as_seen_by(again_at).say("Hi")

    assert again.done_items("user_message") == first.done_items("user_message")
    assert thread_id_of(again) == thread_id_of(first)
    assert again.done_items("assistant_message")[0]["content"][0]["text"] == "Hello"
    assert len(await turns(database)) == 1


async def test_an_answer_that_was_read_to_its_end_is_not(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("Hello"))
    first = await client.say("Hi")
    second = await client.say("Hi")
    third = await client.say("Hi", thread_id_of(second))

    assert thread_id_of(first) != thread_id_of(second)
    assert len(await client.items(thread_id_of(second))) == 4
    assert third.text == "Hello"


async def test_who_has_seen_the_answer_in_the_thread_asks_for_a_new_one(
    resuming: ChatKitClient, server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    provider.respond(say("Again"))
    async with resuming.stream("threads.create", input=user_input("Hi")) as first:
        await first.until_text("Hel")
    await server.turns_unread()
    provider.release("half-way")
    await server.turns_ended()

    await resuming.call("threads.get_by_id", thread_id=thread_id_of(first))

    assert (await resuming.say("Hi")).text == "Again"


async def test_another_user_who_says_the_same_is_no_repetition(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    provider.respond(say("For you"))
    async with client.stream("threads.create", input=user_input("Hi")) as first:
        await first.until_text("Hel")
        theirs = await server.client().say("Hi")
        provider.release("half-way")
        await first.rest()

    assert theirs.text == "For you"
    assert thread_id_of(theirs) != thread_id_of(first)


async def test_a_retry_after_a_stop_is_a_new_one(resuming: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hello"))
    first = await resuming.say("Hi")
    where = {"thread_id": thread_id_of(first), "item_id": first.done_items("user_message")[0]["id"]}
    provider.respond(say("Hel", gate("half-way"), "lo"))
    provider.respond(say("Better"))
    async with resuming.stream("threads.retry_after_item", **where) as events:
        await events.until_text("Hel")
        await resuming.cancel(where["thread_id"])

    again: EventReader
    async with resuming.stream("threads.retry_after_item", **where) as again:
        await again.rest()

    assert again.text == "Better"
