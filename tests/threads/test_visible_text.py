"""The text column: what a person reads of each item, for search and for admins."""

import pytest
import sqlalchemy as sa

from app.db.tables import thread_items
from app.threads.visible_text import MAX_TEXT, visible_text
from tests.conformance.store.samples import item_of_each_type
from tests.threads.conftest import Desk, message

READ = {
    "user": "quoted\nHi @Ann\na.pdf\na.png",
    "assistant": "Yes",
    "tool": None,
    "widget": "copy\nHello\n*one*\nGo\nYes",
    "image": None,
    "input": "Colour?\nred\nName?\nAnn",
    "workflow": "Done\nLook\n…\nFind\na\nb\nThere\nHm\ntherefore\nFile\nDraw",
    "reasoning": "Hm\ntherefore",
    "task": "Look\n…",
    "hidden": None,
    "hidden null": None,
    "sdk hidden": "note",
    "end": None,
}


@pytest.mark.parametrize("item", item_of_each_type(), ids=lambda item: item.id)
def test_the_text_of_each_type_is_what_a_person_reads(item) -> None:
    assert visible_text(item) == READ[item.id]


async def test_type_role_text_and_visibility_stand_in_columns(desk: Desk) -> None:
    for item in item_of_each_type():
        await desk.store.add_thread_item(desk.thread_id, item, desk.context)
    columns = (
        thread_items.c.id,
        thread_items.c.type,
        thread_items.c.role,
        thread_items.c.text,
        thread_items.c.hidden,
    )
    rows = await desk.rows(sa.select(*columns).where(thread_items.c.thread_id == desk.thread_id))
    assert {row.id: row.text for row in rows} == READ
    assert {row.id: row.role for row in rows if row.role} == {"user": "user", "assistant": "assistant"}
    assert {row.id for row in rows if row.hidden} == {"hidden", "hidden null", "sdk hidden"}
    assert {row.id: row.type for row in rows} == {item.id: item.type for item in item_of_each_type()}


@pytest.mark.proves("DB-27", "STORE-16")
def test_the_text_is_bounded_and_can_be_stored() -> None:
    text = visible_text(message("a", "a\x00b\ud800" + "x" * MAX_TEXT))
    assert text is not None
    assert text.startswith("ab?xx")
    assert MAX_TEXT - 2 < len(text) <= MAX_TEXT
