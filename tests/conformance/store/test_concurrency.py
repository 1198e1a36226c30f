"""Many at once: one order for all readers, nothing lost, nothing twice."""

import asyncio
from typing import Any

import pytest
from chatkit.store import Store
from chatkit.types import ThreadMetadata

from tests.conformance.store.samples import message, texts

WRITERS = 64


async def all_ids(store: Store[Any], thread: ThreadMetadata, context: Any, order: str) -> list[str]:
    ids: list[str] = []
    after = None
    while True:
        page = await store.load_thread_items(thread.id, after, 100, order, context)
        ids += [item.id for item in page.data]
        if not page.has_more:
            return ids
        after = page.after


@pytest.mark.proves("STORE-13", "STORE-12", "DB-22")
async def test_64_writers_make_one_order_that_all_readers_see(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    async def write(writer: int) -> None:
        for number in range(4):
            await store.add_thread_item(thread.id, message("x", item_id=f"{writer}-{number}"), ann)

    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    ids = await all_ids(store, thread, ann, "asc")
    assert sorted(ids) == sorted(f"{writer}-{number}" for writer in range(WRITERS) for number in range(4))
    assert await all_ids(store, thread, ann, "desc") == ids[::-1]
    for writer in range(WRITERS):
        own = [item_id for item_id in ids if item_id.startswith(f"{writer}-")]
        assert own == sorted(own)


@pytest.mark.proves("STORE-12", "STORE-1")
async def test_the_same_item_from_all_at_once_is_one_item(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    written = [str(number) for number in range(WRITERS)]
    saves = (store.save_item(thread.id, message(text, item_id="same"), ann) for text in written)
    await asyncio.gather(*saves)
    (text,) = await texts(store, thread, ann)
    assert text in written


@pytest.mark.proves("STORE-12", "STORE-2")
async def test_every_method_may_run_at_once_on_one_thread(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    async def work(number: int) -> None:
        await store.add_thread_item(thread.id, message(str(number)), ann)
        loaded = await store.load_thread(thread.id, ann)
        loaded.title = str(number)
        await store.save_thread(loaded, ann)
        await store.load_thread_items(thread.id, None, 20, "desc", ann)
        await store.save_item(thread.id, message("shared", item_id="shared"), ann)
        await store.load_item(thread.id, "shared", ann)
        await store.load_threads(20, None, "desc", ann)
        await store.delete_thread_item(thread.id, f"msg_{number}", ann)

    await asyncio.gather(*(work(number) for number in range(24)))
    assert await texts(store, thread, ann) == ["shared"]
