"""What is sent to Postgres: the owner in every statement, one statement a call."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import product
from pkgutil import iter_modules
from typing import Any

import pytest
import sqlalchemy as sa
from chatkit.types import FileAttachment, ThreadMetadata
from sqlalchemy.dialects import postgresql

import app.threads
from app.threads import item_pages, thread_list, threads
from app.threads.ownership import OWNER
from tests.threads.conftest import NOW, Desk, message

DIALECT = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]
ORDERS = ("asc", "desc")
COLUMNS = ("title", "status", "metadata")


def statements() -> dict[str, sa.ClauseElement]:
    """Return every statement of the package: the constants, and those that are put together."""
    found: dict[str, Any] = {}
    for module in iter_modules(app.threads.__path__, "app.threads."):
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, sa.Executable):
                found[f"{module.name}.{name}"] = value
    for order, from_item, visible in product(ORDERS, (True, False), (True, False)):
        page = item_pages._page(order, 21, from_item=from_item, visible_only=visible)
        found[f"items {order} {from_item} {visible}"] = page
    for order, start in product(ORDERS, ("edge", "place", "thread")):
        found[f"threads {order} {start}"] = thread_list._page(order, 21, start)
    return found | {"update": threads._update(COLUMNS), "upsert": threads._upsert(COLUMNS)}


@pytest.mark.proves("SEC-05", "STORE-10", "T20")
@pytest.mark.parametrize("name", statements())
def test_every_statement_carries_the_owner(name: str) -> None:
    assert OWNER.key in statements()[name].compile(dialect=DIALECT).params


def test_the_statements_are_found() -> None:
    assert {"app.threads.items._SAVE", "app.threads.feedback._VOTE", "update"} <= statements().keys()
    assert len(statements()) > 24


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that any engine sends meanwhile."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.mark.proves("STORE-14", "STORE-12", "DB-22")
async def test_every_method_of_the_store_is_one_statement(desk: Desk) -> None:
    store, thread_id, context = desk.store, desk.thread_id, desk.context
    file = FileAttachment(id=f"file {thread_id}", name="n", mime_type="m/t", thread_id=thread_id)
    thread = await store.load_thread(thread_id, context)
    thread.title, thread.metadata = "new", {"a": 1}
    for call in (
        store.load_thread(thread_id, context),
        store.save_thread(thread, context),
        store.save_thread(ThreadMetadata(id=store.generate_thread_id(context), created_at=NOW), context),
        store.load_threads(20, None, "desc", context),
        store.load_threads(20, thread_id, "desc", context),
        store.add_thread_item(thread_id, message("a"), context),
        store.save_item(thread_id, message("a"), context),
        store.load_item(thread_id, "a", context),
        store.load_thread_items(thread_id, None, 20, "desc", context),
        store.load_visible_items(thread_id, "a", 20, "asc", context),
        store.delete_thread_item(thread_id, "a", context),
        store.save_attachment(file, context),
        store.load_attachment(file.id, context),
        store.delete_attachment(file.id, context),
        store.delete_thread(thread_id, context),
    ):
        with counted() as sent:
            await call
        assert len(sent) == 1, sent
