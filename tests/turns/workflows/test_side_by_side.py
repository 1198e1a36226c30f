"""Agents that a file runs at the same time: they work at once, and are read one after the other."""

import pytest

from app.db.engine import Database
from tests.provider.script import gate, http_error, say
from tests.provider.server import FakeProvider, ReceivedRequest, Script
from tests.provider.wire import USAGE
from tests.serving import ChatKitClient, user_input
from tests.turns.rows import transcript, turns
from tests.turns.workflows import exports
from tests.turns.workflows.test_conversations import on, order_of


def told(provider: FakeProvider, agent: object) -> Script:
    """Return what the model says as one of the agents."""

    def is_of(request: ReceivedRequest) -> bool:
        return bool(request.body.get("instructions") == getattr(agent, "instructions", None))

    return provider.route(is_of)


@on("side_by_side")
@pytest.mark.proves("AB-33", "AB-06")
async def test_the_second_works_while_the_first_speaks_and_is_read_behind_it(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    told(provider, exports.clerk).respond(say("One ", gate("one"), "done."))
    told(provider, exports.editor).respond(say("Two ", gate("two"), "done."))
    async with client.stream("threads.create", input=user_input("Both")) as events:
        await events.until_text("One ")
        await provider.waiting_at("two")
        provider.release("two")
        provider.release("one")
        await events.rest()

    first, second = (item["id"] for item in events.done_items("assistant_message"))
    assert events.text == "One done.Two done."
    assert order_of(events) == [("added", first), ("done", first), ("added", second), ("done", second)]
    rows = [row["content"] if row["role"] == "user" else row for row in await transcript(database)]
    assert ["One done." in str(row) for row in rows] == [False, True, False]
    [turn] = await turns(database)
    assert (turn["status"], turn["input_tokens"]) == ("done", 2 * USAGE[0])


@on("whoever_fails")
@pytest.mark.proves("AB-33", "AB-30")
@pytest.mark.parametrize(("text", "behind"), [("two", ""), ("one more", "Three.")])
async def test_what_is_said_beside_an_agent_that_fails_is_read(
    client: ChatKitClient, provider: FakeProvider, text: str, behind: str
) -> None:
    told(provider, exports.clerk).respond(http_error(400, "bad", "No."))
    told(provider, exports.editor).respond(say("Two."))
    provider.always(say("Three."))

    events = await client.say(text)

    assert events.text == f"Two.{behind}"
    assert events.seen[-1]["type"] != "error"


@on("side_by_side")
@pytest.mark.proves("AB-06")
async def test_of_a_turn_that_is_stopped_what_nobody_could_read_is_not_remembered(
    resuming: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    told(provider, exports.clerk).respond(say("One ", gate("one"), "done."))
    told(provider, exports.editor).respond(say("Two ", gate("two"), "done."))
    async with resuming.stream("threads.create", input=user_input("Both")) as events:
        await events.until_text("One ")
        await provider.waiting_at("two")
        await resuming.cancel(events.seen[0]["thread"]["id"])
        await events.rest()

    assert events.text == "One "
    assert len(events.done_items("assistant_message")) == 1
    rows = str(await transcript(database))
    assert ("One" in rows, "Two" in rows) == (True, False)
