"""The demo's widget, over HTTP: it streams, and its actions work."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.serving import ChatKitClient, serving, thread_id_of


@pytest.mark.unpublished("how an action is handled is known to the Python SDK's types alone")
async def test_the_demo_shows_a_widget_whose_actions_work(database_url: str, tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(database_url), data_dir=tmp_path, titles=False)
    async with serving(settings) as server:
        client: ChatKitClient = server.client()
        events = await client.say("/widget")
        thread_id = thread_id_of(events)
        (widget,) = events.done_items("widget")
        updates = [event["update"]["type"] for event in events.seen if event["type"] == "thread.item.updated"]
        where = {"thread_id": thread_id, "item_id": widget["id"]}
        liked = await client.call(
            "threads.sync_custom_action", action={"type": "demo.like", "payload": {"likes": 7}}, **where
        )
        order = {"type": "demo.order", "payload": {"size": "small"}}
        async with client.stream("threads.custom_action", action=order, **where) as ordered:
            await ordered.rest()

    assert updates.count("widget.streaming_text.value_delta") > 10
    assert "1 like it" in str(liked["updated_item"])
    assert "Ordered: small." in str(ordered.seen)
    assert "1 like it" in str(ordered.seen[1])
    assert 'a pizza of the size "small"' in ordered.text
