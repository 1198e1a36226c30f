"""What becomes of a turn whose process has gone silent, and of what that process still wants to write."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.recovery import Recovery
from tests.provider.script import call_tool, gate, say, think
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, serving, thread_id_of, user_input
from tests.turns.rows import events as event_rows
from tests.turns.rows import turns, written

AGENTS = Path(__file__).parents[1] / "http/agents_under_test.py"


@pytest.mark.proves("REL-03", "REL-11")
async def test_a_turn_is_closed_with_its_text_once_however_many_try(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    provider.respond(say("Hello again"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        await written(database, '"delta":"Hel"')
        closed = await asyncio.gather(
            *(Recovery(database, f"worker {n}").close_abandoned(all_others=True) for n in range(5))
        )
        provider.release("half-way")
        await events.rest()

    assert sorted(closed) == [0, 0, 0, 0, 1]
    assert events.seen[-1]["type"] == "error"
    thread_id = thread_id_of(events)
    _, message, note = await client.items(thread_id)
    assert message["content"][0]["text"] == "Hel"
    assert message["id"] == next(e["item"]["id"] for e in events.seen if e["type"] == "thread.item.added")
    assert note["task"]["title"] == "No complete answer"
    assert [(row["status"], row["error"]) for row in await turns(database)] == [
        ("interrupted", "interrupted")
    ]
    assert await event_rows(database) == 0
    assert (await client.say("Go on", thread_id)).text == "Hello again"
    sent = str(provider.requests[-1].body["input"])
    assert "Hel" in sent
    assert "restart" in sent


@pytest.mark.proves("REL-03", "WIRE-10")
async def test_who_asked_is_told_in_their_language_whichever_process_closes_the_turn(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say(gate("thinking"), "Hello"))
    client.http.headers["Accept-Language"] = "ja"
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await provider.waiting_at("thinking")
        await Recovery(database, "another").close_abandoned(all_others=True)
        provider.release("thinking")
        await events.rest()
    await server.turns_ended()
    place = f"{events.response.headers['chatkit-turn']}:0"
    client.http.headers["Accept-Language"] = "fr"

    told = "サーバーが再起動したため、回答が中断されました。"
    _, note = await client.items(thread_id_of(events))
    assert (note["task"]["title"], note["task"]["content"]) == ("回答は完了していません", told)
    async with client.follow(thread_id_of(events), place) as again:
        await again.rest()
    assert [event["message"] for event in (events.seen[-1], again.seen[-1])] == [told, told]


@pytest.mark.proves("REL-03", "REL-32")
async def test_a_process_that_lost_its_turn_writes_nothing_of_it_any_more(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say(gate("thinking"), "Hello"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await provider.waiting_at("thinking")
        await Recovery(database, "another").close_abandoned(all_others=True)
        provider.release("thinking")
        await events.rest()
    await server.turns_ended()

    items = await client.items(thread_id_of(events))
    assert [item["type"] for item in items] == ["user_message", "task"]
    assert [row["status"] for row in await turns(database)] == ["interrupted"]


@pytest.mark.proves("REL-03", "ITEM-workflow-1")
async def test_thoughts_and_calls_that_were_shown_are_kept_and_calls_are_remembered(
    settings: Settings, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("weather", {"city": "Rome"}))
    provider.respond(think("First I look", gate("half-way"), " again"), say("Sunny"))
    provider.respond(say("As I said"))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:agent"})) as server:
        client = server.client()
        async with client.stream("threads.create", input=user_input("Weather?")) as events:
            await provider.waiting_at("half-way")
            await written(database, "Sunny in Rome")
            await Recovery(database, "another").close_abandoned(all_others=True)
            provider.release("half-way")
            await events.rest()
        thread_id = thread_id_of(events)
        items = await client.items(thread_id)
        await client.say("Go on", thread_id)

    workflow = items[1]["workflow"]
    assert workflow["tasks"][0]["title"].startswith("Weather")
    assert not any(task.get("status_indicator") == "loading" for task in workflow["tasks"])
    sent = str(provider.requests[-1].body["input"])
    assert "Sunny in Rome" in sent


async def test_a_lease_that_is_renewed_is_left_alone(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        assert await Recovery(database, "another").close_abandoned() == 0
        provider.release("half-way")
        await events.rest()

    assert events.text == "Hello"
    assert [row["status"] for row in await turns(database)] == ["done"]


@pytest.mark.proves("REL-03")
async def test_a_turn_whose_events_are_damaged_is_closed_all_the_same(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        await written(database, '"delta":"Hel"')
        async with database.autocommit() as connection:
            await connection.execute(
                text("update chatkit.turn_events set frames = 'x' || frames, memory = '[7, {\"role\": 1}]'")
            )
        assert await Recovery(database, "another").close_abandoned(all_others=True) == 1
        provider.release("half-way")
        await events.rest()

    assert [row["status"] for row in await turns(database)] == ["interrupted"]
    provider.respond(say("Here"))
    assert (await client.say("Go on", thread_id_of(events))).text == "Here"
