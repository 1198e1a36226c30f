"""Pages of a user's threads: by last activity, ties by id. Keyset, never OFFSET."""

from functools import lru_cache
from typing import Literal

from chatkit.types import Page, ThreadMetadata
from sqlalchemy import Select, Text, bindparam, select, tuple_
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import threads
from app.ids import UserId
from app.threads.characters import lookup_key
from app.threads.ownership import own_threads, owner
from app.threads.paging import Order, ThreadPlace, clamp_limit, thread_cursor, thread_place
from app.threads.thread_row import SELECTED, thread_from

_Start = Literal["edge", "place", "thread"]


async def load_page(
    connection: AsyncConnection, user_id: UserId, *, after: str | None, limit: int | None, order: Order
) -> Page[ThreadMetadata]:
    """Return the threads that follow `after`: a cursor of this list, or the id of one of the user's threads.

    Anything else has nothing after it. A thread that is touched meanwhile moves; the others are neither
    repeated nor left out.
    """
    start, parameters = _start(user_id, after)
    wanted = clamp_limit(limit)
    parameters |= owner(user_id) | {"rows": wanted + 1}
    rows = (await connection.execute(_page(order, start), parameters)).all()
    shown = rows[:wanted]
    has_more = len(rows) > wanted
    return Page[ThreadMetadata](
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


@lru_cache
def _page(order: Order, start: _Start) -> Select[tuple[object, ...]]:
    place = tuple_(threads.c.updated_at, threads.c.id)
    after_id = bindparam("after_id", type_=Text())
    match start:
        case "edge":
            statement = select(*SELECTED).where(own_threads())
        case "place":
            after = tuple_(bindparam("after_time", type_=TIMESTAMP(timezone=True)), after_id)
            statement = select(*SELECTED).where(
                own_threads(), place > after if order == "asc" else place < after
            )
        case "thread":
            time = select(threads.c.updated_at).where(own_threads(), threads.c.id == after_id)
            after = tuple_(time.correlate(None).scalar_subquery(), after_id)
            statement = select(*SELECTED).where(
                own_threads(), place > after if order == "asc" else place < after
            )
    direction = [column.asc() if order == "asc" else column.desc() for column in place.clauses]
    return statement.order_by(*direction).limit(bindparam("rows"))
