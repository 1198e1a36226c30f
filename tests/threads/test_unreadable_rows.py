"""Rows from a newer version, an import or a damaged database: each costs itself, never its page."""

import logging
from typing import Any

import pytest
import sqlalchemy as sa
from chatkit.types import (
    AssistantMessageItem,
    FileAttachment,
    SDKHiddenContextItem,
    TaskItem,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)

from app.db.tables import attachments
from app.threads.visible_text import text_in
from tests.threads.conftest import NOW, Desk

NESTED: dict[str, Any] = {"type": "Text", "value": "x"}
for _ in range(60):
    NESTED = {"type": "Box", "children": [NESTED]}

UNREADABLE = {
    "unknown type": ("poll", {"type": "poll", "question": "Tea?", "options": [{"label": "yes"}]}),
    "missing fields": ("workflow", {"type": "workflow", "id": "x"}),
    "wrong shape": ("task", ["not", "an", "object"]),
    "no object": ("widget", None),
    "widget without root": ("widget", {"type": "widget", "id": "x"}),
    "widget of text": ("widget", {"type": "widget", "widget": "text"}),
    "widget without type": ("widget", {"type": "widget", "widget": {"children": []}}),
    "widget with odd children": (
        "widget",
        {"type": "widget", "widget": {"type": "Card", "children": [1, "x"]}},
    ),
    "widget nested too deeply": ("widget", {"type": "widget", "widget": NESTED | {"type": "Card"}}),
}


async def listed(desk: Desk) -> list[Any]:
    page = await desk.store.load_visible_items(desk.thread_id, None, 100, "asc", desk.context)
    assert page.model_dump_json()
    return page.data


@pytest.mark.proves("STORE-8", "DB-24", "ITEM-any-2", "OP-items.list-3")
@pytest.mark.parametrize("name", UNREADABLE)
async def test_an_item_that_cannot_be_read_is_listed_between_its_neighbours(
    desk: Desk, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    item_type, payload = UNREADABLE[name]
    await desk.add("before")
    await desk.put_row("odd", item_type, payload)
    await desk.add("after")
    with caplog.at_level(logging.WARNING, "app.threads"):
        before, odd, after = await listed(desk)
    assert (before.id, odd.id, after.id) == ("before", "odd", "after")
    assert isinstance(odd, TaskItem)
    assert odd.task.title == f"Cannot be shown here: {item_type}"
    (report,) = caplog.records
    assert (report.item_id, report.item_type, report.thread_id) == ("odd", item_type, desk.thread_id)  # type: ignore[attr-defined]


@pytest.mark.proves("ITEM-any-2")
async def test_what_can_be_read_of_an_unknown_item_is_shown(desk: Desk) -> None:
    await desk.put_row("odd", *UNREADABLE["unknown type"])
    (odd,) = await listed(desk)
    assert odd.task.content == "Tea?\nyes"


@pytest.mark.proves("STORE-8", "ITEM-any-2")
async def test_a_message_with_parts_of_a_new_kind_stays_a_message_of_its_author(desk: Desk) -> None:
    content = [{"type": "input_text", "text": "look"}, {"type": "input_sketch", "title": "a house"}]
    await desk.put_row("asked", "user_message", {"type": "user_message", "content": content}, role="user")
    await desk.put_row("said", "assistant_message", {"type": "x", "content": "plain"}, role="assistant")
    asked, said = await listed(desk)
    assert isinstance(asked, UserMessageItem)
    assert isinstance(asked.content[0], UserMessageTextContent)
    assert asked.content[0].text == "look\na house"
    assert isinstance(said, AssistantMessageItem)
    assert said.content[0].text == "plain"
    assert said.created_at == NOW


@pytest.mark.proves("T22", "ITEM-hidden-1")
async def test_a_hidden_item_that_cannot_be_read_stays_hidden(desk: Desk) -> None:
    await desk.put_row("odd", "hidden_note", {"type": "hidden_note", "text": "psst"}, hidden=True)
    assert await listed(desk) == []
    odd = await desk.store.load_item(desk.thread_id, "odd", desk.context)
    assert isinstance(odd, SDKHiddenContextItem)
    assert odd.content == "psst"


@pytest.mark.proves("STORE-7")
async def test_a_widget_with_another_root_is_shown_inside_one_the_protocol_has(desk: Desk) -> None:
    root = {"type": "Table", "rows": [[1]], "children": [{"type": "Text", "value": "in it"}]}
    payload = {"id": "w", "type": "widget", "thread_id": "t", "created_at": NOW.isoformat(), "widget": root}
    await desk.put_row("w", "widget", payload)
    (item,) = await listed(desk)
    assert isinstance(item, WidgetItem)
    assert item.widget.model_dump(exclude_none=True) == {"type": "Basic", "children": [root]}


@pytest.mark.proves("STORE-8")
async def test_an_attachment_that_cannot_be_read_is_a_file(desk: Desk) -> None:
    saved = FileAttachment(id=desk.thread_id, name="a.x", mime_type="x/y", thread_id=desk.thread_id)
    await desk.store.save_attachment(saved, desk.context)
    await desk.rows(
        sa.update(attachments).where(attachments.c.id == saved.id).values(payload={"type": "video"})
    )
    assert await desk.store.load_attachment(saved.id, desk.context) == saved


@pytest.mark.proves("ITEM-any-2")
def test_only_what_a_person_reads_is_taken_from_json() -> None:
    value = {
        "type": "Card",
        "value": "seen",
        "size": "lg",
        "confirm": {"label": "Go", "action": {"type": "t", "title": "unseen"}},
        "onClickAction": {"label": "unseen"},
        "options": [{"label": "A", "value": "unseen"}],
    }
    assert text_in(value) == "seen\nGo\nA"
    assert text_in({"a": [1, None, " "]}) is None
