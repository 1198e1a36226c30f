"""Whatever goes wrong at the model: the user reads a sentence, what was said stays, the thread goes on."""

from pathlib import Path
from typing import Any, Literal

import pytest

from app.settings import Settings
from tests.provider.script import Step, call_tool, cut, http_error, raw, refuse, say, stop_short
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, thread_id_of

AGENTS = Path(__file__).parent / "agents_under_test.py"


@pytest.fixture(params=["responses", "chat_completions"])
def settings(request: pytest.FixtureRequest, provided: Settings) -> Settings:
    api: Literal["responses", "chat_completions"] = request.param
    return provided.model_copy(update={"agent": f"{AGENTS}:agent", "openai_api": api})


def error_of(events: EventReader) -> dict[str, Any]:
    """The error event that ended a stream."""
    errors = [event for event in events.seen if event["type"] == "error"]
    assert len(errors) == 1, events.seen
    assert errors[0] is events.seen[-1]
    return errors[0]


async def goes_on(client: ChatKitClient, provider: FakeProvider, thread_id: str) -> None:
    """Check that the next message in the thread is answered."""
    provider.respond(say("Here again"))
    assert (await client.say("Still there?", thread_id)).text == "Here again"


AT_ONCE = {"retry_after_ms": "1"}


@pytest.mark.proves("REL-21", "MAP-6", "T15", "FEAT-error-1", "EV-5", "WIRE-33", "WIRE-35")
@pytest.mark.parametrize(
    ("fault", "retry"),
    [
        (http_error(429, **AT_ONCE), True),
        (http_error(500, **AT_ONCE), True),
        (http_error(401), False),
        (http_error(403), False),
        (http_error(404), False),
        (http_error(400), False),
        (cut(), True),
    ],
    ids=str,
)
async def test_a_model_that_cannot_be_had_is_said_in_a_sentence(
    client: ChatKitClient, provider: FakeProvider, fault: Step, retry: bool
) -> None:
    for _ in range(3):  # as often as the client tries
        provider.respond(fault)

    events = await client.say("Hello")

    error = error_of(events)
    assert error["code"] == "custom"
    assert error["message"].endswith(".")
    assert error.get("allow_retry", False) == retry
    thread_id = thread_id_of(events)
    question, failure = await client.items(thread_id)
    assert question["type"] == "user_message"
    assert failure["type"] == "task"
    assert failure["task"]["content"] == error["message"]
    provider._queue.clear()
    await goes_on(client, provider, thread_id)


@pytest.mark.proves("REL-21", "T15", "OP-stream-4")
@pytest.mark.parametrize("fault", [cut(), raw(b"data: {not json\n\n"), raw(b"data: [1]\n\n")], ids=str)
async def test_a_stream_that_breaks_keeps_the_text_it_had(
    client: ChatKitClient, provider: FakeProvider, fault: Any
) -> None:
    provider.respond(say("Once upon", fault, " a time"))

    events = await client.say("A story")

    assert events.text.startswith("Once upon")
    thread_id = thread_id_of(events)
    answer = next(item for item in await client.items(thread_id) if item["type"] == "assistant_message")
    assert answer["content"][0]["text"] == events.text
    await goes_on(client, provider, thread_id)
    assert "Once upon" in str(provider.requests[-1].body)


@pytest.mark.proves("T16", "MAP-5")
async def test_a_refusal_is_a_message_like_any_other(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(refuse("I will not", " do that."))

    events = await client.say("Something bad")

    assert events.text == "I will not do that."
    thread_id = thread_id_of(events)
    answer = next(item for item in await client.items(thread_id) if item["type"] == "assistant_message")
    assert answer["content"][0]["text"] == "I will not do that."
    assert not any(event.get("allow_retry") for event in events.seen)
    await goes_on(client, provider, thread_id)


@pytest.mark.proves("T16")
@pytest.mark.parametrize("reason", ["max_output_tokens", "content_filter"])
async def test_an_incomplete_answer_is_kept_without_an_offer_to_retry(
    client: ChatKitClient, provider: FakeProvider, reason: Literal["max_output_tokens", "content_filter"]
) -> None:
    provider.respond(say("A long"), stop_short(reason))

    events = await client.say("A story")

    assert events.text == "A long"
    assert not any(event.get("allow_retry") for event in events.seen)
    thread_id = thread_id_of(events)
    answer = next(item for item in await client.items(thread_id) if item["type"] == "assistant_message")
    assert answer["content"][0]["text"] == "A long"
    await goes_on(client, provider, thread_id)


@pytest.mark.proves("REL-21", "SEC-61")
async def test_a_tool_that_raises_ends_in_a_sentence_without_its_details(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Let me see."), call_tool("fatal"))

    events = await client.say("Go")

    error = error_of(events)
    assert "secret-detail" not in str(events.seen)
    assert error["allow_retry"] is True
    thread_id = thread_id_of(events)
    types = [item["type"] for item in await client.items(thread_id)]
    assert types[0] == "user_message"
    assert types[-1] == "task"
    assert "assistant_message" in types
    await goes_on(client, provider, thread_id)


@pytest.mark.proves("REL-21")
async def test_a_tool_whose_error_the_model_is_told_does_not_end_the_answer(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("broken"))
    provider.respond(say("It did not work."))

    events = await client.say("Go")

    assert events.text == "It did not work."
    assert not [event for event in events.seen if event["type"] == "error"]


@pytest.mark.proves("ITEM-any-1")
async def test_the_model_remembers_what_its_tools_found(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("weather", {"city": "Oslo"}))
    provider.respond(say("Sunny."))
    thread_id = thread_id_of(await client.say("Weather in Oslo?"))

    await goes_on(client, provider, thread_id)

    assert "Sunny in Oslo" in str(provider.requests[-1].body)


@pytest.mark.proves("T06")
async def test_messages_before_and_after_a_tool_call_do_not_overwrite_each_other(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Let me see."), call_tool("weather", {"city": "Oslo"}))
    provider.respond(say("It is sunny."))

    thread_id = thread_id_of(await client.say("Weather in Oslo?"))

    messages = [item for item in await client.items(thread_id) if item["type"] == "assistant_message"]
    assert [message["content"][0]["text"] for message in messages] == ["Let me see.", "It is sunny."]
    assert len({message["id"] for message in messages}) == 2
