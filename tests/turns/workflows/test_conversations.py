"""A workflow answers like an agent: streamed, in order, remembered, over restarts of the server."""

from typing import Any

import pytest

from app.db.engine import Database
from app.settings import Settings
from tests.attachments.browser import with_files
from tests.attachments.samples import image
from tests.provider.script import call_tool, gate, http_error, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, RunningServer, serving, thread_id_of
from tests.turns.rows import transcript, turns

TOPIC = say('{"topic": "loans"}')


def on(workflow: str) -> pytest.MarkDecorator:
    """Have this workflow answer."""
    return pytest.mark.parametrize("workflow", [workflow])


def sent(provider: FakeProvider, request: int = -1) -> list[str]:
    """The texts of the messages that a model was sent."""
    texts = []
    for item in provider.requests[request].body["input"]:
        content = item.get("content", "")
        texts.append(
            content if isinstance(content, str) else " ".join(part.get("text", "…") for part in content)
        )
    return texts


def order_of(events: EventReader) -> list[tuple[str, str]]:
    """What became of which messages of the assistant, in order."""
    seen = []
    for event in events.seen:
        match event:
            case {"type": "thread.item.added" | "thread.item.done" as kind, "item": item}:
                if item["type"] == "assistant_message":
                    seen.append((kind.rpartition(".")[2], item["id"]))
    return seen


@pytest.mark.proves("AB-02", "AB-33")
async def test_several_agents_speak_one_after_the_other_word_by_word(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(TOPIC)
    provider.respond(say("Bring ", gate("half"), "it back."))
    provider.respond(say("In short: ", gate("short"), "soon."))
    async with client.stream("threads.create", input=with_files(text="When?")) as events:
        await events.until_text("Bring ")
        asked_of_the_others = len(provider.requests)
        provider.release("half")
        await events.until_text("In short: ")
        provider.release("short")
        await events.rest()

    first, second = (item["id"] for item in events.done_items("assistant_message"))
    assert asked_of_the_others == 2
    assert order_of(events) == [("added", first), ("done", first), ("added", second), ("done", second)]
    assert [item["content"][0]["text"] for item in events.done_items("assistant_message")] == [
        "Bring it back.",
        "In short: soon.",
    ]


@pytest.mark.proves("AB-20", "AB-18")
@pytest.mark.parametrize(
    ("workflow", "shown"),
    [("desk", ["Bring it back.", "Soon."]), ("desk_shown", ['{"topic": "loans"}', "Soon."])],
)
async def test_structured_output_is_hidden_unless_the_settings_say_otherwise(
    client: ChatKitClient, provider: FakeProvider, shown: list[str]
) -> None:
    for reply in (TOPIC, say("Bring it back."), say("Soon.")):
        provider.respond(reply)

    events = await client.say("When?")

    items = await client.items(thread_id_of(events))
    assert [item["content"][0]["text"] for item in items if item["type"] == "assistant_message"] == shown


@pytest.mark.proves("AB-04", "AB-06")
async def test_what_an_export_keeps_of_a_turn_is_what_the_next_one_begins_with_also_after_a_restart(
    client: ChatKitClient,
    server: RunningServer,
    settings: Settings,
    provider: FakeProvider,
    database: Database,
) -> None:
    for reply in (TOPIC, say("Bring it back."), say("Soon.")):
        provider.respond(reply)
    first = await client.say("When?")
    await server.stop()
    async with serving(settings) as restarted:
        for reply in (TOPIC, say("On Monday."), say("Monday.")):
            provider.respond(reply)
        again = client.as_seen_by(restarted)
        await again.say("Which day?", thread_id_of(first))

    assert sent(provider, 3) == ["Which day?"]
    assert sent(provider, 4) == ["When?", "Bring it back.", "Which day?", "It is about loans."]
    assert [row["role"] for row in await transcript(database)] == ["user", "assistant"] * 2
    assert "Soon." not in str(await transcript(database))


@on("masked")
@pytest.mark.proves("AB-06")
async def test_what_was_masked_in_place_is_remembered_masked(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.always(say("Thank you."))
    thread_id = thread_id_of(await client.say("My card is 12-34."))
    await client.say("12-34 again.", thread_id)

    assert sent(provider) == ["My card is <CARD>.", "Thank you.", "<CARD> again."]
    assert "12-34" not in str(await transcript(database))
    assert [row["role"] for row in await transcript(database)] == ["user", "assistant"] * 2


@pytest.mark.proves("AB-05", "AB-04")
async def test_files_go_with_the_message_that_has_them(client: ChatKitClient, provider: FakeProvider) -> None:
    await client.call("threads.list")
    file = (
        await client.http.post("/chatkit/files", files={"file": ("cat.png", image(), "image/png")})
    ).json()
    for reply in (TOPIC, say("A cat."), say("Cat.")) * 2:
        provider.respond(reply)
    async with client.stream("threads.create", input=with_files(file["id"], text="What is it?")) as events:
        await events.rest()
    await client.say("Sure?", thread_id_of(events))

    def images(request: int) -> list[int]:
        found = []
        for number, item in enumerate(provider.requests[request].body["input"]):
            parts = item["content"] if isinstance(item.get("content"), list) else []
            if any(part["type"] == "input_image" and part["image_url"].startswith("data:") for part in parts):
                found.append(number)
        return found

    assert [images(number) for number in range(6)] == [[], [0], [0], [], [0], [0]]


@pytest.mark.proves("AB-06", "AB-30")
async def test_a_turn_that_fails_keeps_what_was_finished(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(TOPIC)
    provider.respond(say("Bring it back."))
    provider.respond(http_error(429, "rate_limit_exceeded"))
    provider.always(http_error(429, "rate_limit_exceeded"))

    events = await client.say("When?")

    assert events.seen[-1]["message"] == "The model is busy right now. Please try again in a moment."
    rows = await transcript(database)
    assert [row["role"] for row in rows] == ["user", "assistant", "assistant"]
    assert "An error" in str(rows[-1])
    provider.always(TOPIC)
    assert (await client.say("And now?", thread_id_of(events))).text


@pytest.mark.proves("AB-06")
async def test_a_turn_that_is_stopped_keeps_what_was_said(
    resuming: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(TOPIC)
    provider.respond(say("Bring it back."))
    provider.respond(say("In short", gate("never")))
    async with resuming.stream("threads.create", input=with_files(text="When?")) as events:
        await events.until_text("In short")
        await resuming.cancel(thread_id_of(events))
        await events.rest()

    rows = await transcript(database)
    assert [row["role"] for row in rows] == ["user", "assistant", "assistant"]
    assert "In short" in str(rows[-1])
    assert [row["status"] for row in await turns(database)] == ["cancelled"]
    items = await resuming.items(thread_id_of(events))
    assert [item["content"][0]["text"] for item in items[1:]] == ["Bring it back.", "In short"]


@on("counted")
@pytest.mark.proves("AB-07")
async def test_variables_are_kept_between_turns_also_of_one_that_fails(
    client: ChatKitClient,
    server: RunningServer,
    settings: Settings,
    provider: FakeProvider,
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider.always(say("Well."))
    thread_id = thread_id_of(await client.say("One"))
    failed = await client.say("fail", thread_id)
    await server.stop()
    async with serving(settings) as restarted:
        await client.as_seen_by(restarted).say("Three", thread_id)
        await client.as_seen_by(restarted).say("One in another thread")

    numbers = [request.body["instructions"] for request in provider.requests]
    assert numbers == [f"Question number {number}." for number in (1, 2, 3, 1)]
    assert "seen" in {getattr(record, "key", None) for record in caplog.records}
    assert failed.seen[-1]["message"] == "Something went wrong while answering. Please try again."
    assert "secret" not in str(failed.seen)
    assert failed.text == "Well."


@on("returning")
@pytest.mark.proves("AB-18", "AB-30")
@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("text", "Just this."),
        ("dict", "From a dict."),
        ("hidden", "The workflow has ended without an answer."),
        ("nothing", "The workflow has ended without an answer."),
        ("exit", "Something went wrong while answering. Please try again."),
        ("cancel", "Something went wrong while answering. Please try again."),
        ("a key that is missing", "Something went wrong while answering. Please try again."),
    ],
)
async def test_whatever_a_workflow_returns_is_said_where_nothing_was(
    client: ChatKitClient, provider: FakeProvider, database: Database, message: str, answer: str
) -> None:
    if message == "hidden":
        provider.respond(TOPIC)

    events = await client.say(message)

    last: Any = (await client.items(thread_id_of(events)))[-1]
    said = last["content"][0]["text"] if last["type"] == "assistant_message" else last["task"]["content"]
    assert said == answer
    assert (await transcript(database))[-1]["role"] == "assistant"


@on("widget")
@pytest.mark.proves("AB-20")
async def test_output_fills_the_widget_that_an_agent_is_mapped_to(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say('{"title": "The Hobbit", "copies": 2, "note": null}'))
    provider.respond(say('{"title": "The Hobbit", "copies": 200, "note": null}'))

    events = await client.say("Order it")
    too_many = await client.say("More", thread_id_of(events))

    (widget,) = events.done_items("widget")
    assert widget["widget"]["children"][0]["value"] == "The Hobbit"
    assert not events.done_items("assistant_message")
    assert (await client.items(widget["thread_id"]))[1] == widget
    (task,) = too_many.done_items("task")
    assert task["task"]["title"] == "A part of the answer could not be shown."


@on("within")
@pytest.mark.proves("AB-02")
async def test_an_agent_that_a_tool_runs_belongs_to_the_call_of_that_tool(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("ask_editor", {"text": "Long"}))
    provider.titles.respond(say("Short"))
    provider.respond(say("It is short."))

    events = await client.say("Shorten it")

    assert events.text == "It is short."
    outputs = [
        row["output"] for row in await transcript(database) if row.get("type") == "function_call_output"
    ]
    assert outputs == ["Short"]


@on("at_once")
@pytest.mark.proves("AB-33")
async def test_agents_that_are_run_at_the_same_time_speak_one_after_the_other(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("On", "e"))

    events = await client.say("Both")

    first, second = (item["id"] for item in events.done_items("assistant_message"))
    assert order_of(events) == [("added", first), ("done", first), ("added", second), ("done", second)]
