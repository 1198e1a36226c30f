"""Parts of a thread's items between two of them, in the thread's own order; only of the types asked for."""

from collections.abc import Collection
from functools import cache
from typing import Any

import sqlalchemy as sa
from chatkit.types import ThreadItem
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.engine import Executes
from app.db.tables import thread_items, threads
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key
from app.threads.items import SELECTED
from app.threads.keyset import following, page_size
from app.threads.ownership import own_items, own_thread, owner
from app.threads.paging import MAX_SEQ, Order
from app.threads.payload import item_from
from app.threads.ranges import Part, Range, beyond, opposite, part_of

_TYPES = sa.bindparam("types", type_=ARRAY(sa.Text()))
_PLACE = sa.select(thread_items.c.seq).where(
    own_items(), thread_items.c.id == sa.bindparam("item", type_=sa.Text())
)


async def place_of(database: Executes, thread_id: ThreadId, user_id: UserId, item_id: str) -> int | None:
    """Return where an item stands in its thread; None if it is not there."""
    parameters = owner(user_id, thread_id) | {"item": lookup_key(item_id)}
    place: int | None = (await database.execute(_PLACE, parameters)).scalar_one_or_none()
    return place


async def load_range(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    wanted: Range[int],
    types: Collection[str],
) -> Part[ThreadItem]:
    """Return a part of the visible items of these types; none if there is no such thread."""
    start = (0 if wanted.direction == "asc" else MAX_SEQ) if wanted.start is None else wanted.start
    parameters = owner(user_id, thread_id) | {"start": start, "types": list(types)}
    if wanted.stop is not None:
        parameters |= {"stop": wanted.stop}
    statement = _range(wanted.direction, wanted.limit, is_bounded=wanted.stop is not None)
    rows = (await database.execute(statement, parameters)).all()
    return part_of([item_from(row) for row in rows], wanted)


@cache
def _range(direction: Order, limit: int, *, is_bounded: bool) -> sa.Select[Any]:
    start, stop = (sa.bindparam(name, type_=sa.BigInteger()) for name in ("start", "stop"))
    page = following((threads.c.id, start), (thread_items.c.thread_id, thread_items.c.seq), direction)
    shown = sa.select(*SELECTED).where(
        page.condition, sa.not_(thread_items.c.hidden), thread_items.c.type == sa.any_(_TYPES)
    )
    if is_bounded:
        shown = shown.where(beyond((thread_items.c.seq,), (stop,), opposite(direction)))
    found = shown.order_by(*page.order).limit(page_size(limit + 1)).lateral("found")
    in_order = found.c.seq.asc() if direction == "asc" else found.c.seq.desc()
    return sa.select(found).select_from(threads.join(found, sa.true())).where(own_thread()).order_by(in_order)
