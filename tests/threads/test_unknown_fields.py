"""Fields of items that this version does not know: given back as they were stored."""

import json
from typing import Any

import pytest
from chatkit.types import AssistantMessageItem, Page, Thread, ThreadItem

from app.threads.unknown_fields import complete_json
from tests.threads.conftest import NOW, Desk

SOURCE = {"type": "url", "url": "https://example.org/", "title": "t", "rank": 2}
ITEMS: dict[str, dict[str, Any]] = {
    "end_of_turn": {"new": {"x": [1, None, {"y": "z"}]}},
    "assistant_message": {
        "mood": "glad",
        "content": [
            {
                "type": "output_text",
                "text": "hi",
                "annotations": [{"type": "annotation", "source": SOURCE, "index": 1, "sure": True}],
                "tone": None,
            }
        ],
    },
    "widget": {"new": 1, "widget": {"type": "Card", "children": [{"type": "Text", "value": "v", "new": 2}]}},
    "task": {"task": {"type": "custom", "title": "t", "status_indicator": "none", "effort": 3}},
}


async def stored(desk: Desk, item_type: str, **columns: Any) -> dict[str, Any]:
    payload = {
        "id": "odd",
        "thread_id": desk.thread_id,
        "created_at": NOW.isoformat().replace("+00:00", "Z"),
        "type": item_type,
        **ITEMS[item_type],
    }
    await desk.put_row("odd", item_type, payload, **columns)
    return payload


def sent(answer: Any) -> Any:
    return json.loads(complete_json(answer, by_alias=True, exclude_none=True))


@pytest.mark.proves("ITEM-any-2")
@pytest.mark.parametrize("item_type", ITEMS)
async def test_they_are_listed_with_the_item(desk: Desk, item_type: str) -> None:
    payload = await stored(desk, item_type)
    page = await desk.store.load_visible_items(desk.thread_id, None, 10, "asc", desk.context)
    assert sent(page)["data"] == [payload]
    thread = Thread(id=desk.thread_id, created_at=NOW, items=page)
    assert sent(thread)["items"]["data"] == [payload]


@pytest.mark.proves("ITEM-any-2")
@pytest.mark.parametrize("item_type", ITEMS)
async def test_they_stay_with_an_item_that_is_changed(desk: Desk, item_type: str) -> None:
    payload = await stored(desk, item_type)
    item = await desk.store.load_item(desk.thread_id, "odd", desk.context)
    await desk.store.save_item(desk.thread_id, item, desk.context)
    assert sent(await desk.store.load_item(desk.thread_id, "odd", desk.context)) == payload


async def test_characters_that_cannot_be_stored_do_not_take_them_along(desk: Desk) -> None:
    await stored(desk, "assistant_message")
    item = await desk.store.load_item(desk.thread_id, "odd", desk.context)
    assert isinstance(item, AssistantMessageItem)
    item.content[0].text = "a\x00b \ud83d"
    await desk.store.save_item(desk.thread_id, item, desk.context)
    loaded = sent(await desk.store.load_item(desk.thread_id, "odd", desk.context))
    assert (loaded["mood"], loaded["content"][0]["text"]) == ("glad", "ab ?")
    assert loaded["content"][0]["annotations"][0]["source"] == SOURCE


@pytest.mark.proves("T22")
async def test_they_do_not_show_a_hidden_item(desk: Desk) -> None:
    await stored(desk, "end_of_turn", hidden=True)
    page = await desk.store.load_visible_items(desk.thread_id, None, 10, "asc", desk.context)
    assert sent(page)["data"] == []


async def test_an_answer_without_any_is_what_the_sdk_makes_of_it(desk: Desk) -> None:
    await desk.add("a", "b")
    page: Page[ThreadItem] = await desk.store.load_visible_items(
        desk.thread_id, None, 10, "asc", desk.context
    )
    assert complete_json(page, by_alias=True) == page.model_dump_json(by_alias=True)
