"""Titles come beside the answer, and votes are kept."""

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"titles": True})


@pytest.mark.proves("FEAT-title-1")
async def test_a_title_never_delays_the_end_of_the_answer(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.titles.respond(say(gate("naming"), "A late title"))
    provider.respond(say("Hello"))

    events = await client.say("Hi")

    thread_id = thread_id_of(events)
    assert "title" not in await client.call("threads.get_by_id", thread_id=thread_id)
    provider.release("naming")
    await server.nothing_beside()
    assert (await client.call("threads.get_by_id", thread_id=thread_id))["title"] == "A late title"


@pytest.mark.proves("FEAT-title-1")
async def test_a_title_that_is_ready_in_time_is_streamed(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.titles.respond(say("A title"))
    provider.respond(say("Hel", gate("half-way"), "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        updated = await events.until("thread.updated")
        provider.release("half-way")
        await events.rest()

    assert updated["thread"]["title"] == "A title"


@pytest.mark.proves("FEAT-title-1", "REL-34")
async def test_a_rename_wins_over_a_title_that_comes_later(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.titles.respond(say(gate("naming"), "A late title"))
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))

    await client.call("threads.update", thread_id=thread_id, title="Mine")
    provider.release("naming")
    await server.nothing_beside()

    assert (await client.call("threads.get_by_id", thread_id=thread_id))["title"] == "Mine"


@pytest.mark.proves("OP-items.feedback-1", "OP-items.feedback-2", "REL-35", "FEAT-feedback-1")
async def test_the_last_vote_on_an_item_counts(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hello"))
    events = await client.say("Hi")
    vote = {"thread_id": thread_id_of(events), "item_ids": [events.done_items("assistant_message")[0]["id"]]}

    for kind in ("positive", "positive", "negative"):
        assert await client.call("items.feedback", **vote, kind=kind) == {}

    async with database.autocommit() as connection:
        votes = await connection.execute(text("select item_id, kind from chatkit.feedback"))
    assert [tuple(row) for row in votes] == [(vote["item_ids"][0], "negative")]


@pytest.mark.proves("OP-items.feedback-3", "T21")
async def test_too_many_votes_at_once_are_refused(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))

    response = await client.post(
        "items.feedback", thread_id=thread_id, item_ids=["msg"] * 101, kind="positive"
    )

    assert response.status_code == 400
