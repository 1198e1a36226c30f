"""One set of conversations, whatever way the model is reached: Responses, chat completions, LiteLLM."""

import pytest

from app.settings import Settings
from tests.provider.script import (
    Step,
    call_tool,
    cut,
    fail,
    gate,
    http_error,
    refuse,
    say,
    stop_short,
    think,
)
from tests.provider.server import FakeProvider
from tests.providers.sent import sent, size
from tests.serving import ChatKitClient, EventReader, serving, thread_id_of, user_input


def tasks(events: EventReader) -> list[str]:
    """The tasks of all workflows that were shown, as they were at the end."""
    done = events.done_items("workflow")
    return [task.get("title") or task["content"] for item in done for task in item["workflow"]["tasks"]]


@pytest.mark.proves("T06", "ITEM-any-1")
async def test_the_model_remembers_what_was_said(client: ChatKitClient, provider: FakeProvider) -> None:
    for answer in ("One", "Two", "Three"):
        provider.respond(say(answer))
    thread_id = thread_id_of(await client.say("First"))
    await client.say("Second", thread_id)

    third = await client.say("Third", thread_id)

    assert third.text == "Three"
    assert sent(provider.requests[-1]).said == [
        ("user", "First"),
        ("assistant", "One"),
        ("user", "Second"),
        ("assistant", "Two"),
        ("user", "Third"),
    ]


async def test_tools_are_called_shown_and_remembered(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(call_tool("weather", {"city": "Riga"}))
    provider.always(say("Sunny"))

    first = await client.say("Weather?")
    await client.say("Sure?", thread_id_of(first))

    assert (tasks(first), first.text) == (["Weather"], "Sunny")
    remembered = sent(provider.requests[-1])
    assert [*remembered.calls.values()] == ["weather"]
    assert [*remembered.outputs.values()] == ["Sunny in Riga"]
    assert remembered.calls.keys() == remembered.outputs.keys()


async def test_tools_called_at_once_keep_their_own_results(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    cities = ("Riga", "Oslo", "Rome")
    provider.respond(*(call_tool("weather", {"city": city}, call_id=f"call_{city}") for city in cities))
    provider.always(say("Sunny"))

    events = await client.say("Weather?")
    await client.say("Sure?", thread_id_of(events))

    assert tasks(events) == ["Weather"] * 3
    assert sent(provider.requests[1]).outputs == {f"call_{city}": f"Sunny in {city}" for city in cities}
    assert sorted(sent(provider.requests[-1]).outputs.values()) == sorted(
        f"Sunny in {city}" for city in cities
    )


async def test_reasoning_is_shown_and_does_not_return(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.always(think("Let me ", "see."), say("Hello"))

    events = await client.say("Hi")
    await client.say("Again", thread_id_of(events))

    assert (tasks(events), events.text) == (["Let me see."], "Hello")
    assert b"Let me see" not in str(sent(provider.requests[-1])).encode()


HIDDEN: dict[str, tuple[str, bool | None]] = {
    "Refuse": ("", True),
    "StopShort": ("", True),
    "Cut": ("Hel", None),
}
"""What comes of it through LiteLLM, which drops refusals and reasons, and often takes a stream that breaks
off for a whole one: then nobody can know.
"""


@pytest.mark.proves("REL-21")
@pytest.mark.parametrize(
    ("step", "text", "can_retry"),
    [
        (refuse("I can", "not."), "I cannot.", False),
        (stop_short(), "", False),
        (http_error(401), "", False),
        (http_error(404), "", False),
        (http_error(400), "", False),
        (http_error(429), "", True),
        (http_error(500), "", True),
        (fail(), "Hel", True),
        (cut(), "Hel", True),
    ],
    ids=lambda value: type(value).__name__ + str(getattr(value, "status", "")),
)
async def test_what_goes_wrong_ends_in_a_sentence_and_the_thread_goes_on(
    client: ChatKitClient, provider: FakeProvider, way: str, step: Step, text: str, can_retry: bool
) -> None:
    # Each library tries some of these again by itself.
    provider.always(*([say("Hel"), step] if text == "Hel" else [step]))
    events = await client.say("Hi")
    provider.always(say("Better"))

    again = await client.say("And now?", thread_id_of(events))

    expected: tuple[str, bool | None] = (text, can_retry)
    if way == "litellm":
        expected = HIDDEN.get(type(step).__name__, expected)
    errors = [event for event in events.seen if event["type"] == "error"]
    offers = [error["allow_retry"] for error in errors]
    assert offers == [expected[1]] if expected[1] is not None else offers in ([], [can_retry])
    assert all(error["code"] == "custom" and error["message"] for error in errors)
    assert events.text == expected[0]
    assert again.text == "Better"
    assert sent(provider.requests[-1]).questions == ["Hi", "And now?"]


async def test_a_stop_keeps_the_text_and_ends_the_models_stream(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    provider.respond(say("Sorry"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)
        await client.cancel(thread_id)
        await events.rest()
    await provider.disconnected()

    await client.say("Go on", thread_id)

    stopped = next(item for item in await client.items(thread_id) if item["type"] == "assistant_message")
    assert stopped["content"][0]["text"] == "Hel"
    told = [said for role, said in sent(provider.requests[-1]).said if role == "assistant"]
    assert "Hel" in told[0]
    assert "stopped" in told[-1]


async def test_a_tool_of_the_page_is_answered_by_the_page(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("selection", call_id="call_page"))
    provider.respond(say("Two rows"))
    thread_id = thread_id_of(await client.say("What did I select?"))

    async with client.stream(
        "threads.add_client_tool_output", thread_id=thread_id, result={"rows": [1, 2]}
    ) as events:
        await events.rest()

    assert events.text == "Two rows"
    assert [*sent(provider.requests[-1]).outputs.values()] == ['{"rows": [1, 2]}']


async def test_questions_to_the_user_are_answered_by_the_user(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("ask_for_name"))
    provider.respond(say("Hello Ada"))
    asked = await client.say("Hi")
    (form,) = asked.done_items("structured_input")
    answers = {"name": {"values": ["Ada"], "skipped": False}}
    params = {"thread_id": thread_id_of(asked), "item_id": form["id"]}

    async with client.stream(
        "threads.add_structured_input", **params, input={"status": "answered", "answers": answers}
    ) as events:
        await events.rest()

    assert events.text == "Hello Ada"
    assert "Ada" in sent(provider.requests[-1]).questions[-1]


@pytest.mark.proves("REL-21", "FEAT-error-1")
async def test_an_answer_without_a_word_ends_in_a_sentence(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say())
    provider.always(say("Better"))

    events = await client.say("Hi")

    assert events.seen[-1]["message"] == "The model gave no answer. Please try again."
    assert (await client.say("And now?", thread_id_of(events))).text == "Better"


BUDGET = 1_000
"""Tokens of history; about 4,000 bytes."""


async def test_a_long_thread_stays_within_its_budget_in_whole_turns(
    settings: Settings, provider: FakeProvider
) -> None:
    async with serving(settings.model_copy(update={"history_tokens": BUDGET})) as server:
        client = server.client()
        provider.respond(say("Hello"))
        thread_id = thread_id_of(await client.say("question 0"))
        for number in range(1, 12):
            provider.respond(call_tool("report", {"length": 600}, call_id=f"call_{number}"))
            provider.respond(say(f"answer {number}"))
            await client.say(f"question {number}", thread_id)

    for request in provider.requests:
        seen = sent(request)
        numbers = [int(text.removeprefix("question ")) for text in seen.questions]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert seen.calls.keys() == seen.outputs.keys()
        assert size(request) < 2 * 4 * BUDGET
    assert numbers[-1] == 11
    assert 3 <= len(numbers) <= 7


async def test_one_turn_that_is_over_the_budget_is_shortened_for_the_next(
    settings: Settings, provider: FakeProvider
) -> None:
    async with serving(settings.model_copy(update={"history_tokens": BUDGET})) as server:
        client = server.client()
        provider.respond(call_tool("report", {"length": 100_000}))
        provider.always(say("A long report"))
        thread_id = thread_id_of(await client.say("Report"))

        await client.say("Shorter?", thread_id)

    seen = sent(provider.requests[-1])
    assert seen.questions == ["Report", "Shorter?"]
    assert seen.calls.keys() == seen.outputs.keys()
    assert size(provider.requests[-1]) < 2 * 4 * BUDGET
