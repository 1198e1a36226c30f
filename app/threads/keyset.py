"""Reading on from a place in an index, however many rows there are before, after or beside it.

Written so that no statistics lead the planner elsewhere:

- The rows of a page share the first column of the index (the owner, the thread). It is compared as part of
  the place, not for equality: from the few rows that most owners and threads have, the planner would
  conclude that all of them are as quickly sorted as the page is read in the order of the index.
- The size of the page is written out: of an unknown one the planner expects a tenth of the table.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, literal_column, tuple_

from app.threads.paging import Order


class Keyset(NamedTuple):
    """The condition and the order of the rows that follow a place."""

    condition: ColumnElement[bool]
    order: tuple[ColumnElement[Any], ...]


def following(
    place: Sequence[ColumnElement[Any]], columns: Sequence[ColumnElement[Any]], order: Order
) -> Keyset:
    """Return how to read, from the index on `columns`, what follows `place` and has the same first column."""
    first, shared = columns[0], place[0]
    if order == "asc":
        after = and_(tuple_(*columns) > tuple_(*place), first <= shared)
        return Keyset(after, tuple(column.asc() for column in columns))
    before = and_(tuple_(*columns) < tuple_(*place), first >= shared)
    return Keyset(before, tuple(column.desc() for column in columns))


def page_size(rows: int) -> ColumnElement[int]:
    """Return the LIMIT of a page."""
    return literal_column(str(rows), Integer())
