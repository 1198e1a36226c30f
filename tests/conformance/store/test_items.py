"""The item methods: add_thread_item, save_item, load_item, delete_thread_item."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from chatkit.store import NotFoundError, Store
from chatkit.types import AssistantMessageContent, ThreadItem, ThreadMetadata

from tests.conformance.store.samples import NOW, as_json, item_of_each_type, message, texts


@pytest.mark.proves("ITEM-any-3", "ITEM-task-1", "ITEM-end_of_turn-1", "ITEM-client_tool_call-2", "STORE-9")
@pytest.mark.parametrize("item", item_of_each_type(), ids=lambda item: item.id)
async def test_an_item_of_each_type_is_read_as_it_was_stored(
    store: Store[Any], ann: Any, thread: ThreadMetadata, item: ThreadItem
) -> None:
    await store.add_thread_item(thread.id, item, ann)
    loaded = await store.load_item(thread.id, item.id, ann)
    (listed,) = (await store.load_thread_items(thread.id, None, 10, "asc", ann)).data
    assert type(loaded) is type(listed) is type(item)
    assert as_json(loaded) == as_json(listed) == as_json(item, thread_id=thread.id)
    assert loaded.created_at.utcoffset() == timedelta(0)


@pytest.mark.proves("STORE-9", "T04")
async def test_a_naive_time_of_an_item_is_local_time(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    naive = datetime(2026, 7, 1, 12, 0)
    await store.add_thread_item(thread.id, message("one", created_at=naive), ann)
    loaded = await store.load_item(thread.id, "msg_one", ann)
    assert loaded.created_at == naive.astimezone()
    assert loaded.created_at - NOW < timedelta(0)  # comparable with aware times


@pytest.mark.proves("STORE-1", "T05", "DB-23")
@pytest.mark.parametrize("method", ["add_thread_item", "save_item"])
async def test_an_item_stored_again_is_changed_in_its_place(
    store: Store[Any], ann: Any, thread: ThreadMetadata, method: str
) -> None:
    for text in ("one", "two", "three"):
        await store.add_thread_item(thread.id, message(text), ann)
    await getattr(store, method)(thread.id, message("TWO", item_id="msg_two"), ann)
    assert await texts(store, thread, ann) == ["one", "TWO", "three"]


@pytest.mark.proves("STORE-1", "T05")
async def test_an_item_may_change_its_type_in_its_place(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    await store.add_thread_item(thread.id, message("one"), ann)
    task = next(item for item in item_of_each_type() if item.type == "task")
    await store.save_item(thread.id, task.model_copy(update={"id": "msg_one"}), ann)
    assert (await store.load_item(thread.id, "msg_one", ann)).type == "task"


@pytest.mark.proves("STORE-1")
async def test_an_item_that_is_only_saved_is_added(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    await store.save_item(thread.id, message("one"), ann)
    await store.save_item(thread.id, message("two"), ann)
    assert await texts(store, thread, ann) == ["one", "two"]


@pytest.mark.proves("STORE-3")
async def test_the_order_is_that_of_adding_whatever_the_clock_says(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    times = [NOW, NOW, NOW - timedelta(hours=1), NOW + timedelta(days=1), NOW]
    for number, created_at in enumerate(times):
        await store.add_thread_item(thread.id, message(str(number), created_at=created_at), ann)
    assert await texts(store, thread, ann) == ["0", "1", "2", "3", "4"]
    assert await texts(store, thread, ann, "desc") == ["4", "3", "2", "1", "0"]


@pytest.mark.proves("STORE-10")
async def test_an_id_may_occur_in_two_threads(
    store: Store[Any], ann: Any, thread: ThreadMetadata, thread_id: str
) -> None:
    other = ThreadMetadata(id=thread_id, created_at=NOW)
    await store.save_thread(other, ann)
    await store.add_thread_item(thread.id, message("here", item_id="same"), ann)
    await store.add_thread_item(other.id, message("there", item_id="same"), ann)
    await store.delete_thread_item(other.id, "same", ann)
    assert await texts(store, thread, ann) == ["here"]
    assert await texts(store, other, ann) == []


@pytest.mark.proves("STORE-10")
async def test_an_item_is_not_found_in_another_thread_of_the_same_user(
    store: Store[Any], ann: Any, thread: ThreadMetadata, thread_id: str
) -> None:
    await store.save_thread(ThreadMetadata(id=thread_id, created_at=NOW), ann)
    await store.add_thread_item(thread.id, message("one"), ann)
    with pytest.raises(NotFoundError):
        await store.load_item(thread_id, "msg_one", ann)
    await store.delete_thread_item(thread_id, "msg_one", ann)
    assert await texts(store, thread, ann) == ["one"]


@pytest.mark.proves("STORE-2", "T17")
async def test_an_item_may_be_deleted_twice_and_one_that_never_was_as_well(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    await store.add_thread_item(thread.id, message("one"), ann)
    for item_id in ("msg_one", "msg_one", "never stored"):
        await store.delete_thread_item(thread.id, item_id, ann)
    await store.delete_thread_item("no such thread", "msg_one", ann)
    assert await texts(store, thread, ann) == []


@pytest.mark.proves("STORE-15")
async def test_changing_an_item_changes_nothing_until_it_is_saved(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    item = message("one")
    await store.add_thread_item(thread.id, item, ann)
    item.content[0].text = "changed"
    for loaded in (
        await store.load_item(thread.id, item.id, ann),
        (await store.load_thread_items(thread.id, None, 1, "asc", ann)).data[0],
    ):
        loaded.content.append(AssistantMessageContent(text="changed"))  # type: ignore[union-attr,arg-type]
    assert as_json(await store.load_item(thread.id, item.id, ann)) == as_json(
        message("one", thread_id=thread.id)
    )


@pytest.mark.proves("STORE-15")
async def test_storing_an_item_does_not_change_the_object(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    item = message("one", created_at=datetime(2026, 7, 1))
    before = item.model_copy(deep=True)
    await store.add_thread_item(thread.id, item, ann)
    assert item == before
