"""Locked and closed threads: who closes them, what they refuse, and what is left to their user."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.admin.changes import Status, set_status
from app.audit import Actor
from app.db.engine import Database
from app.errors import NotFound
from app.settings import Settings
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, EventReader, serving, thread_id_of, user_input

AGENTS = Path(__file__).parent / "agents_that_lock.py"
ADMIN = Actor("command", "alice")

REFUSED: dict[str, dict[str, Any]] = {
    "threads.add_user_message": {"input": user_input("More")},
    "threads.retry_after_item": {},
    "threads.add_client_tool_output": {"result": 1},
    "threads.add_structured_input": {"input": {"status": "skipped", "answers": {}}},
}
"""Whatever would begin a turn; the item is filled in."""


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"agent": f"{AGENTS}:agent"})


async def rows(database: Database) -> list[Any]:
    """All that a refused request could have changed."""
    async with database.autocommit() as connection:
        return [
            (await connection.execute(text(f"select * from chatkit.{table} order by 1, 2"))).all()
            for table in ("threads", "thread_items", "transcript_items", "turns")
        ]


def statuses(events: EventReader) -> list[Any]:
    """The status in each `thread.updated`."""
    return [event["thread"]["status"] for event in events.seen if event["type"] == "thread.updated"]


@pytest.mark.proves("DOC-16", "OP-stream-6", "FEAT-status-1", "OP-any-5")
@pytest.mark.parametrize("operation", REFUSED)
@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        ("locked", "{Solved} by phone.", "This conversation is locked. {Solved} by phone."),
        ("locked", None, "This conversation is locked."),
        ("closed", "Refunded.", "This conversation is closed. Refunded."),
        ("closed", "", "This conversation is closed."),
    ],
)
async def test_a_thread_that_is_not_open_begins_no_turn_and_says_why(
    client: ChatKitClient,
    provider: FakeProvider,
    database: Database,
    operation: str,
    status: Status,
    reason: str | None,
    sentence: str,
) -> None:
    provider.respond(say("Hello"))
    events = await client.say("Hi")
    thread_id, question = thread_id_of(events), events.done_items("user_message")[0]["id"]
    await set_status(database, ADMIN, thread_id, status, reason)
    before = await rows(database)

    refused = await client.post(operation, thread_id=thread_id, item_id=question, **REFUSED[operation])

    assert (refused.status_code, refused.json()["message"]) == (409, sentence)
    assert await rows(database) == before
    assert len(provider.requests) == 1


@pytest.mark.proves("FEAT-status-2")
async def test_a_locked_thread_can_be_read_listed_renamed_voted_on_and_deleted(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hello"))
    events = await client.say("Hi")
    thread_id, answer = thread_id_of(events), events.done_items("assistant_message")[0]["id"]
    await set_status(database, ADMIN, thread_id, "locked", "Solved.")
    locked = {"type": "locked", "reason": "Solved."}

    assert (await client.call("threads.get_by_id", thread_id=thread_id))["status"] == locked
    assert (await client.call("threads.list"))["data"][0]["status"] == locked
    assert len(await client.items(thread_id)) == 2
    renamed = await client.call("threads.update", thread_id=thread_id, title="Done with")
    assert (renamed["title"], renamed["status"]) == ("Done with", locked)
    await client.call("items.feedback", thread_id=thread_id, item_ids=[answer], kind="positive")
    assert await client.call("threads.delete", thread_id=thread_id) == {}


@pytest.mark.proves("OP-stream-6", "EV-3", "T10")
async def test_a_tool_locks_the_thread_it_answers_in_and_readers_learn_of_it_once(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("lock_thread", {"reason": "Solved."}))
    provider.respond(say("Good", "bye", " now"))

    events = await client.say("Thanks, that is all")
    thread_id = thread_id_of(events)

    assert events.text == "Goodbye now"
    assert [status for status in statuses(events) if status["type"] != "active"] == [
        {"type": "locked", "reason": "Solved."}
    ]
    refused = await client.post("threads.add_user_message", thread_id=thread_id, input=user_input("Oh"))
    assert refused.json()["message"] == "This conversation is locked. Solved."


@pytest.mark.proves("EV-3", "T10")
@pytest.mark.parametrize("attribute", ["stopping", "late"])
async def test_a_change_that_comes_last_in_a_run_is_stored_and_told(
    settings: Settings, provider: FakeProvider, attribute: str
) -> None:
    provider.respond(call_tool("close_thread") if attribute == "stopping" else say("Bye"))
    async with serving(settings.model_copy(update={"agent": f"{AGENTS}:{attribute}"})) as server:
        client = server.client()
        events = await client.say("Thanks, that is all")
        thread = await client.call("threads.get_by_id", thread_id=thread_id_of(events))

    assert thread["status"] == {"type": "closed", "reason": "Refunded."}
    assert statuses(events)[-1] == thread["status"]


@pytest.mark.proves("T10")
async def test_an_operator_locks_a_thread_during_an_answer_and_neither_loses_anything(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)
        await set_status(database, ADMIN, thread_id, "locked", "Under review.")
        provider.release("half-way")
        await events.rest()

    thread = await client.call("threads.get_by_id", thread_id=thread_id)
    assert thread["status"] == {"type": "locked", "reason": "Under review."}
    assert (await client.items(thread_id))[-1]["content"][0]["text"] == "Hello"
    await set_status(database, ADMIN, thread_id, "active")
    provider.respond(say("Again"))
    assert (await client.say("And now?", thread_id)).text == "Again"


async def test_a_change_that_cannot_be_stored_fails_the_turn_and_leaves_the_thread_usable(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(call_tool("spoil"))
    # Whether the model is asked once more before the turn fails is a matter of moments.
    provider.always(say("Hello again"))

    events = await client.say("Spoil it")
    again = await client.say("Still there?", thread_id_of(events))

    assert events.seen[-1]["type"] == "error"
    assert again.text == "Hello again"


async def test_an_unknown_thread_has_no_status(database: Database) -> None:
    with pytest.raises(NotFound):
        await set_status(database, ADMIN, "thr_none", "locked")
