"""Pages of a user's threads: by last activity, ties by id. Keyset, never OFFSET."""

from datetime import datetime
from functools import cache
from typing import Literal

from chatkit.types import Page, ThreadMetadata
from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import TIMESTAMP

from app.db.engine import Executes
from app.db.tables import threads
from app.ids import UserId
from app.threads.characters import lookup_key
from app.threads.keyset import following, page_size
from app.threads.ownership import OWNER, own_threads, owner
from app.threads.paging import Order, ThreadPlace, clamp_limit, thread_cursor, thread_place
from app.threads.thread_row import SELECTED, thread_from

_TIME = TIMESTAMP(timezone=True)
_Start = Literal["edge", "place", "thread"]


async def load_page(
    database: Executes, user_id: UserId, *, after: str | None, limit: int | None, order: Order
) -> Page[ThreadMetadata]:
    """Return the threads that follow `after`: a cursor of this list, or the id of one of the user's threads.

    Anything else has nothing after it. A thread that is touched meanwhile moves; the others are neither
    repeated nor left out.
    """
    start, parameters = _start(user_id, after)
    wanted = clamp_limit(limit)
    rows = (await database.execute(_page(order, wanted + 1, start), owner(user_id) | parameters)).all()
    shown = rows[:wanted]
    has_more = len(rows) > wanted
    return Page[ThreadMetadata].model_construct(
        data=[thread_from(row) for row in shown],
        has_more=has_more,
        after=thread_cursor(user_id, ThreadPlace(shown[-1].updated_at, shown[-1].id)) if has_more else None,
    )


def _start(user_id: UserId, after: str | None) -> tuple[_Start, dict[str, object]]:
    if not after:
        return "edge", {}
    if place := thread_place(user_id, after):
        return "place", {"after_time": place.updated_at, "after_id": place.id}
    return "thread", {"after_id": lookup_key(after)}


@cache
def _page(order: Order, size: int, start: _Start) -> Select[tuple[object, ...]]:
    columns = (threads.c.user_id, threads.c.updated_at, threads.c.id)
    page = following((OWNER, *_place(order, start)), columns, order)
    return select(*SELECTED).where(page.condition).order_by(*page.order).limit(page_size(size))


def _place(order: Order, start: _Start) -> tuple[ColumnElement[datetime], ColumnElement[str]]:
    first, last = _time("-infinity"), _time("infinity")
    before_all, after_all = (first, last) if order == "asc" else (last, first)
    after_id = bindparam("after_id", type_=Text())
    match start:
        case "edge":
            return before_all, literal_column("''", Text())
        case "place":
            return bindparam("after_time", type_=_TIME), after_id
        case "thread":
            # Nothing but the value stands in the comparison, or row-level security keeps the index from it.
            time = select(func.coalesce(func.max(threads.c.updated_at), after_all))
            own = time.where(own_threads(), threads.c.id == after_id).correlate(None)
            return own.scalar_subquery(), after_id


def _time(moment: str) -> ColumnElement[datetime]:
    return cast(literal_column(f"'{moment}'"), _TIME)
