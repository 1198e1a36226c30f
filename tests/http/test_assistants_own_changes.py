"""What tools and guardrails of the assistant do to a thread."""

from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, serving, thread_id_of

AGENTS = Path(__file__).parent / "agents_under_test.py"


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"agent": f"{AGENTS}:agent"})


@pytest.mark.proves("T10", "EV-3", "STORE-6", "T29")
async def test_a_tool_changes_the_thread_column_by_column(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("lock"))
    provider.respond(say("Done."))

    events = await client.say("Lock it")

    updates = [event["thread"] for event in events.seen if event["type"] == "thread.updated"]
    assert updates[-1]["allowed_image_domains"] == ["img.example"]
    # The title comes when it comes; whatever is sent says something new.
    assert all(before != after for before, after in pairwise(updates))
    assert not any(thread["metadata"] for thread in updates)
    async with database.autocommit() as connection:
        row = (
            await connection.execute(text("select metadata, allowed_image_domains from chatkit.threads"))
        ).one()
    assert row.metadata == {"case": 7}
    assert row.allowed_image_domains == ["img.example"]


@pytest.mark.proves("T22", "ITEM-hidden-1")
async def test_a_hidden_item_is_stored_and_never_leaves(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(call_tool("lock"))
    provider.respond(say("Done."))

    events = await client.say("Lock it")

    thread_id = thread_id_of(events)
    listed = [await client.items(thread_id), await client.call("threads.get_by_id", thread_id=thread_id)]
    assert "hidden-note" not in str([events.seen, listed])
    async with database.autocommit() as connection:
        hidden = await connection.execute(text("select payload from chatkit.thread_items where hidden"))
    assert [row.payload["content"] for row in hidden] == ["hidden-note"]


@pytest.mark.proves("T17")
async def test_an_input_guardrail_ends_in_a_sentence(settings: Settings, provider: FakeProvider) -> None:
    provider.respond(say("Hello"))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:guarded"})) as server:
        client = server.client()

        events = await client.say("something forbidden")

        assert events.seen[-1]["type"] == "error"
        assert "outside" in events.seen[-1]["message"]
        await client.say("Something else", thread_id_of(events))
    assert "forbidden" not in str(provider.requests[-1].body["input"])


@pytest.mark.proves("T17")
async def test_an_answer_that_an_output_guardrail_withholds_is_taken_back(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(say("A rude answer"))
    provider.respond(say("A kind answer"))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:guarded"})) as server:
        client = server.client()

        events = await client.say("Hello")

        thread_id = thread_id_of(events)
        assert "withheld" in events.seen[-1]["message"]
        assert "rude" not in str(await client.items(thread_id))
        await client.say("Again", thread_id)
    assert "rude" not in str(provider.requests[-1].body["input"])


@pytest.mark.proves("STORE-16")
async def test_a_widget_nested_too_deeply_is_refused_to_its_tool_and_the_answer_goes_on(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(call_tool("show_deep_widget"))
    provider.respond(say("That did not work."))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:showing"})) as server:
        events = await server.client().say("Show it")

    assert events.text == "That did not work."
    assert not events.done_items("widget")
