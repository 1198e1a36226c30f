"""Threads of whomever: the one place of this package whose statements may name no owner.

For who acts with the key of the server, and for nobody else. Whatever is done with a thread that was found
here is done in its owner's name, by the owned statements.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from chatkit.types import ThreadMetadata
from sqlalchemy.dialects.postgresql import TIMESTAMP

from app.db.acting import for_everyone
from app.db.engine import Executes
from app.db.tables import threads
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key
from app.threads.keyset import page_size
from app.threads.ownership import THREAD, own_threads
from app.threads.paging import Order
from app.threads.ranges import Part, Range, beyond, opposite, part_of
from app.threads.thread_row import SELECTED, thread_from


class Created(NamedTuple):
    """A place in a list of threads by creation, in which no thread ever moves."""

    created_at: datetime
    id: str


FIRST = Created(datetime.min.replace(tzinfo=UTC), "")
LAST = Created(datetime.max.replace(tzinfo=UTC), "")


@dataclass(frozen=True, slots=True)
class OwnedThread:
    """A thread, and whose it is."""

    thread: ThreadMetadata
    user_id: UserId

    @property
    def place(self) -> Created:
        """Where it stands."""
        return Created(self.thread.created_at, self.thread.id)


_Columns = tuple[sa.ColumnElement[Any], ...]

_FOUND = (*SELECTED, threads.c.user_id)
_PLACE = (threads.c.created_at, threads.c.id)
_SERVER_KEY = for_everyone("the key of the server")
_FIND = sa.select(*_FOUND).where(threads.c.id == THREAD, _SERVER_KEY)


async def find(database: Executes, thread_id: ThreadId) -> OwnedThread | None:
    """Return a thread, whose ever it is; None if there is none."""
    row = (await database.execute(_FIND, {"thread": lookup_key(thread_id)})).one_or_none()
    return _owned(row) if row is not None else None


async def load_range(database: Executes, user_id: UserId | None, wanted: Range[Created]) -> Part[OwnedThread]:
    """Return a part of the list of this user's threads, or of all, by creation."""
    edge = FIRST if wanted.direction == "asc" else LAST
    parameters: dict[str, object] = {
        "start_time": (wanted.start or edge).created_at,
        "start_id": (wanted.start or edge).id,
    }
    if wanted.stop is not None:
        parameters |= {"stop_time": wanted.stop.created_at, "stop_id": wanted.stop.id}
    if user_id is not None:
        parameters |= {"owner": lookup_key(user_id)}
    shape = wanted.direction, wanted.limit, wanted.stop is not None
    rows = (await database.execute(_range(*shape, of_one_user=user_id is not None), parameters)).all()
    return part_of([_owned(row) for row in rows], wanted)


@cache
def _range(direction: Order, limit: int, is_bounded: bool, *, of_one_user: bool) -> sa.Select[Any]:
    if not of_one_user:
        return _page(sa.select(*_FOUND).where(_SERVER_KEY), _PLACE, direction, limit, is_bounded)
    # All of the user's are looked through, by the index of users: the one by creation may have none of theirs
    # for millions of rows.
    own = sa.select(*_PLACE).where(own_threads()).cte("own").prefix_with("materialized", dialect="postgresql")
    page = _page(sa.select(own.c.id), (own.c.created_at, own.c.id), direction, limit, is_bounded)
    return sa.select(*_FOUND).where(own_threads(), threads.c.id.in_(page)).order_by(*_in(direction, _PLACE))


def _page(
    statement: sa.Select[Any], columns: _Columns, direction: Order, limit: int, is_bounded: bool
) -> sa.Select[Any]:
    chosen = statement.where(beyond(columns, _bound("start"), direction))
    if is_bounded:
        chosen = chosen.where(beyond(columns, _bound("stop"), opposite(direction)))
    return chosen.order_by(*_in(direction, columns)).limit(page_size(limit + 1))


def _in(direction: Order, columns: _Columns) -> list[sa.ColumnElement[Any]]:
    return [column.asc() if direction == "asc" else column.desc() for column in columns]


def _bound(name: str) -> _Columns:
    time = sa.bindparam(f"{name}_time", type_=TIMESTAMP(timezone=True))
    return time, sa.bindparam(f"{name}_id", type_=sa.Text())


def _owned(row: sa.Row[Any]) -> OwnedThread:
    return OwnedThread(thread_from(row), UserId(row.user_id))
