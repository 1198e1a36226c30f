"""Parts of a list that stands still, between two of its members.

What the hosted API's `after` and `before` mean. Knows neither tables nor whose the rows are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, tuple_

from app.threads.paging import Order

MAX_LIMIT = 100

Place = TypeVar("Place")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Range(Generic[Place]):
    """At most `limit` members between two places, neither of which belongs to it; None where it is open.

    `after` comes before `before` in the order in which the list is read. The members are those that follow
    `after`; where only `before` is given, those that lead up to it.
    """

    order: Order = "desc"
    limit: int = 20
    after: Place | None = None
    before: Place | None = None

    @property
    def is_found_backwards(self) -> bool:
        """Whether the members are looked for from the end of the range."""
        return self.after is None and self.before is not None

    @property
    def direction(self) -> Order:
        """The order in which the members are looked for."""
        return opposite(self.order) if self.is_found_backwards else self.order

    @property
    def start(self) -> Place | None:
        """The place from which the members are looked for; None for the end of the list."""
        return self.before if self.is_found_backwards else self.after

    @property
    def stop(self) -> Place | None:
        """The place where the search ends; None for the other end of the list."""
        return None if self.is_found_backwards else self.before


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """What was found of a range, in the order of the list."""

    members: Sequence[Row]
    has_more: bool
    """Whether there are more in the direction in which they were looked for."""


def beyond(
    columns: Sequence[ColumnElement[Any]], place: Sequence[ColumnElement[Any]], direction: Order
) -> ColumnElement[bool]:
    """Return the condition of rows that come after a place, when one goes in this direction."""
    row, there = tuple_(*columns), tuple_(*place)
    return row > there if direction == "asc" else row < there


def opposite(order: Order) -> Order:
    """Return the other one."""
    return "desc" if order == "asc" else "asc"


def part_of(rows: Sequence[Row], wanted: "Range[Any]") -> Part[Row]:
    """Return what was found of a range; `rows` hold one more than was asked for, if there is one."""
    members = rows[: wanted.limit]
    return Part(members[::-1] if wanted.is_found_backwards else members, len(rows) > wanted.limit)
