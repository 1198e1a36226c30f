"""Questions to the user: they end the turn, one answer counts, and the model goes on with it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.recovery import Recovery
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, Event, EventReader, RunningServer, thread_id_of, user_input
from tests.turns.rows import transcript, turns, written

ANSWER = "threads.add_structured_input"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"agent": f"{Path(__file__).parent}/agents_that_wait.py:agent"})


async def asked(
    client: ChatKitClient, provider: FakeProvider, tool: str = "take_order"
) -> tuple[dict[str, Any], Event]:
    """Begin a thread whose answer ends with questions; return where they are, and they."""
    provider.respond(call_tool(tool, call_id="call_own"))
    first = await client.say("I would like a pizza")
    (item,) = first.done_items("structured_input")
    return {"thread_id": thread_id_of(first), "item_id": item["id"]}, item


def values(**answers: list[str] | None) -> dict[str, Any]:
    """Answers as a page sends them; None for a question that was skipped."""
    given = {name: {"values": said or [], "skipped": said is None} for name, said in answers.items()}
    return {"status": "answered", "answers": given}


async def reply(client: ChatKitClient, where: dict[str, Any], answer: dict[str, Any]) -> EventReader:
    """Answer the questions, and read what comes of it."""
    async with client.stream(ANSWER, **where, input=answer) as events:
        await events.rest()
    return events


def told(provider: FakeProvider) -> str:
    """What the model was sent as the user's last message."""
    return str([item for item in provider.requests[-1].body["input"] if item.get("role") == "user"][-1])


@pytest.mark.proves("ITEM-structured_input-1", "OP-stream-1")
@pytest.mark.parametrize("tool", ["take_order", "take_order_by_hand"])
async def test_questions_end_the_turn_and_the_answers_go_on_with_it(
    client: ChatKitClient, provider: FakeProvider, database: Database, tool: str
) -> None:
    where, item = await asked(client, provider, tool)
    provider.respond(say("Coming up"))

    answer = values(size=["large", "small"], extras=["olives", "pineapple"], name=["Ada\nLovelace"])
    events = await reply(client, where, answer)

    assert item["status"] == "pending"
    assert [event["type"] for event in events.seen[:2]] == ["stream_options", "thread.item.replaced"]
    replaced = events.seen[1]["item"]
    assert (replaced["id"], replaced["status"]) == (item["id"], "answered")
    assert [question["answer"] for question in replaced["inputs"]] == [
        {"values": ["large"], "skipped": False},
        {"values": ["olives", "pineapple"], "skipped": False},
        {"values": ["Ada\nLovelace"], "skipped": False},
    ]
    assert events.text == "Coming up"
    items = await client.items(where["thread_id"])
    assert next(stored for stored in items if stored["id"] == item["id"]) == replaced
    for line in ("Which size?: large", "Any extras?: olives, pineapple", "What is your name?: Ada"):
        assert line in told(provider)
    assert [row["kind"] for row in await turns(database)] == ["threads.create", ANSWER]
    assert len(provider.requests) == 2


@pytest.mark.proves("ITEM-structured_input-1")
async def test_of_two_forms_in_one_step_the_first_is_shown_and_the_model_is_told(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(
        call_tool("take_order", call_id="call_1"), call_tool("take_order_by_hand", call_id="call_2")
    )
    provider.respond(say("Fine"))

    first = await client.say("Two pizzas")
    items = first.done_items("structured_input")
    where = {"thread_id": thread_id_of(first), "item_id": items[0]["id"]}
    await reply(client, where, values(size=["large"]))

    assert len(items) == 1
    outputs = [item["output"] for item in provider.requests[-1].body["input"] if item.get("output")]
    assert outputs[0] == "asked"
    assert "one thing at a time" in outputs[1]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"status": "skipped", "answers": values(size=["large"])["answers"]}, "skipped"),
        ({"status": "answered"}, "answered"),
        (values(size=None, extras=[], name=["  "]), "answered"),
        (values(unknown=["x"]), "answered"),
    ],
)
async def test_what_is_missing_skipped_or_empty_counts_as_skipped(
    client: ChatKitClient, provider: FakeProvider, answer: dict[str, Any], status: str
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("As you like"))

    events = await reply(client, where, answer)

    replaced = events.seen[1]["item"]
    assert replaced["status"] == status
    assert all(question["answer"] == {"values": [], "skipped": True} for question in replaced["inputs"])
    assert "Which size?: skipped" in told(provider)


@pytest.mark.proves("OP-threads.add_structured_input-3", "OP-any-4", "OP-any-5", "T13")
async def test_what_is_no_form_of_this_thread_is_not_found(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    message = (await client.items(where["thread_id"]))[0]["id"]
    other, _ = await asked(client, provider)
    stranger = server.client()
    await stranger.post("threads.list")

    refused = [
        await client.post(ANSWER, **where | {"item_id": message}, input=values()),
        await client.post(ANSWER, **where | {"item_id": "msg_none"}, input=values()),
        await client.post(ANSWER, **where | {"item_id": other["item_id"]}, input=values()),
        await stranger.post(ANSWER, **where, input=values()),
    ]

    assert [response.status_code for response in refused] == [404] * 4
    assert len(await turns(database)) == 2
    assert (await client.items(where["thread_id"]))[-1]["status"] == "pending"


@pytest.mark.proves("OP-threads.add_structured_input-2", "T21", "OP-any-5")
@pytest.mark.parametrize(
    ("at_the_bound", "over"),
    [
        (values(name=["x" * 20_000]), values(name=["x" * 20_001])),
        (values(extras=["x"] * 100), values(extras=["x"] * 101)),
        (
            {"answers": {f"q{n}": {"values": []} for n in range(100)}},
            {"answers": {f"q{n}": {"values": []} for n in range(101)}},
        ),
    ],
)
async def test_number_and_length_of_values_are_bounded(
    client: ChatKitClient, provider: FakeProvider, at_the_bound: dict[str, Any], over: dict[str, Any]
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Well"))

    refused = await client.post(ANSWER, **where, input=over)
    taken = await reply(client, where, at_the_bound)

    assert refused.status_code == 400
    assert taken.text == "Well"


@pytest.mark.proves("OP-threads.add_structured_input-1")
async def test_of_eight_answers_over_two_processes_one_counts(
    client: ChatKitClient,
    tabs: list[ChatKitClient],
    provider: FakeProvider,
    database: Database,
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Thanks"))
    barrier = asyncio.Barrier(8)

    async def post(number: int) -> tuple[int, int]:
        await barrier.wait()
        answer = values(name=[f"guest {number}"])
        response = await tabs[number % 2].post(ANSWER, **where, input=answer)
        return response.status_code, number

    posts = [asyncio.create_task(post(number)) for number in range(8)]
    await provider.waiting_at("thinking")
    provider.release("thinking")
    answers = sorted(await asyncio.gather(*posts))
    late = await client.post(ANSWER, **where, input=values(name=["late"]))

    assert [status for status, _ in answers] == [200] + [409] * 7
    assert f"guest {answers[0][1]}" in told(provider)
    assert str(await transcript(database)).count("guest") == 1
    assert (late.status_code, late.json()["message"]) == (409, "These questions have been answered already.")
    assert len(provider.requests) == 2


@pytest.mark.proves("OP-threads.add_user_message-2")
async def test_a_message_instead_of_the_answers_skips_them(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    where, item = await asked(client, provider)
    provider.respond(say("Then not"))

    await client.say("I changed my mind", where["thread_id"])

    stored = next(found for found in await client.items(where["thread_id"]) if found["id"] == item["id"])
    assert stored["status"] == "skipped"
    assert all(question["answer"]["skipped"] for question in stored["inputs"])
    *_, note, question = provider.requests[-1].body["input"]
    assert question["content"] == "I changed my mind"
    assert note["role"] == "assistant"
    assert "Which size?: skipped" in note["content"]
    assert (await client.post(ANSWER, **where, input=values())).status_code == 409


@pytest.mark.proves("OP-stream-3", "REL-06")
async def test_answers_whose_response_broke_off_are_told_again(
    client: ChatKitClient,
    server: RunningServer,
    again_at: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    resuming = client.as_seen_by(server, **{"chatkit-disconnect": "detach"})
    where, _ = await asked(resuming, provider)
    provider.respond(say("Coming ", gate("half-way"), "up"))
    async with resuming.stream(ANSWER, **where, input=values(size=["large"])) as first:
        await first.until_text("Coming")
    await server.turns_unread()
    provider.release("half-way")
    await server.turns_ended()

    browser = resuming.as_seen_by(again_at)
    again = await reply(browser, where, values(size=["large"]))

    assert [event["type"] for event in again.seen] == [
        "stream_options",
        "thread.item.replaced",
        "thread.item.done",
    ]
    assert again.seen[:2] == first.seen[:2]
    assert len(await turns(database)) == 2


@pytest.mark.proves("REL-03")
async def test_answers_are_remembered_once_when_the_process_goes(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Coming ", gate("half-way"), "up"))
    async with client.stream(ANSWER, **where, input=values(size=["large"])) as events:
        await events.until_text("Coming")
        await written(database, '"delta":"Coming')
        assert await Recovery(database, "another").close_abandoned(all_others=True) == 1
        provider.release("half-way")
        await events.rest()

    said = [row["content"] for row in await transcript(database) if row.get("role") == "user"]
    assert said[0] == "I would like a pizza"
    assert len(said) == 2
    assert "Which size?: large" in said[1]


@pytest.mark.proves("FEAT-cancel-1")
async def test_questions_of_an_answer_that_is_stopped_wait_no_longer(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("take_order", call_id="call_1"), call_tool("rest", call_id="call_2"))
    provider.respond(say("Once more"))
    async with client.stream("threads.create", input=user_input("A pizza")) as events:
        shown = (await _until_form(events))["item"]
        where = {"thread_id": thread_id_of(events), "item_id": shown["id"]}
        too_early = await client.post(ANSWER, **where, input=values(size=["large"]))
        await client.cancel(where["thread_id"])
        await events.rest()
    too_late = await client.post(ANSWER, **where, input=values(size=["large"]))

    assert (too_early.status_code, too_late.status_code) == (409, 409)
    replaced = [event["item"] for event in events.seen if event["type"] == "thread.item.replaced"]
    assert [(item["id"], item["status"]) for item in replaced] == [(shown["id"], "skipped")]
    stored = next(item for item in await client.items(where["thread_id"]) if item["id"] == shown["id"])
    assert stored == replaced[0]
    assert [row["status"] for row in await turns(database)] == ["cancelled"]


async def _until_form(events: EventReader) -> Event:
    while True:
        event = await events.until("thread.item.done")
        if event["item"]["type"] == "structured_input":
            return event


@pytest.mark.proves("OP-stream-6")
async def test_a_thread_that_is_not_open_takes_no_answers(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    async with database.autocommit() as connection:
        await connection.execute(
            text("update chatkit.threads set status = 'locked', status_reason = 'Sold.'")
        )

    refused = await client.post(ANSWER, **where, input=values(size=["large"]))

    assert (refused.status_code, refused.json()["message"]) == (409, "This conversation is locked. Sold.")
    assert (await client.items(where["thread_id"]))[-1]["status"] == "pending"
