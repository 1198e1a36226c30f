"""Decisions that come twice, or at once, on one process or two: one counts, and the tool runs once."""

import asyncio
from pathlib import Path

import pytest

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, user_input
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
)
from tests.turns.rows import transcript, turns


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(JOURNAL, str(tmp_path / "journal"))
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


@pytest.mark.proves("FEAT-approve-1", "OP-threads.add_structured_input-1")
async def test_of_ten_decisions_over_two_processes_one_counts(
    client: ChatKitClient,
    tabs: list[ChatKitClient],
    provider: FakeProvider,
    database: Database,
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Well"))
    barrier = asyncio.Barrier(10)

    async def post(number: int) -> tuple[int, str]:
        # Half of them say the same, which makes one request that comes five times.
        value = APPROVE if number < 5 else REFUSE
        answer = decision(value)
        if value == REFUSE:
            answer["answers"][f"other_{number}"] = {"values": []}
        await barrier.wait()
        response = await tabs[number % 2].post(ANSWER, **where, input=answer)
        return response.status_code, value

    posts = [asyncio.create_task(post(number)) for number in range(10)]
    await provider.waiting_at("thinking")
    provider.release("thinking")
    answers = await asyncio.gather(*posts)
    late = await client.post(ANSWER, **where, input=decision(APPROVE))

    accepted = {value for status, value in answers if status == 200}
    assert len(accepted) == 1
    assert {status for status, _ in answers} == {200, 409}
    assert done() == (["sent to bob@example.com"] if accepted == {APPROVE} else [])
    assert late.status_code == 409
    assert len(provider.requests) == 2
    assert len(await turns(database)) == 2
    ((_, _), (_, output)) = calls_sent(provider)
    assert ("refused" in output) == (accepted == {REFUSE})
    kinds = [row["type"] for row in await transcript(database) if row.get("call_id")]
    assert kinds == ["function_call", "function_call_output"]


@pytest.mark.proves("FEAT-approve-1", "OP-threads.add_user_message-2")
async def test_decisions_and_messages_that_race_leave_one_outcome(
    client: ChatKitClient,
    tabs: list[ChatKitClient],
    provider: FakeProvider,
    database: Database,
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say(gate("thinking"), "Well"))
    barrier = asyncio.Barrier(10)

    async def post(number: int) -> tuple[int, str]:
        await barrier.wait()
        browser = tabs[number % 2]
        if number < 5:
            response = await browser.post(ANSWER, **where, input=decision(APPROVE))
            return response.status_code, "decision"
        message = user_input(f"Message {number}")
        thread_id = where["thread_id"]
        response = await browser.post("threads.add_user_message", thread_id=thread_id, input=message)
        return response.status_code, "message"

    posts = [asyncio.create_task(post(number)) for number in range(10)]
    await provider.waiting_at("thinking")
    provider.release("thinking")
    answers = await asyncio.gather(*posts)

    accepted = {kind for status, kind in answers if status == 200}
    first = (await turns(database))[1]["kind"]
    assert ("decision" in accepted) == (first == ANSWER)
    assert done() == (["sent to bob@example.com"] if first == ANSWER else [])
    assert [row["status"] for row in await approvals(database)] == [
        "approved" if first == ANSWER else "refused"
    ]
    kinds = [row["type"] for row in await transcript(database) if row.get("call_id")]
    assert kinds == ["function_call", "function_call_output"]


@pytest.mark.proves("OP-stream-3")
async def test_the_same_decision_again_follows_the_turn(
    client: ChatKitClient,
    again_at: RunningServer,
    provider: FakeProvider,
    database: Database,
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Se", gate("half-way"), "nt"))
    async with client.stream(ANSWER, **where, input=decision(APPROVE)) as first:
        await first.until_text("Se")
        browser = client.as_seen_by(again_at)
        async with browser.stream(ANSWER, **where, input=decision(APPROVE)) as second:
            await second.until_text("Se")
            provider.release("half-way")
            await second.rest()
        await first.rest()

    # Who reads elsewhere may be told of the last words by the item alone.
    (told,), (told_elsewhere,) = (reader.done_items("assistant_message") for reader in (first, second))
    assert told_elsewhere == told
    assert told["content"][0]["text"] == first.text == "Sent"
    assert done() == ["sent to bob@example.com"]
    assert len(await turns(database)) == 2


async def test_another_process_goes_on_with_the_run(
    client: ChatKitClient, other_server: RunningServer, provider: FakeProvider
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Sent."))

    events = await decide(client.as_seen_by(other_server), where, APPROVE)

    assert events.text == "Sent."
    assert done() == ["sent to bob@example.com"]
