"""Clicks as turns: one at a time, stopped, repeated, failed, and closed when their process is gone."""

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from app.turns.recovery import Recovery
from tests.provider.script import call_tool, fail, gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input
from tests.turns import agents_with_widgets as shop
from tests.turns.clicking import ACTION, AGENT, SYNC, act, click, replaced, shown, tables, title_of, told
from tests.turns.rows import turns, written

pytestmark = pytest.mark.unpublished("how an action is handled is known to the Python SDK's types alone")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    shop.forget()
    return settings.model_copy(update={"agent": AGENT})


@pytest.mark.proves("OP-threads.custom_action-4", "WIRE-41")
async def test_while_an_answer_runs_an_action_that_streams_is_refused_and_one_that_does_not_works(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id, item = await shown(client, provider)
    provider.respond(say(gate("answering"), "Done"))
    async with client.stream(
        "threads.add_user_message", thread_id=thread_id, input=user_input("Go")
    ) as running:
        await provider.waiting_at("answering")
        refused = await client.post(ACTION, thread_id=thread_id, item_id=item["id"], action=click("buy"))
        action = click("count", {"by": 1})
        at_once = await client.call(SYNC, thread_id=thread_id, item_id=item["id"], action=action)
        provider.release("answering")
        await running.rest()

    assert refused.status_code == 409
    assert refused.json()["message"].startswith("An answer is still being written")
    assert title_of(at_once["updated_item"]) == "1"
    assert at_once["updated_item"] in await client.items(thread_id)
    assert [row["kind"] for row in await turns(database)] == ["threads.create", "threads.add_user_message"]


async def test_a_handler_shows_what_a_tool_could(client: ChatKitClient, provider: FakeProvider) -> None:
    thread_id, item = await shown(client, provider)
    showing = await act(client, thread_id, item, "show")
    yielding = await act(client, thread_id, item, "yield")
    asking = await act(client, thread_id, item, "ask")
    provider.respond(say("Hello"))
    form = asking.done_items("structured_input")[0]
    answers = {"status": "answered", "answers": {"name": {"values": ["Ada"], "skipped": False}}}
    async with client.stream(
        "threads.add_structured_input", thread_id=thread_id, item_id=form["id"], input=answers
    ) as going_on:
        await going_on.rest()

    assert [event["type"] for event in showing.seen][1:] == [
        "progress_update",
        "thread.item.done",
    ]
    assert [event["message"] for event in yielding.seen[1:]] == ["One", "Two"]
    assert going_on.text == "Hello"


async def test_an_action_closes_what_the_thread_waits_for(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    form = (await act(client, thread_id, item, "ask")).done_items("structured_input")[0]
    events = await act(client, thread_id, item, "buy")

    closed, changed = replaced(events)
    assert (closed["id"], closed["status"]) == (form["id"], "skipped")
    assert title_of(changed) == "Bought pizza"
    assert closed in await client.items(thread_id)


@pytest.mark.proves("FEAT-action-1", "REL-03")
async def test_an_action_whose_process_is_gone_is_closed_and_what_it_did_is_remembered(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider, database: Database
) -> None:
    thread_id, item = await shown(client, provider)
    provider.respond(say("Com", gate("half-way"), "ing"))
    where = {"thread_id": thread_id, "item_id": item["id"], "action": click("order", {"size": "L"})}
    async with client.stream(ACTION, **where) as events:
        await events.until_text("Com")
        await written(database, '"delta":"Com"')
        assert await Recovery(database, "another worker").close_abandoned(all_others=True) == 1
    provider.release("half-way")
    await server.turns_ended()
    provider.respond(say("A large one"))
    await client.say("What did I order?", thread_id)

    assert [row["status"] for row in await turns(database)] == ["done", "interrupted", "done"]
    sent = told(provider)
    assert sum('The user has ordered size "L".' in words for words in sent) == 1
    assert sum(words.startswith("Com\n\n[A restart of the server") for words in sent) == 1


@pytest.mark.proves("FEAT-action-1", "T02")
async def test_a_handler_that_hangs_is_ended_by_a_stop_and_the_thread_goes_on(
    client: ChatKitClient, resuming: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id, item = await shown(client, provider)
    resuming.http.cookies = client.http.cookies
    async with resuming.stream(
        ACTION, thread_id=thread_id, item_id=item["id"], action=click("hang")
    ) as running:
        await shop.reached("hang").wait()
        assert (await resuming.cancel(thread_id)).json() == {"cancelled": True}
        await running.rest()
    provider.respond(say("Yes"))
    await client.say("Still there?", thread_id)

    assert shop.CALLS == ["hang was ended"]
    assert [row["status"] for row in await turns(database)] == ["done", "cancelled", "done"]
    assert sum('"hang"' in words for words in told(provider)) == 1
    assert "[The user stopped this before there was an answer.]" in told(provider)


@pytest.mark.proves("FEAT-action-1")
async def test_a_handler_that_fails_says_a_sentence_and_may_be_tried_again(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id, item = await shown(client, provider)
    failed = await act(client, thread_id, item, "fail")
    again = await act(client, thread_id, item, "fail")
    refusing = await act(client, thread_id, item, "refuse")

    (error,) = [event for event in failed.seen if event["type"] == "error"]
    assert error["message"] == "This did not work. Please try again later."
    assert error["allow_retry"] is False
    assert "secret-detail" not in str(failed.seen)
    assert again.seen[-1] == error
    assert shop.CALLS == ["fail", "fail"]
    assert refusing.seen[-1]["message"] == "Sold out."
    assert [row["error"] for row in await turns(database)][1] == "action_failed"


@pytest.mark.proves("OP-stream-6")
@pytest.mark.parametrize("operation", [ACTION, SYNC])
async def test_a_locked_thread_takes_no_actions(
    client: ChatKitClient, provider: FakeProvider, database: Database, operation: str
) -> None:
    thread_id, item = await shown(client, provider)
    async with database.transaction() as connection:
        await connection.execute(
            text("update chatkit.threads set status = 'locked', status_reason = 'Paid.'")
        )
    before = await tables(database)
    action = click("buy") if operation == ACTION else click("count", {"by": 1})
    refused = await client.post(operation, thread_id=thread_id, item_id=item["id"], action=action)

    assert (refused.status_code, refused.json()["message"]) == (409, "This conversation is locked. Paid.")
    assert await tables(database) == before


@pytest.mark.proves("OP-stream-3")
async def test_the_same_action_again_after_a_response_that_broke_off_gives_the_changed_widget(
    client: ChatKitClient, server: RunningServer, provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    provider.respond(say(gate("answering"), "Coming"))
    where = {"thread_id": thread_id, "item_id": item["id"], "action": click("order", {"size": "L"})}
    broken = server.client(**{"chatkit-disconnect": "detach"})
    broken.http.cookies = client.http.cookies
    async with broken.stream(ACTION, **where) as running:
        await running.until("thread.item.replaced")
    provider.release("answering")
    await server.turns_ended()

    async with client.stream(ACTION, **where) as again:
        await again.rest()

    assert [title_of(changed) for changed in replaced(again)] == ["Ordered"]
    assert [done["content"][0]["text"] for done in again.done_items("assistant_message")] == ["Coming"]
    assert len(shop.CALLS) == 1


async def test_an_agent_that_fails_to_answer_an_action_says_so(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    provider.respond(fail())
    events = await act(client, thread_id, item, "order", {"size": "L"})

    assert events.seen[-1]["type"] == "error"
    assert [title_of(changed) for changed in replaced(events)] == ["Ordered"]


@pytest.mark.proves("UPD-4")
async def test_a_component_that_was_exchanged_is_what_a_reload_and_a_stop_find(
    client: ChatKitClient, resuming: ChatKitClient, provider: FakeProvider
) -> None:
    resuming.http.cookies = client.http.cookies
    provider.respond(call_tool("show_and_swap"))
    async with resuming.stream("threads.create", input=user_input("Swap")) as running:
        while "widget.component.updated" not in str(running.seen):
            await running.until("thread.item.updated")
        thread_id = thread_id_of(running)
        (during,) = [item for item in await resuming.items(thread_id) if item["type"] == "widget"]
        await resuming.cancel(thread_id)
        await running.rest()

    (after,) = [item for item in await resuming.items(thread_id) if item["type"] == "widget"]
    assert title_of(during) == title_of(after) == "After"
