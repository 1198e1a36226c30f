"""Every statement of the server: those that stand in its modules, and those that are put together."""

from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pkgutil import walk_packages
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

import app
from app.threads import item_pages, item_ranges, of_all_users, thread_list, threads

DIALECT = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]
ORDERS = ("asc", "desc")
COLUMNS = ("title", "status", "metadata")


def modules() -> Iterator[str]:
    return (module.name for module in walk_packages(app.__path__, "app.") if module.name != "app.cli")


def constants() -> Iterator[tuple[str, Any]]:
    """Yield what stands in a module and can be sent, by its full name."""
    for module in modules():
        for name, value in vars(import_module(module)).items():
            if isinstance(value, sa.Executable):
                yield f"{module}.{name}", value


def built() -> Iterator[tuple[str, Any]]:
    """Yield the forms of statements that are put together for a call and kept."""
    for order, from_item, visible in product(ORDERS, (True, False), (True, False)):
        page = item_pages._page(order, 21, from_item=from_item, visible_only=visible)
        yield f"items {order} {from_item} {visible}", page
    for order, start in product(ORDERS, ("edge", "place", "thread")):
        yield f"threads {order} {start}", thread_list._page(order, 21, start)
        yield f"newest threads {order} {start}", thread_list._page(order, 21, start, is_bounded=True)
    for order in ORDERS:
        yield f"hosted items {order} open", item_ranges._range(order, 20, is_bounded=False)
        yield f"hosted items {order}", item_ranges._range(order, 20, is_bounded=True)
        for bounded in (True, False):
            of_all = of_all_users._range(order, 20, bounded, of_one_user=False)
            yield f"app.threads.of_all_users.created {order} {bounded}", of_all
            own = of_all_users._range(order, 20, bounded, of_one_user=True)
            yield f"created {order} {bounded}", own
    yield "app.threads.threads._update", threads._update(COLUMNS)
    yield "app.threads.threads._upsert", threads._upsert(COLUMNS)


def statements() -> dict[str, Any]:
    """Return all of them by name."""
    return dict(constants()) | dict(built())


def as_sent(statement: sa.ClauseElement) -> str:
    """Return a statement as Postgres gets it."""
    return str(statement.compile(dialect=DIALECT))
