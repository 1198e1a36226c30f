"""Calls of the page's tools that nobody answers, or whose turn does not come to its end."""

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.recovery import Recovery
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, user_input
from tests.turns.rows import transcript, turns, written
from tests.turns.waiting import AGENTS, OUTPUT, asked, sent_calls


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


@pytest.mark.proves(
    "OP-threads.add_user_message-2",
    "ITEM-client_tool_call-1",
    "OP-threads.add_client_tool_output-6",
    "FEAT-ctool-2",
)
async def test_a_message_instead_of_the_output_closes_the_call(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say("Never mind"))

    await client.say("Something else", thread_id)
    late = await client.post(OUTPUT, thread_id=thread_id, result=1)

    items = await client.items(thread_id)
    call = next(item for item in items if item["type"] == "client_tool_call")
    assert call["status"] == "completed"
    assert "did not answer" in call["output"]["error"]
    assert items.index(call) < len(items) - 2
    sent = provider.requests[-1].body["input"]
    assert [item.get("type") or item["role"] for item in sent[-3:]] == [
        "function_call",
        "function_call_output",
        "user",
    ]
    assert "did not answer" in sent[-2]["output"]
    assert late.status_code == 409
    assert len([row for row in await transcript(database) if row.get("call_id")]) == 2


async def test_a_retry_takes_the_call_away(client: ChatKitClient, provider: FakeProvider) -> None:
    thread_id = await asked(client, provider)
    question = (await client.items(thread_id))[0]
    provider.respond(say("Without asking"))

    async with client.stream(
        "threads.retry_after_item", thread_id=thread_id, item_id=question["id"]
    ) as events:
        await events.rest()

    assert sent_calls(provider) == []
    assert (await client.post(OUTPUT, thread_id=thread_id, result=1)).status_code == 409


@pytest.mark.proves("OP-threads.add_client_tool_output-6")
async def test_a_call_that_is_a_day_old_is_closed_and_its_output_refused(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id = await asked(client, provider)
    async with database.autocommit() as connection:
        await connection.execute(
            text(
                "update chatkit.thread_items set payload = payload || jsonb_build_object('created_at', "
                "now() - interval '25 hours') where type = 'client_tool_call'"
            )
        )

    late = await client.post(OUTPUT, thread_id=thread_id, result=1)

    assert (late.status_code, late.json()["message"]) == (409, "The result of the tool call came too late.")
    assert (await client.items(thread_id))[-1]["status"] == "completed"
    assert "did not answer" in str((await transcript(database))[-1]["output"])
    assert len(await turns(database)) == 1


@pytest.mark.proves("OP-stream-6")
@pytest.mark.parametrize("status", ["locked", "closed"])
async def test_a_thread_that_is_not_open_takes_no_output(
    client: ChatKitClient, provider: FakeProvider, database: Database, status: str
) -> None:
    thread_id = await asked(client, provider)
    async with database.autocommit() as connection:
        await connection.execute(text(f"update chatkit.threads set status = '{status}'"))

    refused = await client.post(OUTPUT, thread_id=thread_id, result=1)
    message = await client.post("threads.add_user_message", thread_id=thread_id, input=user_input("Hi"))

    assert (refused.status_code, message.status_code) == (409, 409)
    assert (await client.items(thread_id))[-1]["status"] == "pending"
    assert len(await turns(database)) == 1


@pytest.mark.proves("REL-03")
async def test_a_continuation_whose_process_is_gone_does_not_repeat_the_question(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say("It ", gate("half-way"), "is"))
    async with client.stream(OUTPUT, thread_id=thread_id, result=1) as events:
        await events.until_text("It ")
        await written(database, '"delta":"It "')
        assert await Recovery(database, "another").close_abandoned(all_others=True) == 1
        provider.release("half-way")
        await events.rest()
    provider.respond(say("Here"))
    await client.say("Go on", thread_id)

    sent = provider.requests[-1].body["input"]
    assert [item["content"] for item in sent if item.get("role") == "user"] == [
        "How large is my window?",
        "Go on",
    ]
    assert sent_calls(provider) == [("function_call", "window_size"), ("function_call_output", "1")]


@pytest.fixture
async def interrupted(client: ChatKitClient, provider: FakeProvider, database: Database) -> str:
    """A thread whose turn was closed by another process after it had shown a call."""
    thread_id = await asked(client, provider)
    async with database.autocommit() as connection:
        await connection.execute(text("update chatkit.turns set status = 'running'"))
        await connection.execute(text("delete from chatkit.transcript_items"))
    assert await Recovery(database, "another").close_abandoned(all_others=True) == 1
    return thread_id


@pytest.mark.proves("ITEM-client_tool_call-1")
async def test_a_call_of_an_interrupted_turn_waits_no_longer(client: ChatKitClient, interrupted: str) -> None:
    call = next(item for item in await client.items(interrupted) if item["type"] == "client_tool_call")

    assert call["status"] == "completed"
    assert (await client.post(OUTPUT, thread_id=interrupted, result=1)).status_code == 409
