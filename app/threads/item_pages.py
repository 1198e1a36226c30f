"""Pages of a thread's items, in either direction of the thread's own order. Keyset, never OFFSET."""

from functools import cache

import sqlalchemy as sa
from chatkit.types import Page, ThreadItem

from app.db.engine import Executes
from app.db.tables import thread_items, threads
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key
from app.threads.errors import thread_missing
from app.threads.items import SELECTED
from app.threads.keyset import following, page_size
from app.threads.ownership import own_items, own_thread, owner
from app.threads.paging import MAX_SEQ, Order, clamp_limit, item_cursor, item_place
from app.threads.payload import item_from


async def load_page(
    database: Executes,
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
    wanted = clamp_limit(limit)
    statement = _page(order, wanted + 1, from_item=place is None, visible_only=visible_only)
    rows = (await database.execute(statement, owner(user_id, thread_id) | start)).all()
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


@cache
def _page(order: Order, size: int, *, from_item: bool, visible_only: bool) -> sa.Select[tuple[object, ...]]:
    # Joined to the thread, so that "no items" and "no such thread" differ in one round trip.
    after = _seq_of_item(order) if from_item else sa.bindparam("after_seq", type_=sa.BigInteger())
    columns = (thread_items.c.thread_id, thread_items.c.seq)
    found = following((threads.c.id, after), columns, order)
    rows = sa.select(*SELECTED).where(found.condition)
    if visible_only:
        rows = rows.where(sa.not_(thread_items.c.hidden))
    page = rows.order_by(*found.order).limit(page_size(size)).lateral("page")
    in_order = page.c.seq.asc() if order == "asc" else page.c.seq.desc()
    return (
        sa.select(page).select_from(threads.outerjoin(page, sa.true())).where(own_thread()).order_by(in_order)
    )


def _seq_of_item(order: Order) -> sa.ColumnElement[int]:
    item = sa.bindparam("after_id", type_=sa.Text())
    nothing_follows = sa.literal_column(str(_edge("desc" if order == "asc" else "asc")), sa.BigInteger())
    # Nothing but the value stands in the comparison, or row-level security keeps the index from it.
    seq = sa.select(sa.func.coalesce(sa.func.max(thread_items.c.seq), nothing_follows))
    return seq.where(own_items(), thread_items.c.id == item).correlate(None).scalar_subquery()
