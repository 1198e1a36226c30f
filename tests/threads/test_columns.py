"""Title, status and the rest are written by whoever changes them, and by nobody else."""

import asyncio

import pytest
import sqlalchemy as sa
from chatkit.types import LockedStatus, ThreadMetadata

from app.db.tables import thread_items
from app.db.tables import threads as table
from app.errors import NotFound
from app.ids import ThreadId, TurnId, UserId
from app.threads import items, threads
from tests.threads.conftest import Desk, message


async def load(desk: Desk) -> ThreadMetadata:
    async with desk.database.autocommit() as connection:
        return await threads.load(connection, desk.thread_id, desk.user_id)


@pytest.mark.proves("T10", "STORE-6", "EV-3")
async def test_a_turn_writes_only_what_it_changed(desk: Desk) -> None:
    before = await load(desk)
    after = before.model_copy(deep=True)
    after.status, after.metadata["step"] = LockedStatus(reason="why"), 1
    async with desk.database.autocommit() as connection:
        await threads.set_title(connection, desk.thread_id, desk.user_id, "By the\x00 user")
        await threads.save_changes(connection, desk.user_id, before=before, after=after)
    loaded = await load(desk)
    assert (loaded.title, loaded.status, loaded.metadata) == ("By the user", after.status, {"step": 1})


@pytest.mark.proves("T10", "STORE-6")
async def test_a_thread_that_did_not_change_is_not_written(desk: Desk) -> None:
    version = sa.select(sa.text("xmin::text")).select_from(table).where(table.c.id == desk.thread_id)
    before = await desk.rows(version)
    thread = await desk.store.load_thread(desk.thread_id, desk.context)
    await desk.store.save_thread(thread, desk.context)
    assert await desk.rows(version) == before


@pytest.mark.proves("FEAT-title-1", "REL-34")
async def test_a_title_made_by_the_server_never_replaces_one(desk: Desk) -> None:
    async def propose(title: str) -> bool:
        async with desk.database.autocommit() as connection:
            return await threads.set_title_if_none(connection, desk.thread_id, desk.user_id, title)

    written = await asyncio.gather(*(propose(str(number)) for number in range(8)))
    assert written.count(True) == 1
    assert (await load(desk)).title == str(written.index(True))
    async with desk.database.autocommit() as connection:
        stranger = UserId("somebody else")
        assert not await threads.set_title_if_none(connection, desk.thread_id, stranger, "x")
        with pytest.raises(NotFound):
            await threads.set_title(connection, desk.thread_id, stranger, "x")
        with pytest.raises(NotFound):
            await threads.set_title(connection, ThreadId("none"), desk.user_id, "x")


@pytest.mark.proves("OP-threads.delete-2", "STORE-2")
async def test_deleting_says_whether_there_was_something(desk: Desk) -> None:
    async with desk.database.autocommit() as connection:
        assert not await threads.delete(connection, desk.thread_id, UserId("somebody else"))
        assert await threads.delete(connection, desk.thread_id, desk.user_id)
        assert not await threads.delete(connection, desk.thread_id, desk.user_id)


@pytest.mark.proves("ITEM-any-1")
async def test_an_item_stays_with_the_turn_that_wrote_it_first(desk: Desk) -> None:
    await desk.save(message("a"), TurnId("turn_1"))
    await desk.save(message("a"), TurnId("turn_2"))
    await desk.add("a", "b")
    await desk.save(message("b"), TurnId("turn_3"))
    turns = sa.select(thread_items.c.id, thread_items.c.turn_id).where(
        thread_items.c.thread_id == desk.thread_id
    )
    assert dict(tuple(row) for row in await desk.rows(turns)) == {"a": "turn_1", "b": "turn_3"}


@pytest.mark.proves("DB-23")
async def test_items_written_in_a_transaction_are_there_together_or_not_at_all(desk: Desk) -> None:
    async def save_both() -> None:
        async with desk.database.transaction() as connection:
            await items.save(connection, desk.thread_id, desk.user_id, message("a"))
            await items.save(connection, ThreadId("none"), desk.user_id, message("b"))

    with pytest.raises(NotFound):
        await save_both()
    assert await desk.ids() == []
