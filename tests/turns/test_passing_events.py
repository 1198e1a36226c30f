"""Progress, effects, notices and errors: shown to whoever reads, once, and not kept in the thread."""

from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.provider.script import call_tool, fail, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, Event, RunningServer, serving, thread_id_of, user_input

AGENTS = Path(__file__).parent / "agents_that_show.py"

SHOWN: list[Event] = [
    {"type": "progress_update", "icon": "search", "text": "Looking"},
    {"type": "progress_update", "text": "Uploading"},
    {"type": "notice", "level": "warning", "title": "Limit", "message": "**Half** is used up."},
    {"type": "client_effect", "name": "zoom", "data": {"to": {"level": 3, "from": None}}},
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


def passing(events: list[Event]) -> list[Event]:
    """Those events that leave nothing in the thread."""
    return [event for event in events if event["type"] in ("progress_update", "notice", "client_effect")]


@pytest.mark.proves("DOC-26", "DOC-09", "EV-4", "FEAT-progress-1", "WIRE-63", "WIRE-35")
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_second_reader_sees_what_passes_and_one_that_comes_back_sees_no_effect_twice(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    elsewhere: bool,
) -> None:
    provider.respond(call_tool("show"))
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Show me")) as first:
        await first.until_text("Hel")
        reader = client.as_seen_by(other_server if elsewhere else server)
        thread_id = thread_id_of(first)
        async with reader.follow(thread_id) as second:
            await second.until("client_effect")
            place = second.place
            async with reader.follow(thread_id, place) as back:
                await back.until_text("Hel")
                provider.release("half-way")
                await back.rest()
            await second.rest()
        await first.rest()

    assert passing(first.seen) == SHOWN
    assert passing(second.seen) == SHOWN
    assert passing(back.seen) == []
    assert back.done_items("assistant_message")[-1]["content"][0]["text"] == "Hello"
    kinds = [item["type"] for item in await client.items(thread_id)]
    assert kinds[0] == "user_message"
    assert kinds[-1] == "assistant_message"
    assert "Half" not in str(await client.items(thread_id))


@pytest.mark.proves("EV-4", "EV-5")
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_second_reader_sees_the_error_too_and_a_reload_what_became_of_it(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    elsewhere: bool,
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"), fail("rate_limit_exceeded"))
    async with client.stream("threads.create", input=user_input("Hi")) as first:
        await first.until_text("Hel")
        reader = client.as_seen_by(other_server if elsewhere else server)
        async with reader.follow(thread_id_of(first)) as second:
            await second.until_text("Hel")
            provider.release("half-way")
            await second.rest()
        await first.rest()

    def errors(events: list[Event]) -> list[Any]:
        return [event for event in events if event["type"] == "error"]

    assert [error["code"] for error in errors(first.seen)] == ["custom"]
    assert errors(second.seen) == errors(first.seen)
    assert "busy" in str((await reader.items(thread_id_of(first)))[-1])


@pytest.mark.proves("FEAT-cancel-3", "WIRE-63")
async def test_without_a_stop_button_the_page_is_told_and_a_stop_still_stops(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:unstoppable"})) as server:
        client = server.client()
        async with client.stream("threads.create", input=user_input("Hi")) as events:
            options = await events.until("stream_options")
            await events.until_text("Hel")
            stopped = await client.cancel(thread_id_of(events))
            await events.rest()

    assert options["stream_options"] == {"allow_cancel": False}
    assert stopped.json() == {"cancelled": True}
    assert events.text == "Hel"


@pytest.mark.proves("FEAT-cancel-3")
async def test_an_answer_that_is_told_again_has_the_same_options(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(say("Hello", gate("end")))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:unstoppable"})) as server:
        client = server.client(**{"chatkit-disconnect": "detach"})
        async with client.stream("threads.create", input=user_input("Hi")) as events:
            await events.until_text("Hello")
        provider.release("end")
        await server.turns_ended()
        again = await client.say("Hi")

    assert (
        again.seen[2]
        == events.seen[2]
        == {
            "type": "stream_options",
            "stream_options": {"allow_cancel": False},
        }
    )
    assert len(provider.requests) == 1
