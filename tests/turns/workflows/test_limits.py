"""What a turn of a workflow may use, and what stops it: limits, guardrails, and its own end."""

import pytest

from app.db.engine import Database
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, thread_id_of
from tests.turns.rows import transcript, turns
from tests.turns.workflows.test_conversations import on

BLOCKED = "This was stopped by a rule of this service"


@pytest.mark.proves("AB-23")
@pytest.mark.parametrize(
    ("workflow", "code", "answers", "sentence"),
    [
        ("looping", "workflow_iterations", 2, "The workflow repeated itself too often and was stopped."),
        ("few_runs", "workflow_runs", 2, "The workflow took more steps than are allowed and was stopped."),
        (
            "few_tokens",
            "workflow_tokens",
            1,
            "The workflow needed more text than is allowed and was stopped.",
        ),
    ],
)
async def test_a_limit_ends_the_turn_with_a_sentence_and_what_was_said(
    client: ChatKitClient, provider: FakeProvider, database: Database, code: str, answers: int, sentence: str
) -> None:
    provider.always(say("Round."))

    events = await client.say("loop")
    again = await client.say("no loop", thread_id_of(events))

    assert len(provider.requests) == answers
    assert events.seen[-1]["message"] == sentence
    items = await client.items(thread_id_of(events))
    assert [item["content"][0]["text"] for item in items[1:] if item["type"] == "assistant_message"] == [
        "Round."
    ] * answers
    assert items[answers + 1]["task"]["content"] == sentence
    assert [row["error"] for row in await turns(database)] == [code, "workflow_silent"]
    assert str(await transcript(database)).count("Round.") == answers
    assert again.seen[-1]["message"] == "The workflow has ended without an answer."


@on("hasty")
@pytest.mark.proves("AB-23")
async def test_a_turn_whose_time_is_over_keeps_what_was_said(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Slow", gate("never")))

    events = await client.say("loop")

    assert events.seen[-1]["message"] == "The workflow took more time than is allowed and was stopped."
    assert events.text == "Slow"
    await provider.disconnected()
    assert "Slow" in str(await transcript(database))


@on("guarded")
@pytest.mark.proves("AB-19")
@pytest.mark.parametrize("message", ["stop", "raise", "both, and raise"])
async def test_a_guardrail_ends_the_turn_with_a_notice_that_says_its_kind_and_nothing_else(
    client: ChatKitClient, database: Database, message: str
) -> None:
    events = await client.say(message)

    items = await client.items(thread_id_of(events))
    (task,) = events.done_items("task")
    assert items[1:] == [task]
    assert task["task"]["title"] == BLOCKED
    both = ", personal data" if "both" in message else ""
    assert task["task"]["content"] == f"Reason: an attempt to get around the rules{both}."
    assert "0.93" not in str(events.seen)
    assert [row["status"] for row in await turns(database)] == ["done"]
    assert [row["role"] for row in await transcript(database)] == ["user", "assistant"]


@on("guarded")
@pytest.mark.proves("AB-19")
async def test_an_answer_of_the_workflows_own_takes_the_place_of_the_notice(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("I cannot help with that."))

    events = await client.say("answer")

    assert events.text == "I cannot help with that."
    assert not events.done_items("task")
