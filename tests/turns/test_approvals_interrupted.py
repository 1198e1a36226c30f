"""Runs that cannot go on: stopped, killed, saved by another version, or for an agent that has changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.approvals import saved_run
from app.turns.recovery import Recovery
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, serving
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
    pauses,
)
from tests.turns.rows import transcript, turns, written

OUTDATED = "The assistant has changed since you were asked"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(JOURNAL, str(tmp_path / "journal"))
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


@pytest.mark.proves("FEAT-approve-1", "REL-03")
async def test_a_run_whose_process_is_killed_is_never_run_again_by_itself(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Se", gate("half-way"), "nt"))
    async with client.stream(ANSWER, **where, input=decision(APPROVE)) as events:
        await events.until_text("Se")
        await written(database, '"delta":"Se')
        assert await Recovery(database, "another").close_abandoned(all_others=True) == 1
    provider.release("half-way")
    again = await client.post(ANSWER, **where, input=decision(REFUSE))
    provider.respond(say("It was sent."))
    await client.say("Was it sent?", where["thread_id"])

    assert again.status_code == 409
    assert done() == ["sent to bob@example.com"]
    assert [row["status"] for row in await turns(database)] == ["done", "interrupted", "done"]
    (row,) = await approvals(database)
    assert (row["status"], row["turn_status"]) == ("approved", "interrupted")
    assert calls_sent(provider) == [("call", "send_email"), ("output", "sent to bob@example.com: 5")]


async def test_a_run_that_is_killed_before_its_tool_has_ended_leaves_the_model_in_doubt(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider)
    async with database.transaction() as connection:
        # As a process leaves it that was killed right after it had accepted the decision.
        await connection.execute(
            text(
                "insert into chatkit.turns "
                "(thread_id, id, kind, status, fingerprint, worker, lease_expires_at) "
                "values (:thread, 'turn_killed', :kind, 'running', 'x', 'gone', now() - interval '1 minute')"
            ),
            {"thread": where["thread_id"], "kind": ANSWER},
        )
        await connection.execute(
            text("update chatkit.pauses set decided_at = now(), decisions = '{\"approval_1\": true}'")
        )
    assert await Recovery(database, "another").close_abandoned(all_others=True) >= 1
    provider.respond(say("I do not know."))

    await client.say("Was it sent?", where["thread_id"])

    ((_, name), (_, output)) = calls_sent(provider)
    assert name == "send_email"
    assert "Whether it had an effect is unknown" in output
    assert done() == []


@pytest.mark.proves("FEAT-cancel-1")
async def test_a_stop_ends_a_run_that_goes_on_like_any_other(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, _ = await asked(client, provider, email("bob", "call_1"), email("eve", "call_2"))
    provider.respond(say("Se", gate("half-way"), "nt"))
    async with client.stream(ANSWER, **where, input=decision(APPROVE, REFUSE)) as events:
        await events.until_text("Se")
        await client.cancel(where["thread_id"])
        await events.rest()
    provider.respond(say("Fine"))
    await client.say("Go on", where["thread_id"])

    assert [row["status"] for row in await turns(database)] == ["done", "cancelled", "done"]
    assert done() == ["sent to bob"]
    outputs = [said for kind, said in calls_sent(provider) if kind == "output"]
    assert outputs[0] == "sent to bob: 5"
    assert "refused" in outputs[1]
    assert "The user stopped" in str(provider.requests[-1].body["input"])


async def test_an_answer_that_loses_its_process_while_it_asks_asks_no_more(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, form = await asked(client, provider)
    async with database.transaction() as connection:
        await connection.execute(text("delete from chatkit.transcript_items"))
        await connection.execute(
            text(
                "update chatkit.turns set status = 'running', worker = 'gone', finished_at = null, "
                "lease_expires_at = now() - interval '1 minute'"
            )
        )

    assert await Recovery(database, "another").close_abandoned(all_others=True) == 1

    late = await client.post(ANSWER, **where, input=decision(APPROVE))
    assert (late.status_code, done()) == (409, [])
    items = {item["id"]: item for item in await client.items(where["thread_id"])}
    assert items[form["id"]]["status"] == "skipped"
    (row,) = await approvals(database)
    assert row["status"] == "refused"
    assert (await pauses(database))[0]["state"] is None
    outputs = [row["output"] for row in await transcript(database) if row.get("output")]
    assert outputs == ["Not done: the answer ended before this call was carried out."]


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.update({"$schemaVersion": "99.0"}),
        lambda state: state.pop("$schemaVersion"),
        lambda state: state.pop("current_agent"),
        lambda state: state.update(generated_items="nothing", last_processed_response=None),
        lambda state: state.update(current_step=None),
        lambda state: state["current_step"]["data"].update(interruptions=[]),
        lambda state: state.clear(),
    ],
)
async def test_a_run_that_cannot_be_read_ends_in_a_sentence(
    client: ChatKitClient, provider: FakeProvider, database: Database, change: Change
) -> None:
    where, _ = await asked(client, provider)
    (pause,) = await pauses(database)
    state = pause["state"]
    change(state)
    async with database.transaction() as connection:
        await connection.execute(
            text("update chatkit.pauses set state = cast(:state as jsonb)"), {"state": json.dumps(state)}
        )

    events = await decide(client, where, APPROVE)
    provider.respond(say("All right."))
    after = await client.say("Try again", where["thread_id"])

    assert events.seen[-1]["type"] == "error"
    assert OUTDATED in events.seen[-1]["message"]
    assert done() == []
    assert [row["status"] for row in await turns(database)] == ["done", "failed", "done"]
    assert after.text == "All right."
    ((_, _), (_, output)) = calls_sent(provider)
    assert output == "Not done: the answer ended before this call was carried out."


@pytest.mark.parametrize("name", ["without_email", "renamed"])
async def test_a_run_whose_agent_has_changed_ends_in_a_sentence(
    client: ChatKitClient, settings: Settings, provider: FakeProvider, name: str
) -> None:
    where, _ = await asked(client, provider)
    changed = settings.model_copy(update={"agent": f"{AGENTS}:{name}"})

    async with serving(changed) as server:
        events = await decide(client.as_seen_by(server), where, APPROVE)

    assert OUTDATED in events.seen[-1]["message"]
    assert done() == []
    assert len(provider.requests) == 1


async def test_a_refusal_needs_no_tool(
    client: ChatKitClient, settings: Settings, provider: FakeProvider
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Then not."))

    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:without_email"})) as server:
        events = await decide(client.as_seen_by(server), where, REFUSE)

    assert events.text == "Then not."


async def test_a_run_that_is_too_large_to_be_kept_ends_in_a_sentence(
    client: ChatKitClient, provider: FakeProvider, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_run, "MAX_STATE", 1_000)
    provider.respond(email())

    events = await client.say("Write to Bob")
    provider.respond(say("All right."))
    await client.say("Go on", events.seen[0]["thread"]["id"])

    assert "too large to be kept" in events.seen[-1]["message"]
    assert not events.done_items("structured_input")
    assert await pauses(database) == []
    assert done() == []
    ((_, _), (_, output)) = calls_sent(provider)
    assert output == "Not done: the answer ended before this call was carried out."


async def test_more_calls_than_can_be_asked_about_are_told_so(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    calls = [call_tool("refund", {"amount": 1_000 + n}, call_id=f"call_{n}") for n in range(22)]
    where, form = await asked(client, provider, *calls)
    provider.respond(say("Well."))

    await decide(client, where, *[APPROVE] * 22)

    assert len(form["inputs"]) == 20
    assert len(done()) == 20
    outputs = [said for kind, said in calls_sent(provider) if kind == "output"]
    assert len(outputs) == 22
    assert sum("a few at a time" in output for output in outputs) == 2
