"""Tools of the page: the turn ends with the call, and goes on with what the page gives."""

import json

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, thread_id_of
from tests.turns.agents_that_wait import RETURNED
from tests.turns.rows import transcript, turns
from tests.turns.waiting import AGENTS, OUTPUT, asked, give, sent_calls


@pytest.fixture(params=["agent", "stopping"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """An agent that says where it stops, as the ChatKit SDK needs it, and one that does not."""
    return settings.model_copy(update={"agent": f"{AGENTS}:{request.param}"})


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
