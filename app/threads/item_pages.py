"""Pages of a thread's items, in either direction of the thread's own order. Keyset, never OFFSET."""

from functools import lru_cache

import sqlalchemy as sa
from chatkit.types import Page, ThreadItem
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import thread_items, threads
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key
from app.threads.errors import thread_missing
from app.threads.items import SELECTED
from app.threads.ownership import own_items, own_thread, owner
from app.threads.paging import MAX_SEQ, Order, clamp_limit, item_cursor, item_place
from app.threads.payload import item_from


async def load_page(
    connection: AsyncConnection,
    thread_id: ThreadId,
    user_id: UserId,
    *,
    after: str | None,
    limit: int | None,
    order: Order,
    visible_only: bool,
) -> Page[ThreadItem]:
    """Return the items that follow `after`: a cursor of this thread, or the id of one of its items.

    Anything else has nothing after it. With `visible_only` the page is filled with items that may leave the
    server. Raise `NotInStore` if the thread is not there.
    """
    place = _edge(order) if not after else item_place(thread_id, after)
    start = {"after_seq": place} if place is not None else {"after_id": lookup_key(after or "")}
    statement = _page(order, from_item=place is None, visible_only=visible_only)
    wanted = clamp_limit(limit)
    parameters = owner(user_id, thread_id) | start | {"rows": wanted + 1}
    rows = (await connection.execute(statement, parameters)).all()
    if not rows:
        raise thread_missing()
    found = [row for row in rows if row.seq is not None]
    shown = found[:wanted]
    has_more = len(found) > wanted
    return Page[ThreadItem].model_construct(
        data=[item_from(row) for row in shown],
        has_more=has_more,
        after=item_cursor(thread_id, shown[-1].seq) if has_more else None,
    )


def _edge(order: Order) -> int:
    return 0 if order == "asc" else MAX_SEQ


@lru_cache
def _page(order: Order, *, from_item: bool, visible_only: bool) -> sa.Select[tuple[object, ...]]:
    # Joined to the thread, so that "no items" and "no such thread" differ in one round trip.
    seq = thread_items.c.seq
    after = _seq_of_item() if from_item else sa.bindparam("after_seq", type_=sa.BigInteger())
    found = sa.select(*SELECTED).where(
        thread_items.c.thread_id == threads.c.id, seq > after if order == "asc" else seq < after
    )
    if visible_only:
        found = found.where(sa.not_(thread_items.c.hidden))
    page = found.order_by(_directed(seq, order)).limit(sa.bindparam("rows")).lateral("page")
    return (
        sa.select(page)
        .select_from(threads.outerjoin(page, sa.true()))
        .where(own_thread())
        .order_by(_directed(page.c.seq, order))
    )


def _seq_of_item() -> sa.ScalarSelect[int]:
    item = sa.bindparam("after_id", type_=sa.Text())
    return (
        sa.select(thread_items.c.seq)
        .where(own_items(), thread_items.c.id == item)
        .correlate(None)
        .scalar_subquery()
    )


def _directed(column: sa.ColumnElement[int], order: Order) -> sa.UnaryExpression[int]:
    return column.asc() if order == "asc" else column.desc()
