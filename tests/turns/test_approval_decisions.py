"""What counts as a decision about a tool call, and whose."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer
from tests.turns.agents_to_approve import JOURNAL
from tests.turns.approving import AGENTS, ANSWER, APPROVE, asked, decide, decision, done
from tests.turns.rows import turns


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(JOURNAL, str(tmp_path / "journal"))
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


@pytest.mark.proves("OP-threads.add_structured_input-4", "OP-any-5")
@pytest.mark.parametrize(
    "answer",
    [
        {"values": ["Yes"]},
        {"values": ["approve"]},
        {"values": ["Approve "]},
        {"values": ["Approve", "Refuse"]},
        {"values": ["Approve", "Approve"]},
        {"values": [""]},
        {"values": ["Refuse\u0000 me", "x" * 10_000]},
    ],
)
async def test_a_value_that_is_no_option_decides_nothing(
    client: ChatKitClient, provider: FakeProvider, database: Database, answer: dict[str, object]
) -> None:
    where, form = await asked(client, provider)

    refused = await client.post(
        ANSWER, **where, input={"status": "answered", "answers": {"approval_1": answer}}
    )

    assert refused.status_code == 400
    assert refused.json()["message"] == "Choose one of the options: Approve, Refuse."
    assert (await client.items(where["thread_id"]))[-1] == form
    assert len(await turns(database)) == 1
    provider.respond(say("Sent."))
    assert (await decide(client, where, APPROVE)).text == "Sent."


@pytest.mark.proves("FEAT-error-1", "OP-threads.add_structured_input-4")
async def test_the_options_are_those_of_the_form_whatever_the_language_of_who_decides(
    server: RunningServer, provider: FakeProvider
) -> None:
    german = server.client(**{"accept-language": "de"})
    where, form = await asked(german, provider)
    english = german.as_seen_by(server)
    provider.respond(say("Gesendet."))

    refused = await english.post(ANSWER, **where, input=decision(APPROVE))
    events = await decide(english, where, "Erlauben")

    assert form["inputs"][0]["question"].startswith("Erlauben Sie das: Send email?")
    assert [option["value"] for option in form["inputs"][0]["options"]] == ["Erlauben", "Ablehnen"]
    assert refused.status_code == 400
    assert (events.text, done()) == ("Gesendet.", ["sent to bob@example.com"])


async def test_a_value_for_another_question_decides_nothing_about_this_one(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Then not."))
    answers = {"approval_2": {"values": ["Approve"]}, "call_email": {"values": ["Approve"]}}

    async with client.stream(ANSWER, **where, input={"status": "answered", "answers": answers}) as events:
        await events.rest()

    assert done() == []


@pytest.mark.proves("OP-any-4")
async def test_nobody_else_decides(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider
) -> None:
    where, _ = await asked(client, provider)
    other, _ = await asked(client, provider)
    stranger = server.client()
    await stranger.post("threads.list")

    answers = [
        await stranger.post(ANSWER, **where, input=decision(APPROVE)),
        await client.post(ANSWER, **where | {"item_id": other["item_id"]}, input=decision(APPROVE)),
    ]

    assert [response.status_code for response in answers] == [404, 404]
    assert done() == []


async def test_a_thread_that_is_not_open_takes_no_decision(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    where, form = await asked(client, provider)
    async with database.autocommit() as connection:
        await connection.execute(text("update chatkit.threads set status = 'locked'"))

    refused = await client.post(ANSWER, **where, input=decision(APPROVE))

    assert (refused.status_code, done()) == (409, [])
    assert (await client.items(where["thread_id"]))[-1] == form
