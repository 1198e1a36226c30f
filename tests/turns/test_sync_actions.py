"""Clicks in widgets that are answered at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, Event, RunningServer
from tests.turns import agents_with_widgets as shop
from tests.turns.clicking import ACTION, AGENT, SYNC, act, click, replaced, shown, title_of, told

pytestmark = pytest.mark.unpublished("how an action is handled is known to the Python SDK's types alone")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    shop.forget()
    return settings.model_copy(update={"agent": AGENT})


async def at_once(
    client: ChatKitClient, thread_id: str, item: Event, kind: str, payload: Any = None
) -> dict[str, Any]:
    action = click(kind, payload)
    answer = await client.call(SYNC, thread_id=thread_id, item_id=item["id"], action=action)
    return dict(answer)


async def widget_of(client: ChatKitClient, thread_id: str) -> Event:
    return next(item for item in await client.items(thread_id) if item["type"] == "widget")


@pytest.mark.proves("OP-threads.sync_custom_action-1", "T09")
async def test_the_changed_widget_is_stored_before_it_is_answered(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    answer = await at_once(client, thread_id, item, "count", {"by": 10})

    assert title_of(answer["updated_item"]) == "10"
    assert answer["updated_item"] == await widget_of(client, thread_id)
    assert answer["updated_item"]["created_at"] == item["created_at"]


@pytest.mark.proves("OP-threads.sync_custom_action-3", "OP-any-7", "OP-threads.custom_action-1")
@pytest.mark.parametrize(
    ("kind", "payload", "sentence"),
    [
        ("unknown", None, "This assistant has no action 'unknown'."),
        ("buy", None, "The action 'buy' is answered with a stream"),
        ("count", {"by": 1_000}, "The widget does not offer the action 'count' with this payload."),
        ("count", {}, "The widget does not offer the action 'count' with this payload."),
        ("count", None, "The widget does not offer the action 'count' with this payload."),
    ],
)
async def test_the_checks_of_streaming_actions_apply(
    client: ChatKitClient, provider: FakeProvider, kind: str, payload: Any, sentence: str
) -> None:
    thread_id, item = await shown(client, provider)
    action = click(kind, payload)
    refused = await client.post(SYNC, thread_id=thread_id, item_id=item["id"], action=action)

    assert refused.status_code == 400
    assert refused.json()["message"].startswith(sentence)
    assert await widget_of(client, thread_id) == item


@pytest.mark.proves("OP-threads.sync_custom_action-2")
async def test_of_many_clicks_on_two_servers_none_is_lost(
    client: ChatKitClient, tabs: list[ChatKitClient], provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    clicks = (at_once(tabs[number % 2], thread_id, item, "count", {"by": 1}) for number in range(12))
    await asyncio.gather(*clicks)

    assert title_of(await widget_of(client, thread_id)) == "12"


@pytest.mark.proves("OP-threads.sync_custom_action-2")
@pytest.mark.parametrize("meanwhile", ["turn", "click elsewhere"])
async def test_a_handler_is_called_again_where_the_widget_has_changed_meanwhile(
    client: ChatKitClient, other_server: RunningServer, provider: FakeProvider, meanwhile: str
) -> None:
    thread_id, item = await shown(client, provider)
    waiting = asyncio.create_task(at_once(client, thread_id, item, "wait"))
    await shop.reached("wait").wait()
    if meanwhile == "turn":
        await act(client, thread_id, item, "buy")
    else:
        await at_once(client.as_seen_by(other_server), thread_id, item, "count", {"by": 1})
    shop.opened("wait").set()
    answer = await waiting

    title = "Bought pizza" if meanwhile == "turn" else "1"
    assert [called for called in shop.CALLS if called.startswith("wait")] == ["wait Shop", f"wait {title}"]
    assert title_of(answer["updated_item"]) == f"{title}+"
    assert answer["updated_item"] == await widget_of(client, thread_id)


@pytest.mark.proves("OP-threads.custom_action-3", "OP-threads.sync_custom_action-3")
@pytest.mark.parametrize("elsewhere", [False, True])
async def test_what_runs_once_runs_once_at_once_too(
    client: ChatKitClient,
    server: RunningServer,
    other_server: RunningServer,
    provider: FakeProvider,
    elsewhere: bool,
) -> None:
    thread_id, item = await shown(client, provider)
    first = asyncio.create_task(at_once(client, thread_id, item, "once-at-once"))
    await shop.reached("once at once").wait()
    other = client.as_seen_by(other_server if elsewhere else server)
    second = asyncio.create_task(at_once(other, thread_id, item, "once-at-once"))
    if elsewhere:
        # What is there at the moment.
        assert title_of((await second)["updated_item"]) == "Shop"
    shop.opened("once at once").set()
    await asyncio.gather(first, second)

    assert title_of((await at_once(other, thread_id, item, "once-at-once"))["updated_item"]) == "Once at once"
    assert shop.CALLS == ["once at once"]


@pytest.mark.proves("OP-threads.custom_action-3")
async def test_of_eight_clicks_on_two_servers_one_is_carried_out(
    client: ChatKitClient, server: RunningServer, other_server: RunningServer, provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    shop.opened("once").set()
    barrier = asyncio.Barrier(8)

    async def post(number: int) -> tuple[int, str]:
        browser = client.as_seen_by(server if number % 2 else other_server)
        await barrier.wait()
        # No two are the same request: none is taken for a repetition of another.
        action = click("once", {"number": number})
        response = await browser.post(ACTION, thread_id=thread_id, item_id=item["id"], action=action)
        return response.status_code, response.text

    answers = await asyncio.gather(*(post(number) for number in range(8)))
    again = await client.post(ACTION, thread_id=thread_id, item_id=item["id"], action=click("once"))

    assert sorted(status for status, _ in answers) == [200] + [409] * 7
    assert (again.status_code, again.json()["message"]) == (409, "This has been done already.")
    assert shop.CALLS == ["once"]


@pytest.mark.proves("OP-threads.custom_action-3")
async def test_the_same_click_again_follows_the_one_that_is_being_carried_out(
    client: ChatKitClient, other_server: RunningServer, provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    first = asyncio.create_task(act(client, thread_id, item, "once"))
    await shop.reached("once").wait()
    elsewhere = client.as_seen_by(other_server)
    where = {"thread_id": thread_id, "item_id": item["id"], "action": click("once")}
    async with elsewhere.stream(ACTION, **where) as second:
        # Its head has come: it was taken for the same click.
        shop.opened("once").set()
        await second.rest()

    assert replaced(await first)[-1] == replaced(second)[-1]
    assert shop.CALLS == ["once"]


async def test_a_handler_that_fails_says_a_sentence_and_may_be_tried_again(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    thread_id, item = await shown(client, provider)
    where = {"thread_id": thread_id, "item_id": item["id"], "action": click("fail-at-once")}
    answers = [await client.post(SYNC, **where) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [500, 500]
    assert answers[1].json()["message"] == "This did not work. Please try again later."
    assert "secret-detail" not in answers[0].text
    async with database.autocommit() as connection:
        assert await connection.scalar(text("select count(*) from chatkit.consumed_actions")) == 0


@pytest.mark.proves("ITEM-hidden-1", "ITEM-hidden-2")
async def test_what_a_handler_notes_reaches_the_model_and_nobody_else(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    thread_id, item = await shown(client, provider)
    before = await client.items(thread_id)
    assert await at_once(client, thread_id, item, "note") == {}
    assert await client.items(thread_id) == before
    provider.respond(say("Yes"))
    await client.say("Noted?", thread_id)

    (block,) = [words for words in told(provider) if "has noted" in words]
    assert 'The user has noted "it&lt;/HiddenContext>".\n</HiddenContext>' in block
