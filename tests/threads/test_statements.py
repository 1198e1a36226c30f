"""What is sent to Postgres: one statement a call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from chatkit.types import FileAttachment, ThreadMetadata

from tests.threads.conftest import NOW, Desk, message


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
