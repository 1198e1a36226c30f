"""Tools that need approval: the answer ends with a question, one decision counts, and the run goes on."""

from pathlib import Path

import pytest

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, serving, thread_id_of
from tests.turns.agents_to_approve import JOURNAL
from tests.turns.approving import (
    AGENTS,
    ANSWER,
    APPROVE,
    REFUSE,
    approvals,
    asked,
    calls_sent,
    decide,
    decision,
    done,
    email,
    form_of,
    pauses,
)
from tests.turns.rows import transcript, turns


@pytest.fixture(params=["responses", "chat_completions"])
def settings(
    settings: Settings, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    monkeypatch.setenv(JOURNAL, str(tmp_path / "journal"))
    return settings.model_copy(update={"agent": f"{AGENTS}:agent", "openai_api": request.param})


@pytest.mark.proves("FEAT-approve-1", "EV-1", "OP-stream-1")
async def test_a_tool_that_needs_approval_runs_once_it_has_it(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("I write to him."), email())
    first = await client.say("Write to Bob")
    where, form = form_of(first)
    before = done()
    provider.respond(say("Sent."))

    events = await decide(client, where, APPROVE)

    assert before == []
    assert done() == ["sent to bob@example.com"]
    assert (first.text, form["status"]) == ("I write to him.", "pending")
    assert first.seen[-1]["item"] == form
    assert form["inputs"] == [
        {
            "id": "approval_1",
            "type": "multiple_choice",
            "question": "Allow this: Send email?\n• to: “bob@example.com”\n• text: “Hello”",
            "options": [{"value": "Approve"}, {"value": "Refuse"}],
            "multiple": False,
        }
    ]
    assert [event["type"] for event in events.seen[:2]] == ["stream_options", "thread.item.replaced"]
    assert events.seen[1]["item"]["inputs"][0]["answer"] == {"values": ["Approve"], "skipped": False}
    assert [event["text"] for event in events.seen if event["type"] == "progress_update"] == [
        "Sending to bob@example.com"
    ]
    assert events.text == "Sent."
    assert calls_sent(provider) == [("call", "send_email"), ("output", "sent to bob@example.com: 5")]
    assert len(provider.requests) == 2
    assert [row["kind"] for row in await turns(database)] == ["threads.create", ANSWER]
    items = await client.items(where["thread_id"])
    assert next(item for item in items if item["id"] == form["id"]) == events.seen[1]["item"]


async def test_what_was_said_and_done_stays_in_memory_once(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("I write to him."), email())
    where, _ = form_of(await client.say("Write to Bob"))
    provider.respond(say("Sent."))
    await decide(client, where, APPROVE)
    provider.respond(say("Yes."))

    await client.say("Sure?", where["thread_id"])

    rows = await transcript(database)
    kinds = [row["type"] for row in rows if row.get("call_id")]
    assert kinds == ["function_call", "function_call_output"]
    assert str(rows).count("I write to him.") == 1
    assert str(rows).count("Approve") == 0
    assert calls_sent(provider) == [("call", "send_email"), ("output", "sent to bob@example.com: 5")]


async def test_the_activity_shows_a_call_as_done_only_once_it_is(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(email())
    first = await client.say("Write to Bob")
    where, _ = form_of(first)
    provider.respond(say("Sent."))

    events = await decide(client, where, APPROVE)

    (waiting,) = first.done_items("workflow")
    (carried_out,) = events.done_items("workflow")
    assert [task["status_indicator"] for task in waiting["workflow"]["tasks"]] == ["none"]
    assert [task["title"] for task in carried_out["workflow"]["tasks"]] == ["Send email"]
    assert [task["status_indicator"] for task in carried_out["workflow"]["tasks"]] == ["complete"]


@pytest.mark.proves("FEAT-approve-1")
@pytest.mark.parametrize("by", ["value", "skipping the form", "leaving it out", "an empty answer"])
async def test_a_refusal_is_told_to_the_model_and_nothing_is_done(
    client: ChatKitClient, provider: FakeProvider, database: Database, by: str
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Then not."))
    answer = {
        "value": decision(REFUSE),
        "skipping the form": {"status": "skipped", "answers": decision(APPROVE)["answers"]},
        "leaving it out": {"status": "answered", "answers": {}},
        "an empty answer": {"status": "answered", "answers": {"approval_1": {"values": []}}},
    }[by]

    async with client.stream(ANSWER, **where, input=answer) as events:
        await events.rest()

    assert done() == []
    assert events.text == "Then not."
    assert not events.done_items("workflow")
    ((_, _), (_, output)) = calls_sent(provider)
    assert "the user has refused this call" in output
    rows = await transcript(database)
    assert [row["type"] for row in rows if row.get("call_id")] == ["function_call", "function_call_output"]
    assert [row["status"] for row in await approvals(database)] == ["refused"]


async def test_of_several_calls_each_is_decided_and_others_are_not_run_again(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, form = await asked(
        client,
        provider,
        call_tool("weather", {"city": "Riga"}, call_id="call_0"),
        email("bob", "call_1"),
        email("eve", "call_2"),
        call_tool("refund", {"amount": 500}, call_id="call_3"),
        call_tool("refund", {"amount": 5}, call_id="call_4"),
    )
    before = done()
    provider.respond(say("Done."))

    await decide(client, where, APPROVE, REFUSE, APPROVE)

    assert [question["question"].splitlines()[1] for question in form["inputs"]] == [
        "• to: “bob”",
        "• to: “eve”",
        "• amount: 500",
    ]
    assert sorted(before) == ["refunded 5", "weather of Riga"]
    assert sorted(done()[2:]) == ["refunded 500", "sent to bob"]
    outputs = [said for kind, said in calls_sent(provider) if kind == "output"]
    assert len(outputs) == 5
    assert sum("refused" in output for output in outputs) == 1
    assert {row["tool"]: row["status"] for row in await approvals(database)}["refund"] == "approved"


async def test_a_run_that_goes_on_may_ask_again(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider, email("bob", "call_1"))
    provider.respond(email("eve", "call_2"))
    provider.respond(email("zoe", "call_3"))
    provider.respond(say("All of them but one."))

    second, _ = form_of(await decide(client, where, APPROVE))
    third, _ = form_of(await decide(client, second, REFUSE))
    events = await decide(client, third, APPROVE)

    assert events.text == "All of them but one."
    assert done() == ["sent to bob", "sent to zoe"]
    assert [kind for kind, _ in calls_sent(provider)] == ["call", "output"] * 3
    assert len(provider.requests) == 4
    assert [row["status"] for row in await approvals(database)] == ["approved", "refused", "approved"]
    rows = await transcript(database)
    assert [row["type"] for row in rows if row.get("call_id")] == [
        "function_call",
        "function_call_output",
    ] * 3


@pytest.mark.proves("FEAT-approve-1")
@pytest.mark.parametrize("name", ["agent", "chosen"])
async def test_it_may_take_a_restart_until_it_is_decided(
    settings: Settings, provider: FakeProvider, database: Database, name: str
) -> None:
    settings = settings.model_copy(update={"agent": f"{AGENTS}:{name}"})
    async with serving(settings) as server:
        client = server.client()
        where, form = await asked(client, provider)
        cookies = client.http.cookies
    provider.respond(say("Sent."))

    async with serving(settings) as server:
        again = server.client()
        again.http.cookies = cookies
        shown = (await again.items(where["thread_id"]))[-1]
        events = await decide(again, where, APPROVE)

    assert shown == form
    assert events.text == "Sent."
    assert done() == ["sent to bob@example.com"]


async def test_what_is_stored_of_a_run_is_gone_once_it_is_decided(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    (waiting,) = await pauses(database)
    provider.respond(say("Sent."))
    await decide(client, where, APPROVE)
    (decided,) = await pauses(database)

    assert waiting["state"]["$schemaVersion"] == waiting["state_version"]
    assert waiting["state"]["context"]["context"] == {}
    assert (waiting["decided_at"], waiting["decisions"]) == (None, None)
    assert decided["state"] is None
    assert decided["decisions"] == {"approval_1": True}
    assert decided["decided_turn_id"] == (await turns(database))[1]["id"]
    assert len(str(waiting)) < 10_000


async def test_a_run_is_stored_without_the_history_and_goes_on_with_it(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("weather", {"city": "Riga"}, call_id="call_0"))
    provider.respond(say("Sunny, as ever."))
    thread_id = thread_id_of(await client.say("The weather?"))
    provider.respond(email("bob", "call_1"))
    where, _ = form_of(await client.say("Tell Bob", thread_id))
    asked_with = provider.requests[-1].body
    (pause,) = await pauses(database)
    provider.respond(email("eve", "call_2"))
    provider.respond(say("Both know."))

    second, _ = form_of(await decide(client, where, APPROVE))
    went_on_with = provider.requests[-1].body
    await decide(client, second, APPROVE)

    assert "Sunny, as ever." not in str(pause["state"])
    assert len(pause["state"]["original_input"]) == 1
    assert [row["history_end"] for row in await pauses(database)] == [pause["history_end"]] * 2
    said = "input" if "input" in asked_with else "messages"
    for body in (went_on_with, provider.requests[-1].body):
        assert body[said][: len(asked_with[said])] == asked_with[said]
    assert [kind for kind, _ in calls_sent(provider)] == ["call", "output"] * 3


async def test_the_cost_of_a_turn_is_its_own(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Sent."))
    await decide(client, where, APPROVE)

    first, second = await turns(database)

    # Each asked the model once, and the fake provider counts the same for every request.
    assert first["input_tokens"] == second["input_tokens"]
    assert first["output_tokens"] == second["output_tokens"]
    assert second["model"] == first["model"]


@pytest.mark.proves("OP-threads.add_user_message-2")
async def test_a_message_instead_of_a_decision_refuses(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, form = await asked(client, provider)
    provider.respond(say("As you like."))

    await client.say("Never mind", where["thread_id"])

    ((_, name), (_, output)) = calls_sent(provider)
    assert (name, done()) == ("send_email", [])
    assert "wrote something else instead" in output
    stored = next(item for item in await client.items(where["thread_id"]) if item["id"] == form["id"])
    assert stored["status"] == "skipped"
    (row,) = await approvals(database)
    assert (row["status"], row["decided_turn_id"]) == ("refused", None)
    assert (await pauses(database))[0]["state"] is None
    late = await client.post(ANSWER, **where, input=decision(APPROVE))
    assert (late.status_code, done()) == (409, [])


async def test_a_retry_and_a_deletion_take_it_away(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    question = (await client.items(where["thread_id"]))[0]["id"]
    provider.respond(say("Without."))

    async with client.stream(
        "threads.retry_after_item", thread_id=where["thread_id"], item_id=question
    ) as events:
        await events.rest()
    gone = await client.post(ANSWER, **where, input=decision(APPROVE))
    other, _ = await asked(client, provider)
    await client.call("threads.delete", thread_id=other["thread_id"])

    assert gone.status_code == 404
    assert calls_sent(provider) == []
    assert await pauses(database) == []


async def test_a_tool_of_the_page_in_the_same_step_comes_first(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(email(), call_tool("current_page", call_id="call_page"))
    first = await client.say("Write to Bob")
    provider.respond(say("One after the other."))

    async with client.stream(
        "threads.add_client_tool_output", thread_id=thread_id_of(first), result="/home"
    ) as events:
        await events.rest()

    assert not first.done_items("structured_input")
    assert await pauses(database) == []
    outputs = [said for kind, said in calls_sent(provider) if kind == "output"]
    assert sorted(outputs)[0] == "/home"
    assert "one thing at a time" in sorted(outputs)[1]
    assert done() == []
