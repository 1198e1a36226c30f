"""Votes: own threads and visible items only, one a user and item, all or none."""

import asyncio

import pytest
import sqlalchemy as sa
from chatkit.types import FeedbackKind

from app.db.tables import feedback as table
from app.errors import NotFound
from app.ids import ItemId, ThreadId, UserId
from app.threads import feedback
from tests.threads.conftest import Desk


async def vote(
    desk: Desk, *item_ids: str, kind: FeedbackKind = "positive", thread_id: str = "", user_id: str = ""
) -> None:
    async with desk.database.autocommit() as connection:
        await feedback.vote(
            connection,
            ThreadId(thread_id or desk.thread_id),
            UserId(user_id or desk.user_id),
            [ItemId(item_id) for item_id in item_ids],
            kind,
        )


async def votes(desk: Desk) -> list[tuple[str, str]]:
    own = sa.select(table.c.item_id, table.c.kind).where(table.c.thread_id == desk.thread_id)
    return [tuple(row) for row in await desk.rows(own.order_by(table.c.item_id))]


@pytest.mark.proves("OP-items.feedback-2", "REL-35")
async def test_a_repeated_vote_is_one_row_and_the_last_one_counts(desk: Desk) -> None:
    await desk.add("a", "b")
    await vote(desk, "a", "b", "a")
    await vote(desk, "b", kind="negative")
    await vote(desk, "b", kind="negative")
    assert await votes(desk) == [("a", "positive"), ("b", "negative")]


@pytest.mark.proves("OP-items.feedback-1", "STORE-10")
async def test_a_vote_with_an_item_that_is_not_there_is_refused_whole(desk: Desk) -> None:
    await desk.add("a", "hidden 1")
    for wrong in (["a", "none"], ["a", "hidden 1"], ["hidden 1"], ["a", "\x00"], ["\ud800"], []):
        with pytest.raises(NotFound):
            await vote(desk, *wrong)
    for thread_id, user_id in (("none", ""), ("", "somebody else")):
        with pytest.raises(NotFound):
            await vote(desk, "a", thread_id=thread_id, user_id=user_id)
    assert await votes(desk) == []


@pytest.mark.proves("OP-items.feedback-3")
async def test_a_vote_goes_with_its_item(desk: Desk) -> None:
    await desk.add("a")
    await vote(desk, "a")
    await desk.store.delete_thread_item(desk.thread_id, "a", desk.context)
    assert await votes(desk) == []


@pytest.mark.proves("REL-35")
async def test_votes_from_many_tabs_at_once_do_not_wait_for_each_other_in_a_ring(desk: Desk) -> None:
    item_ids = [str(number) for number in range(20)]
    await desk.add(*item_ids)
    await asyncio.gather(*(vote(desk, *(item_ids if tab % 2 else item_ids[::-1])) for tab in range(20)))
    assert len(await votes(desk)) == 20
