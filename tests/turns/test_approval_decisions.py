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
from tests.turns.approving import AGENTS, ANSWER, APPROVE, asked, calls_sent, decide, decision, done
from tests.turns.rows import turns


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv(JOURNAL, str(tmp_path / "journal"))
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


@pytest.mark.proves("OP-threads.add_structured_input-4", "OP-any-5")
@pytest.mark.parametrize(
    "values", [["Approve", "Refuse"], ["Approve", "Approve"], ["Yes", "No"], [""], [" "]]
)
async def test_several_values_or_an_empty_one_decide_nothing(
    client: ChatKitClient, provider: FakeProvider, database: Database, values: list[str]
) -> None:
    where, form = await asked(client, provider)

    answers = {"approval_1": {"values": values}}
    refused = await client.post(ANSWER, **where, input={"status": "answered", "answers": answers})

    assert refused.status_code == 400
    assert refused.json()["message"] == "Choose one of the options: Approve, Refuse."
    assert (await client.items(where["thread_id"]))[-1] == form
    assert len(await turns(database)) == 1
    provider.respond(say("Sent."))
    assert (await decide(client, where, APPROVE)).text == "Sent."


@pytest.mark.parametrize("typed", ["approve", " Approve "])
async def test_an_option_may_be_typed(client: ChatKitClient, provider: FakeProvider, typed: str) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("Sent."))

    events = await decide(client, where, typed)

    assert (events.text, done()) == ("Sent.", ["sent to bob@example.com"])


@pytest.mark.proves("OP-any-5")
@pytest.mark.parametrize("words", ["No, write to Ann", "Approve it not", "Approve\u200b", "x" * 10_000])
async def test_other_words_refuse_the_call_and_are_told_to_the_model(
    client: ChatKitClient, provider: FakeProvider, words: str
) -> None:
    where, _ = await asked(client, provider)
    provider.respond(say("To Ann, then?"))

    events = await decide(client, where, words)

    told = f"Not done: the user has not approved this call, and said instead: {words}"
    assert (events.text, done()) == ("To Ann, then?", [])
    assert calls_sent(provider) == [("call", "send_email"), ("output", told)]
    assert (await client.items(where["thread_id"]))[-2]["inputs"][0]["answer"]["values"] == [words]
    provider.respond(say("Nothing more."))
    await client.say("Anything else?", where["thread_id"])
    assert calls_sent(provider) == [("call", "send_email"), ("output", told)]


@pytest.mark.proves("FEAT-error-1", "OP-threads.add_structured_input-4")
async def test_the_options_are_those_of_the_form_whatever_the_language_of_who_decides(
    server: RunningServer, provider: FakeProvider
) -> None:
    german = server.client(**{"accept-language": "de"})
    where, form = await asked(german, provider)
    english = german.as_seen_by(server)
    provider.respond(say("Gesendet."))

    events = await decide(english, where, "Erlauben")

    assert form["inputs"][0]["question"].startswith("Erlauben Sie das: Send email?")
    assert [option["value"] for option in form["inputs"][0]["options"]] == ["Erlauben", "Ablehnen"]
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
