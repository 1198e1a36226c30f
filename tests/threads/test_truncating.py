"""Deleting what follows an item, from the thread and from the model's memory together."""

import pytest
import sqlalchemy as sa

from app.db.tables import transcript_items
from app.errors import NotFound
from app.ids import ItemId, TurnId, UserId
from app.threads import items
from app.transcripts import rows
from tests.threads.conftest import Desk


async def truncate(desk: Desk, item_id: str, user_id: UserId | None = None) -> list[ItemId]:
    async with desk.database.transaction() as connection:
        return await items.truncate_after(
            connection, desk.thread_id, user_id or desk.user_id, ItemId(item_id)
        )


async def remember(desk: Desk, text: str) -> None:
    async with desk.database.transaction() as connection:
        item = {"role": "user", "content": text}
        await rows.append(connection, desk.thread_id, desk.user_id, TurnId("t"), [item])


async def memory(desk: Desk) -> list[str]:
    order = sa.select(transcript_items.c.item["content"].astext).order_by(transcript_items.c.seq)
    return [row[0] for row in await desk.rows(order.where(transcript_items.c.thread_id == desk.thread_id))]


@pytest.mark.proves("OP-threads.retry_after_item-1", "T28", "DB-23")
async def test_what_follows_goes_from_thread_and_memory_and_what_precedes_stays(desk: Desk) -> None:
    await desk.add("a")
    await remember(desk, "before")
    await desk.add("b")
    await remember(desk, "after")
    await desk.add("c", "hidden 1", "d")
    assert await truncate(desk, "b") == ["c", "d"]
    assert await desk.ids() == ["a", "b"]
    assert await memory(desk) == ["before"]


@pytest.mark.proves("OP-threads.retry_after_item-5")
async def test_only_visible_items_are_reported_as_removed(desk: Desk) -> None:
    await desk.add("a", "hidden 1", "hidden 2")
    assert await truncate(desk, "a") == []
    assert await desk.ids() == ["a"]


@pytest.mark.proves("STORE-13")
async def test_places_are_not_given_out_again_after_truncating(desk: Desk) -> None:
    await desk.add("a", "b", "c")
    cursor = (await desk.store.load_thread_items(desk.thread_id, None, 2, "asc", desk.context)).after
    await truncate(desk, "a")
    await desk.add("d")
    page = await desk.store.load_thread_items(desk.thread_id, cursor, 2, "asc", desk.context)
    assert [item.id for item in page.data] == ["d"]


@pytest.mark.proves("OP-threads.retry_after_item-2", "STORE-10")
async def test_an_unknown_item_and_a_foreign_thread_change_nothing(desk: Desk) -> None:
    await desk.add("a", "b")
    await remember(desk, "kept")
    with pytest.raises(NotFound) as missing:
        await truncate(desk, "none")
    with pytest.raises(NotFound) as foreign:
        await truncate(desk, "a", UserId("somebody else"))
    assert str(missing.value) == str(foreign.value)
    assert await desk.ids() == ["a", "b"]
    assert await memory(desk) == ["kept"]


@pytest.mark.proves("DB-23")
async def test_truncating_is_undone_with_its_transaction(desk: Desk) -> None:
    async def retry_and_fail() -> None:
        async with desk.database.transaction() as connection:
            await items.truncate_after(connection, desk.thread_id, desk.user_id, ItemId("a"))
            await items.load(connection, desk.thread_id, desk.user_id, ItemId("b"))

    await desk.add("a", "b")
    with pytest.raises(NotFound):
        await retry_and_fail()
    assert await desk.ids() == ["a", "b"]
