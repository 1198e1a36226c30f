"""Outputs that come twice, or at once, on one process or two: one is recorded."""

import asyncio

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input
from tests.turns.rows import transcript, turns
from tests.turns.waiting import AGENTS, OUTPUT, asked, give, sent_calls


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


async def test_a_page_that_answers_before_the_turn_is_recorded_as_ended_is_not_too_early(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("window_size"))
    provider.respond(say("So large"))
    async with client.stream("threads.create", input=user_input("How large?")) as first:
        async with database.transaction() as connection:
            # The end of a turn is written together with what the model remembers.
            await connection.execute(text("lock table chatkit.transcript_items in exclusive mode"))
            while not first.done_items("client_tool_call"):
                await first.next()
            answer = asyncio.create_task(client.post(OUTPUT, thread_id=thread_id_of(first), result=1))
            answered, _ = await asyncio.wait({answer}, timeout=0.3)
        await first.rest()

    assert not answered
    assert (await answer).status_code == 200


@pytest.mark.proves("REL-31", "OP-threads.add_client_tool_output-3", "OP-stream-2")
async def test_of_eight_posts_over_two_processes_one_wins(
    client: ChatKitClient,
    tabs: list[ChatKitClient],
    provider: FakeProvider,
    database: Database,
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Thanks"))
    barrier = asyncio.Barrier(8)

    async def post(number: int) -> tuple[int, int]:
        await barrier.wait()
        response = await tabs[number % 2].post(OUTPUT, thread_id=thread_id, result=number)
        return response.status_code, number

    posts = [asyncio.create_task(post(number)) for number in range(8)]
    await provider.waiting_at("thinking")
    provider.release("thinking")
    answers = sorted(await asyncio.gather(*posts))

    assert [status for status, _ in answers] == [200] + [409] * 7
    winner = answers[0][1]
    items = await client.items(thread_id)
    assert [item["type"] for item in items].count("assistant_message") == 1
    call = next(item for item in items if item["type"] == "client_tool_call")
    assert call["output"] == winner
    assert sent_calls(provider) == [("function_call", "window_size"), ("function_call_output", str(winner))]
    assert [row["kind"] for row in await turns(database)] == ["threads.create", OUTPUT]
    assert len(provider.requests) == 2


@pytest.mark.proves("OP-threads.add_user_message-2", "OP-threads.add_client_tool_output-3")
async def test_outputs_and_messages_that_race_leave_one_output(
    client: ChatKitClient,
    tabs: list[ChatKitClient],
    provider: FakeProvider,
    database: Database,
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Thanks"))
    barrier = asyncio.Barrier(8)

    async def post(number: int) -> int:
        browser = tabs[number % 2]
        await barrier.wait()
        if number < 4:
            response = await browser.post(OUTPUT, thread_id=thread_id, result=number)
        else:
            message = user_input(f"Message {number}")
            response = await browser.post("threads.add_user_message", thread_id=thread_id, input=message)
        return response.status_code

    posts = [asyncio.create_task(post(number)) for number in range(8)]
    first = asyncio.as_completed(posts)
    # The one that is accepted goes on until the model may answer; then another message would be as well.
    assert [await next(first) for _ in range(7)] == [409] * 7
    provider.release("thinking")

    assert await next(first) == 200
    kinds = [row["type"] for row in await transcript(database) if row.get("call_id")]
    assert kinds == ["function_call", "function_call_output"]
    assert len(await turns(database)) == 2
    assert len(provider.requests) == 2


@pytest.mark.proves("OP-threads.add_client_tool_output-3", "OP-stream-3")
async def test_the_same_output_again_follows_the_turn(
    client: ChatKitClient,
    again_at: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say("Tha", gate("half-way"), "nks"))
    async with client.stream(OUTPUT, thread_id=thread_id, result=1) as first:
        await first.until_text("Tha")
        browser = client.as_seen_by(again_at)
        async with browser.stream(OUTPUT, thread_id=thread_id, result=1) as second:
            await second.until_text("Tha")
            provider.release("half-way")
            await second.rest()
        await first.rest()

    assert second.done_items("assistant_message")[-1] == first.done_items("assistant_message")[0]
    assert len(await turns(database)) == 2


async def test_the_same_output_for_another_call_is_a_new_one(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(call_tool("window_size", call_id="call_next"))
    provider.respond(say("Twice the same"))

    first = await give(client, thread_id, 1)
    second = await give(client, thread_id, 1)

    assert first.seen[-1]["item"]["call_id"] == "call_next"
    assert second.text == "Twice the same"
    assert [output for kind, output in sent_calls(provider) if kind.endswith("output")] == ["1", "1"]
    assert len(await turns(database)) == 3
