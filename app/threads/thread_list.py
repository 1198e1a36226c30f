"""Pages of a user's threads: by last activity, ties by id. Keyset, never OFFSET."""

from datetime import datetime
from functools import cache
from typing import Literal

from chatkit.types import Page, ThreadMetadata
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from app.db.engine import Executes
from app.db.tables import threads
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key
from app.threads.keyset import following, page_size
from app.threads.ownership import OWNER, own_thread, own_threads, owner
from app.threads.paging import Order, ThreadPlace, clamp_limit, thread_cursor, thread_place
from app.threads.thread_row import SELECTED, thread_from

_TIME = TIMESTAMP(timezone=True)
_Start = Literal["edge", "place", "thread"]


async def load_page(
    database: Executes,
    user_id: UserId,
    *,
    after: str | None,
    limit: int | None,
    order: Order,
    newest: int | None = None,
) -> Page[ThreadMetadata]:
    """Return the threads that follow `after`: a cursor of this list, or the id of one of the user's threads.

    Anything else has nothing after it. A thread that is touched meanwhile moves; the others are neither
    repeated nor left out. With `newest` the list ends behind so many of the last active threads.
    """
    start, parameters = _start(user_id, after)
    wanted = clamp_limit(limit)
    if newest is not None:
        parameters |= {"newest": newest}
    page = _page(order, wanted + 1, start, is_bounded=newest is not None)
    rows = (await database.execute(page, owner(user_id) | parameters)).all()
    shown = rows[:wanted]
    has_more = len(rows) > wanted
    return Page[ThreadMetadata].model_construct(
        data=[thread_from(row) for row in shown],
        has_more=has_more,
        after=thread_cursor(user_id, ThreadPlace(shown[-1].updated_at, shown[-1].id)) if has_more else None,
    )


async def is_among_newest(database: Executes, thread_id: ThreadId, user_id: UserId, newest: int) -> bool:
    """Say whether a thread is one of the last active ones of its user, `newest` of them; False for none."""
    parameters = owner(user_id, thread_id) | {"newest": newest}
    return (await database.execute(_AMONG_NEWEST, parameters)).first() is not None


def _start(user_id: UserId, after: str | None) -> tuple[_Start, dict[str, object]]:
    if not after:
        return "edge", {}
    if place := thread_place(user_id, after):
        return "place", {"after_time": place.updated_at, "after_id": place.id}
    return "thread", {"after_id": lookup_key(after)}


@cache
def _page(order: Order, size: int, start: _Start, *, is_bounded: bool = False) -> Select[tuple[object, ...]]:
    page = following((OWNER, *_place(order, start)), _COLUMNS, order)
    chosen = select(*SELECTED).where(page.condition)
    if is_bounded:
        chosen = chosen.where(_IS_AMONG_NEWEST)
    return chosen.order_by(*page.order).limit(page_size(size))


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


def _is_among_newest() -> ColumnElement[bool]:
    newest = (
        select(threads.c.updated_at, threads.c.id)
        .where(own_threads())
        .order_by(threads.c.updated_at.desc(), threads.c.id.desc())
        .limit(bindparam("newest", type_=BigInteger()))
        .subquery("newest")
    )
    oldest = select(newest).order_by(newest.c.updated_at, newest.c.id).limit(page_size(1))
    return tuple_(threads.c.updated_at, threads.c.id) >= oldest.scalar_subquery()


def _time(moment: str) -> ColumnElement[datetime]:
    return cast(literal_column(f"'{moment}'"), _TIME)


_COLUMNS = (threads.c.user_id, threads.c.updated_at, threads.c.id)
_IS_AMONG_NEWEST = _is_among_newest()
_AMONG_NEWEST = select(threads.c.id).where(own_thread(), _IS_AMONG_NEWEST)
