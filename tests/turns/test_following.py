"""Reading is separate from running: who may read a turn, from where, and what it does without readers."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.patience import PATIENCE
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, Event, RunningServer, serving, thread_id_of, user_input


def of_the_answer(events: list[Event]) -> list[Event]:
    """The events from the first word of the answer on."""
    kinds = [event["type"] for event in events]
    return events[kinds.index("stream_options") + 1 :]


@pytest.mark.proves("FEAT-reload-1", "WIRE-25")
async def test_a_running_turn_is_followed_from_its_first_event_to_its_end(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as first:
        await first.until_text("Hel")
        async with client.follow(thread_id_of(first)) as second:
            await second.until_text("Hel")
            provider.release("half-way")
            await second.rest()
        await first.rest()

    assert second.seen == first.seen
    assert second.place == f"{first.response.headers['chatkit-turn']}:{len(second.seen)}"
    assert second.is_ended
    assert not first.is_ended
    assert first.place == ""


@pytest.mark.proves("REL-16")
async def test_a_turn_is_followed_from_another_process(
    client: ChatKitClient, other_server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as first:
        await first.until_text("Hel")
        async with client.as_seen_by(other_server).follow(thread_id_of(first)) as second:
            await second.until_text("Hel")
            provider.release("half-way")
            await second.rest()
        await first.rest()

    assert second.is_ended
    assert second.done_items("assistant_message")[-1] == first.done_items("assistant_message")[-1]
    assert second.seen[:-1] == first.seen[: len(second.seen) - 1]


@pytest.mark.proves("REL-16", "WIRE-40")
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_from_every_place_in_a_turn_the_rest_of_it_can_be_read(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    elsewhere: bool,
) -> None:
    provider.respond(say("One ", "two ", gate("half-way"), "three ", "four"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("two ")
        reader = client.as_seen_by(other_server if elsewhere else server)
        thread_id, turn_id = thread_id_of(events), events.response.headers["chatkit-turn"]
        seen = len(events.seen)
        async with AsyncExitStack() as stack:
            readers = [
                await stack.enter_async_context(reader.follow(thread_id, f"{turn_id}:{place}"))
                for place in range(seen + 1)
            ]
            # So that those elsewhere follow it, and are not told what an ended turn came down to.
            await readers[0].until_text("two ")
            provider.release("half-way")
            rests = [await events.rest() for events in readers]
        await events.rest()

    for place, rest in enumerate(rests):
        whole = events.seen[place:]
        if not elsewhere:
            assert rest == whole
        # From elsewhere the end comes as what the turn came to, in place of the events it made last.
        assert rest[:-1] == whole[: len(rest) - 1]
        assert rest[-1] == events.seen[-1]


@pytest.mark.proves("OP-threads.get_by_id-2", "FEAT-reload-1", "REL-16")
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_thread_that_is_read_during_a_turn_shows_the_text_so_far_and_where_to_go_on(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    elsewhere: bool,
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        reader = client.as_seen_by(other_server if elsewhere else server)
        thread_id = thread_id_of(events)
        place, items = await so_far(reader, thread_id, "Hel")
        newest = await reader.post("items.list", thread_id=thread_id, order="desc")
        async with reader.follow(thread_id, place) as rest:
            provider.release("half-way")
            await rest.rest()
        await events.rest()

    assert items[-1]["id"] == events.done_items("assistant_message")[0]["id"]
    assert newest.json()["data"][0] == items[-1]
    assert newest.headers["chatkit-turn"].startswith(events.response.headers["chatkit-turn"])
    assert rest.done_items("assistant_message")[-1] == events.done_items("assistant_message")[0]
    if not elsewhere:
        assert rest.text == "lo"
    after = await reader.post("threads.get_by_id", thread_id=thread_id)
    assert "chatkit-turn" not in after.headers


async def so_far(client: ChatKitClient, thread_id: str, text: str) -> tuple[str, list[Event]]:
    """Read a thread until it shows `text`: what another process has seen comes a flush later."""
    async with asyncio.timeout(PATIENCE):
        while True:
            response = await client.post("threads.get_by_id", thread_id=thread_id)
            items = response.json()["items"]["data"]
            if text in str(items[-1].get("content")) and items[-1]["type"] == "assistant_message":
                return response.headers["chatkit-turn"], items


async def test_where_nothing_runs_there_is_nothing_to_follow(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))

    async with client.follow(thread_id) as events:
        assert events.response.status_code == 204
    async with client.follow(thread_id, "turn_unknown:7") as events:
        assert events.response.status_code == 204


@pytest.mark.proves("REL-16")
async def test_who_comes_back_after_the_end_is_given_what_the_turn_came_to(
    client: ChatKitClient, other_server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hello"))
    first = await client.say("Hi")
    place = f"{first.response.headers['chatkit-turn']}:4"

    async with client.as_seen_by(other_server).follow(thread_id_of(first), place) as events:
        await events.rest()

    assert events.is_ended
    assert [event["item"] for event in events.seen] == first.done_items("assistant_message")


@pytest.mark.parametrize("place", [None, "turn_x:1", "x" * 5000, "turn_x:-1", ":"])
async def test_a_thread_of_somebody_else_cannot_be_followed_nor_stopped(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider, place: str | None
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    stranger = server.client()
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)
        async with stranger.follow(thread_id, place) as theirs:
            refused = await theirs.response.aread()
        async with stranger.follow("thr_unknown", place) as unknown:
            assert await unknown.response.aread() == refused
        assert theirs.response.status_code == unknown.response.status_code == 404
        assert (await stranger.cancel(thread_id)).status_code == 404
        provider.release("half-way")
        await events.rest()
    assert events.text == "Hello"


@pytest.mark.proves("REL-14", "WIRE-38", "REL-02")
async def test_a_turn_goes_on_without_its_reader_where_the_client_cancels_explicitly(
    resuming: ChatKitClient, server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with resuming.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
    await server.turns_unread()
    provider.release("half-way")
    await server.turns_ended()

    async with resuming.follow(thread_id_of(events), events.place) as rest:
        await rest.rest()
    assert rest.done_items("assistant_message")[0]["content"][0]["text"] == "Hello"
    assert rest.is_ended


async def test_a_reader_on_another_process_keeps_a_turn_that_its_own_has_lost_the_reader_of(
    client: ChatKitClient, server: RunningServer, other_server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        following = client.as_seen_by(other_server).follow(thread_id_of(events))
        second = await following.__aenter__()
        await second.until_text("Hel")
    await server.turns_unread()
    provider.release("half-way")
    await second.rest()
    await following.__aexit__(None, None, None)

    assert second.done_items("assistant_message")[-1]["content"][0]["text"] == "Hello"


@pytest.mark.proves("REL-40")
async def test_readers_that_can_come_back_are_sent_away_when_the_server_stops(
    resuming: ChatKitClient, server: RunningServer, other_server: RunningServer, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with resuming.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        server.http.handle_exit(15, None)
        await events.rest()
    assert not events.is_ended
    async with resuming.as_seen_by(other_server).follow(thread_id_of(events), events.place) as rest:
        provider.release("half-way")
        await rest.rest()
    assert rest.done_items("assistant_message")[-1]["content"][0]["text"] == "Hello"
    await server.task


@pytest.mark.proves("DB-26")
async def test_without_notifications_a_turn_elsewhere_is_followed_a_little_later(
    client: ChatKitClient, settings: Settings, provider: FakeProvider
) -> None:
    deaf = settings.model_copy(
        update={"listen_database_url": SecretStr("postgresql://nobody@127.0.0.1:9/nothing")}
    )
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with (
        serving(deaf) as other,
        client.stream("threads.create", input=user_input("Hi")) as first,
    ):
        await first.until_text("Hel")
        async with client.as_seen_by(other).follow(thread_id_of(first)) as second:
            await second.until_text("Hel")
            provider.release("half-way")
            await second.rest()
        await first.rest()

    assert second.done_items("assistant_message")[-1] == first.done_items("assistant_message")[-1]
