"""The query of a list: how many, in which order, from where on, and of whom."""

import re
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from app.hosted_api.refusals import (
    InvalidRequest,
    above_maximum,
    below_minimum,
    not_one_of,
    shown,
    wrong_length,
    wrong_type,
)
from app.ids import UserId
from app.threads.paging import DEFAULT_LIMIT, Order, parse_order
from app.threads.ranges import MAX_LIMIT

MAX_USER = 512
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_ORDERS = ("asc", "desc")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`after` and `before` are ids, which have not been looked up yet."""

    limit: int
    order: Order
    after: str | None
    before: str | None
    user_id: UserId | None


def read_list_query(query: QueryParams) -> ListQuery:
    """Return the query of a list; raise `InvalidRequest` for one that is out of bounds.

    Whether the list has a filter by user is for whoever has the list to know.
    """
    return ListQuery(
        _limit(query.get("limit")),
        _order(query.get("order")),
        query.get("after"),
        query.get("before"),
        _user(query.get("user")),
    )


def no_such_place(param: str, given: str) -> InvalidRequest:
    """Return the refusal of a place that is not in the list, be it another list's or nobody's."""
    return InvalidRequest(f"Invalid '{param}': '{shown(given)}' is not in this list.", param)


def _limit(given: str | None) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if not _INTEGER.fullmatch(given):
        raise wrong_type("limit", "an integer", given)
    limit = int(given)
    if limit < 0:
        raise below_minimum("limit", 0, limit)
    if limit > MAX_LIMIT:
        raise above_maximum("limit", MAX_LIMIT, limit)
    return limit


def _order(given: str | None) -> Order:
    if given is None:
        return "desc"
    if given not in _ORDERS:
        raise not_one_of("order", _ORDERS, given)
    return parse_order(given)


def _user(given: str | None) -> UserId | None:
    if given is None:
        return None
    if not 1 <= len(given) <= MAX_USER:
        raise wrong_length("user", f"1 to {MAX_USER} characters", len(given))
    return UserId(given)
