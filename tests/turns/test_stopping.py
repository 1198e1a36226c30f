"""A stop in so many words: from any process, once, and nothing else is one for a client that says so."""

import pytest

from app.db.engine import Database
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input
from tests.turns.rows import turns


@pytest.mark.proves("FEAT-cancel-1", "REL-14", "REL-15", "WIRE-39")
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_stop_keeps_the_text_so_far_and_ends_every_stream(
    resuming: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    database: Database,
    elsewhere: bool,
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with resuming.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)
        browser = resuming.as_seen_by(other_server if elsewhere else server)
        async with browser.follow(thread_id) as second:
            stopped = await browser.cancel(thread_id)
            await second.rest()
        await events.rest()
    await provider.disconnected()

    assert stopped.json() == {"cancelled": True}
    assert events.is_ended
    assert second.is_ended
    (message,) = events.done_items("assistant_message")
    assert message["content"][0]["text"] == "Hel"
    assert await resuming.items(thread_id) == [*events.done_items("user_message"), message]
    assert [row["status"] for row in await turns(database)] == ["cancelled"]


@pytest.mark.proves("FEAT-cancel-2")
async def test_a_stop_of_a_turn_that_has_ended_changes_nothing(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))
    before = await client.items(thread_id)

    assert (await client.cancel(thread_id)).json() == {"cancelled": False}
    assert (await client.cancel("thr_unknown")).status_code == 404
    assert await client.items(thread_id) == before
    assert [row["status"] for row in await turns(database)] == ["done"]


@pytest.mark.proves("REL-33", "OP-threads.delete-1", "OP-threads.delete-2")
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_thread_that_is_deleted_during_a_turn_stays_deleted(
    resuming: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    database: Database,
    elsewhere: bool,
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with resuming.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        browser = resuming.as_seen_by(other_server if elsewhere else server)
        await browser.call("threads.delete", thread_id=thread_id_of(events))
        await events.rest()
    await provider.disconnected()
    await server.turns_ended()

    assert await turns(database) == []
    assert (await browser.post("threads.get_by_id", thread_id=thread_id_of(events))).status_code == 404
