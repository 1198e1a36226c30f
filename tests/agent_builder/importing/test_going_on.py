"""An imported conversation goes on: whatever it ended with, and the model remembers it."""

import json
from typing import Any

import pytest

from app.settings import Settings
from tests.agent_builder.importing.conftest import Moving, browser_of
from tests.hosted_api import Project
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer
from tests.turns import agents_with_widgets as shop

pytestmark = pytest.mark.unpublished("how an action is handled is known to the Python SDK's types alone")

BOUGHT = {"sku": "pizza", "price": {"eur": 9}}
CARD = {
    "type": "Card",
    "children": [
        {"type": "Title", "value": "Pizza"},
        {"type": "Button", "label": "Order", "onClickAction": {"type": "order_it", "payload": {"id": 7}}},
        {"type": "Button", "label": "Buy", "onClickAction": {"type": "buy", "payload": BOUGHT}},
        {
            "type": "Button",
            "label": "Check",
            "onClickAction": {"type": "check_it", "streaming": False},
        },
    ],
}

LAST: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "nothing": [],
    "question": [("user_message", {"content": [{"type": "input_text", "text": "Anyone?"}]})],
    "answer": [
        ("assistant_message", {"content": [{"type": "output_text", "text": "Here.", "annotations": []}]})
    ],
    "widget": [("widget", {"widget": json.dumps(CARD)})],
    "waiting": [
        (
            "client_tool_call",
            {"call_id": "call_1", "name": "open", "arguments": "{}", "status": "in_progress"},
        )
    ],
    "answered": [
        (
            "client_tool_call",
            {"call_id": "call_1", "name": "open", "arguments": "{}", "status": "completed", "output": '"ok"'},
        )
    ],
    "thought": [("task", {"task_type": "thought", "heading": None, "summary": None})],
    "task": [("task", {"task_type": "custom", "heading": "Looked", "summary": None})],
    "workflow": [("task_group", {"tasks": [{"type": "thought", "heading": None, "summary": None}]})],
    "workflow-then-answer": [
        ("task_group", {"tasks": [{"type": "custom", "heading": "a", "summary": None}]}),
        ("assistant_message", {"content": [{"type": "output_text", "text": "Done.", "annotations": []}]}),
    ],
    "unknown": [("hologram", {"projection": 3})],
}


def library() -> Project:
    project = Project()
    for name, items in LAST.items():
        thread_id = project.add_thread(f"cthr_{name}", user="guest_ann")
        project.add_exchange(thread_id, "My cat is called Mia.", "A fine name.")
        for kind, fields in items:
            project.add_item(thread_id, kind, **fields)
    return project


@pytest.mark.proves("AB-55", "AB-56", "AB-58")
async def test_the_first_new_message_works_whatever_came_last(
    moving: Moving, server: RunningServer, provider: FakeProvider
) -> None:
    await moving.take_in(library())
    client = browser_of(server, "guest_ann")

    for name in LAST:
        provider.respond(say("Mia, of course."))
        events = await client.say("What is she called?", f"cthr_{name}")
        assert events.text == "Mia, of course.", name
        sent = json.dumps(provider.requests[-1].body["input"])
        assert "My cat is called Mia." in sent, name
        assert "A fine name." in sent, name
        items = await client.items(f"cthr_{name}", limit=100)
        assert [item["type"] for item in items][-2:] == ["user_message", "assistant_message"]


@pytest.mark.proves("AB-58")
async def test_the_model_remembers_calls_as_they_were_and_no_result_is_made_up(
    moving: Moving, server: RunningServer, provider: FakeProvider
) -> None:
    await moving.take_in(library())
    client = browser_of(server, "guest_ann")
    outputs = {}
    for name in ("waiting", "answered"):
        provider.respond(say("Fine."))
        await client.say("Go on", f"cthr_{name}")
        sent = provider.requests[-1].body["input"]
        outputs[name] = [item["output"] for item in sent if item.get("type") == "function_call_output"]
    assert outputs == {
        "waiting": ["This call was interrupted. Whether it had an effect is unknown."],
        "answered": ["ok"],
    }


@pytest.mark.proves("AB-58")
async def test_an_imported_answer_can_be_asked_for_again(
    moving: Moving, server: RunningServer, provider: FakeProvider
) -> None:
    project = Project()
    thread_id = project.add_thread("cthr_again", user="guest_ann")
    project.add_exchange(thread_id, "First?", "One.")
    question = project.add_user_message(thread_id, "Second?")
    project.add_item(thread_id, "assistant_message", content=[{"type": "output_text", "text": "Wrong."}])
    await moving.take_in(project)
    client = browser_of(server, "guest_ann")
    provider.respond(say("Two."))

    async with client.stream("threads.retry_after_item", thread_id=thread_id, item_id=question) as events:
        await events.rest()

    sent = json.dumps(provider.requests[-1].body["input"])
    assert sent.count("Second?") == sent.count("First?") == sent.count("One.") == 1
    assert "Wrong." not in sent
    assert len(await client.items(thread_id)) == 4


@pytest.mark.proves("AB-59")
async def test_a_closed_thread_stays_closed(moving: Moving, server: RunningServer) -> None:
    project = Project()
    project.add_thread(
        "cthr_shut", user="guest_ann", status={"type": "closed", "reason": "The desk has moved."}
    )
    await moving.take_in(project)

    content = {
        "content": [{"type": "input_text", "text": "Hello?"}],
        "attachments": [],
        "inference_options": {},
    }
    refused = await browser_of(server, "guest_ann").post(
        "threads.add_user_message", thread_id="cthr_shut", input=content
    )

    assert refused.status_code == 409
    assert "The desk has moved." in refused.text


class TestClicks:
    """In widgets that were imported."""

    @pytest.fixture(params=["no actions", "others"])
    def settings(self, settings: Settings, request: pytest.FixtureRequest) -> Settings:
        shop.forget()
        agent = None if request.param == "no actions" else "tests.turns.agents_with_widgets:assistant"
        return settings.model_copy(update={"agent": agent})

    @pytest.mark.proves("AB-57")
    async def test_a_click_without_a_handler_is_answered_with_a_notice(
        self, moving: Moving, server: RunningServer
    ) -> None:
        await moving.take_in(library())
        client = browser_of(server, "guest_ann", **{"accept-language": "de"})
        item = (await client.items("cthr_widget"))[-1]
        action = {"type": "order_it", "payload": {"id": 7}}

        async with client.stream(
            "threads.custom_action", thread_id="cthr_widget", item_id=item["id"], action=action
        ) as events:
            await events.rest()
        at_once = await client.post(
            "threads.sync_custom_action",
            thread_id="cthr_widget",
            item_id=item["id"],
            action={"type": "check_it"},
        )

        (notice,) = [event for event in events.seen if event["type"] == "notice"]
        assert notice["message"].startswith("Dies stammt aus einem früheren System")
        assert at_once.status_code == 409
        assert "früheren System" in at_once.text
        assert (await client.items("cthr_widget"))[-1] == item

    @pytest.mark.proves("AB-57")
    async def test_a_stranger_learns_nothing_of_a_widget(self, moving: Moving, server: RunningServer) -> None:
        await moving.take_in(library())
        (row,) = await moving.rows("select id from chatkit.thread_items where type = 'widget'")
        refused = await browser_of(server, "guest_eve").post(
            "threads.custom_action", thread_id="cthr_widget", item_id=row["id"], action={"type": "order_it"}
        )
        assert refused.status_code == 400
        assert "earlier" not in refused.text

    @pytest.mark.proves("AB-57")
    @pytest.mark.parametrize("settings", ["others"], indirect=True)
    async def test_a_handler_for_the_action_comes_first(self, moving: Moving, server: RunningServer) -> None:
        await moving.take_in(library())
        client = browser_of(server, "guest_ann")
        item = (await client.items("cthr_widget"))[-1]

        async with client.stream(
            "threads.custom_action",
            thread_id="cthr_widget",
            item_id=item["id"],
            action={"type": "buy", "payload": BOUGHT},
        ) as events:
            await events.rest()

        assert [event["type"] for event in events.seen] == ["stream_options", "thread.item.replaced"]
