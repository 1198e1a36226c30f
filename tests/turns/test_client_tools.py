"""Tools of the page: the turn ends with the call, and goes on with what the page gives, once."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.recovery import Recovery
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, RunningServer, thread_id_of, user_input
from tests.turns.agents_that_wait import RETURNED
from tests.turns.rows import transcript, turns, written

OUTPUT = "threads.add_client_tool_output"


@pytest.fixture(params=["agent", "stopping"])
def settings(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, provider: FakeProvider
) -> Settings:
    """An agent that says where it stops, as the ChatKit SDK needs it, and one that does not."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path,
        secret_key=SecretStr("shared by all processes of the service"),
        titles=False,
        openai_base_url=provider.base_url,
        openai_api_key=SecretStr("sk-test"),
        disconnect_grace_seconds=0.0,
        flush_seconds=0.02,
        agent=f"{Path(__file__).parent}/agents_that_wait.py:{request.param}",
    )


async def asked(
    client: ChatKitClient, provider: FakeProvider, tool: str = "window_size", call_id: str = "call_own"
) -> str:
    """Begin a thread whose answer ends with a call of a tool of the page."""
    provider.respond(call_tool(tool, call_id=call_id))
    return thread_id_of(await client.say("How large is my window?"))


async def give(client: ChatKitClient, thread_id: str, result: Any) -> EventReader:
    """Answer the call that waits, and read what comes of it."""
    async with client.stream(OUTPUT, thread_id=thread_id, result=result) as events:
        await events.rest()
    return events


def sent_calls(provider: FakeProvider) -> list[tuple[str, Any]]:
    """The calls and outputs that the model was sent last, in order."""
    items = provider.requests[-1].body["input"]
    kinds = ("function_call", "function_call_output")
    return [(item["type"], item.get("name") or item["output"]) for item in items if item.get("type") in kinds]


@pytest.mark.proves("OP-threads.add_client_tool_output-5", "T11", "ITEM-client_tool_call-2")
async def test_a_turn_ends_with_the_call_and_goes_on_with_what_the_page_gives(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Let me see."), call_tool("window_size", call_id="call_own"))
    provider.respond(say("It is 800 wide."))

    first = await client.say("How large is my window?")
    thread_id = thread_id_of(first)
    waiting = [(row.get("type"), row.get("output")) for row in await transcript(database)]
    second = await give(client, thread_id, {"width": 800})

    call = first.seen[-1]["item"]
    assert (call["type"], call["status"], call["call_id"]) == ("client_tool_call", "pending", "call_own")
    assert (call["name"], call["arguments"]) == ("window_size", {"unit": "px", "screen": None})
    assert ("function_call", None) in waiting
    assert all(kind != "function_call_output" for kind, _ in waiting)
    assert second.seen[0] == {"type": "stream_options", "stream_options": {"allow_cancel": True}}
    assert second.text == "It is 800 wide."
    stored = next(item for item in await client.items(thread_id) if item["id"] == call["id"])
    assert (stored["status"], stored["output"]) == ("completed", {"width": 800})
    pair = [row for row in await transcript(database) if row.get("call_id")]
    assert [row["call_id"] for row in pair] == ["call_own", "call_own"]
    assert json.loads(pair[1]["output"]) == {"width": 800}
    assert sent_calls(provider) == [
        ("function_call", "window_size"),
        ("function_call_output", '{"width": 800}'),
    ]
    assert RETURNED not in str(await transcript(database))
    assert [(row["kind"], row["status"]) for row in await turns(database)] == [
        ("threads.create", "done"),
        (OUTPUT, "done"),
    ]
    assert len(provider.requests) == 2


@pytest.mark.proves("T11", "FEAT-ctool-1")
@pytest.mark.parametrize("position", [0, 1, 2])
async def test_beside_parallel_tools_the_call_keeps_its_own_name_and_id(
    client: ChatKitClient, provider: FakeProvider, position: int
) -> None:
    calls = [call_tool("weather", {"city": f"city-{n}"}, call_id=f"call_weather_{n}") for n in range(2)]
    # The tool of the page has another name than the function that asks for it.
    calls.insert(position, call_tool("current_page", call_id="call_page"))
    provider.respond(*calls)
    provider.respond(say("Done"))

    first = await client.say("Where am I, and how is the weather?")
    await give(client, thread_id_of(first), "https://page.example")

    call = first.seen[-1]["item"]
    assert (call["name"], call["call_id"]) == ("location", "call_page")
    sent = provider.requests[-1].body["input"]
    names = {item["call_id"]: item["name"] for item in sent if item.get("type") == "function_call"}
    outputs = {
        names[item["call_id"]] + str(n): item["output"]
        for n, item in enumerate(item for item in sent if item.get("type") == "function_call_output")
    }
    assert sorted(outputs.values()) == ["Sunny in city-0", "Sunny in city-1", "https://page.example"]
    assert outputs[f"current_page{position}"] == "https://page.example"


@pytest.mark.proves("T11")
async def test_a_second_call_in_the_same_step_does_not_appear_and_the_model_is_told(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(
        call_tool("window_size", {"unit": "px"}, call_id="call_1"),
        call_tool("window_size", {"unit": "em"}, call_id="call_2"),
    )
    provider.respond(say("One after the other"))

    first = await client.say("Both")
    calls = first.done_items("client_tool_call")
    await give(client, thread_id_of(first), "800px")

    assert [(call["call_id"], call["arguments"]["unit"]) for call in calls] == [("call_1", "px")]
    (_, _), (_, _), (_, one), (_, other) = sent_calls(provider)
    assert one == "800px"
    assert "one thing at a time" in other


@pytest.mark.proves("OP-threads.add_client_tool_output-1")
async def test_a_hidden_item_after_the_call_does_no_harm(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id = await asked(client, provider, "leave_a_note")
    async with database.autocommit() as connection:
        await connection.execute(
            text(
                "insert into chatkit.thread_items (thread_id, seq, id, type, hidden, created_at, payload) "
                "select id, last_seq + 100, 'hidden', 'hidden_context_item', true, now(), "
                "jsonb_build_object('type', 'hidden_context_item', 'id', 'hidden', 'thread_id', id, "
                "'created_at', now(), 'content', 'x') from chatkit.threads"
            )
        )
    provider.respond(say("Thanks"))

    assert (await give(client, thread_id, 1)).text == "Thanks"


@pytest.mark.proves("OP-threads.add_client_tool_output-2", "OP-any-5", "T13")
async def test_without_a_call_that_waits_the_answer_is_409(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))

    refused = await client.post(OUTPUT, thread_id=thread_id, result=1)
    unknown = await client.post(OUTPUT, thread_id="thr_none", result=1)

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert "No tool call is waiting" in refused.json()["message"]
    assert unknown.status_code == 404
    assert len(await turns(database)) == 1


@pytest.mark.proves("OP-threads.add_client_tool_output-4", "T21")
@pytest.mark.parametrize("result", [None, False, 0, "", "text", [None, {"a": None}], {"deep": {"er": "ü"}}])
async def test_any_json_value_is_a_result(
    client: ChatKitClient, provider: FakeProvider, result: object
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say("I see"))

    await give(client, thread_id, result)

    call = next(item for item in await client.items(thread_id) if item["type"] == "client_tool_call")
    assert call["status"] == "completed"
    assert call.get("output") == result
    output = sent_calls(provider)[-1][1]
    assert (output if isinstance(result, str) else json.loads(output)) == result


@pytest.mark.proves("OP-threads.add_client_tool_output-4", "T21", "OP-any-5")
async def test_a_result_over_its_bound_is_refused_and_the_call_goes_on_waiting(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    thread_id = await asked(client, provider)

    at_the_bound, over = "x" * (200_000 - 2), "x" * (200_000 - 1)
    refused = await client.post(OUTPUT, thread_id=thread_id, result=over)
    items = await client.items(thread_id)
    provider.respond(say("That is much"))
    taken = await give(client, thread_id, at_the_bound)

    assert refused.status_code == 400
    assert items[-1]["status"] == "pending"
    assert taken.text == "That is much"


async def test_a_tool_of_the_page_that_gives_nothing_is_taken_as_null(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say("Nothing, then"))

    async with client.stream(OUTPUT, thread_id=thread_id) as events:
        await events.rest()

    assert sent_calls(provider)[-1] == ("function_call_output", "null")


@pytest.mark.proves("REL-31", "OP-threads.add_client_tool_output-3", "OP-stream-2")
async def test_of_eight_posts_over_two_processes_one_wins(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Thanks"))
    browsers = [client.as_seen_by(running) for running in (server, other_server)]
    barrier = asyncio.Barrier(8)

    async def post(number: int) -> tuple[int, int]:
        await barrier.wait()
        response = await browsers[number % 2].post(OUTPUT, thread_id=thread_id, result=number)
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
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Thanks"))
    browsers = [client.as_seen_by(running) for running in (server, other_server)]
    barrier = asyncio.Barrier(8)

    async def post(number: int) -> int:
        browser = browsers[number % 2]
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
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_the_same_output_again_follows_the_turn(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    database: Database,
    elsewhere: bool,
) -> None:
    thread_id = await asked(client, provider)
    provider.respond(say("Tha", gate("half-way"), "nks"))
    async with client.stream(OUTPUT, thread_id=thread_id, result=1) as first:
        await first.until_text("Tha")
        browser = client.as_seen_by(other_server if elsewhere else server)
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


@pytest.mark.proves("OP-threads.add_client_tool_output-4", "T21")
@pytest.mark.parametrize(
    "result", ["9" * 5_000, "-" + "9" * 150_000, "1e400", "[" * 195 + "]" * 195, "[" * 5_000, '"\\u0000x"']
)
async def test_whatever_a_result_is_it_is_taken_or_refused(
    client: ChatKitClient, provider: FakeProvider, result: str
) -> None:
    thread_id = await asked(client, provider)
    provider.always(say("I see"))

    body = f'{{"type": "{OUTPUT}", "params": {{"thread_id": "{thread_id}", "result": {result}}}}}'
    response = await client.http.post("/chatkit", content=body)
    await client.items(thread_id)

    assert response.status_code in (200, 400)
    assert '"type":"error"' not in response.text
    assert (await client.say("Go on", thread_id)).text == "I see"
