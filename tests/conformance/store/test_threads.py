"""The thread methods: save_thread, load_thread, delete_thread."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from chatkit.store import NotFoundError, Store
from chatkit.types import ClosedStatus, LockedStatus, Page, Thread, ThreadMetadata

from tests.conformance.store.samples import NOW, message, texts


@pytest.mark.proves("STORE-5", "STORE-9")
async def test_a_thread_is_read_as_it_was_saved(store: Store[Any], ann: Any, thread_id: str) -> None:
    thread = ThreadMetadata(
        id=thread_id,
        title="Title",
        created_at=NOW,
        status=LockedStatus(reason="paid"),
        allowed_image_domains=["example.org"],
        metadata={"a": [1, None, {"b": 2.5}]},
    )
    await store.save_thread(thread, ann)
    loaded = await store.load_thread(thread_id, ann)
    assert loaded.model_dump() == thread.model_dump()
    assert loaded.created_at.utcoffset() == timedelta(0)


async def test_the_loaded_thread_equals_the_saved_one(store: Store[Any], ann: Any, thread_id: str) -> None:
    thread = ThreadMetadata(id=thread_id, created_at=NOW)
    await store.save_thread(thread, ann)
    assert await store.load_thread(thread.id, ann) == thread
    assert await store.load_thread(thread.id, ann) != thread.model_copy(update={"title": "other"})


@pytest.mark.proves("DOC-03", "STORE-9", "T04")
@pytest.mark.parametrize(
    "created_at",
    [datetime(2026, 7, 1, 12, 0), datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=5)))],
    ids=["naive", "elsewhere"],
)
async def test_a_time_is_taken_as_local_or_as_it_says_and_kept_in_utc(
    store: Store[Any], ann: Any, created_at: datetime, thread_id: str
) -> None:
    await store.save_thread(ThreadMetadata(id=thread_id, created_at=created_at), ann)
    loaded = await store.load_thread(thread_id, ann)
    assert loaded.created_at == created_at.astimezone()
    assert loaded.created_at.utcoffset() == timedelta(0)


@pytest.mark.proves("REL-54", "DOC-02", "STORE-1", "DB-23")
async def test_saving_a_thread_again_changes_it(store: Store[Any], ann: Any, thread_id: str) -> None:
    for title in ("one", "two"):
        await store.save_thread(ThreadMetadata(id=thread_id, created_at=NOW, title=title), ann)
    assert (await store.load_thread(thread_id, ann)).title == "two"
    assert len((await store.load_threads(10, None, "desc", ann)).data) == 1


@pytest.mark.proves("STORE-5", "T29")
async def test_the_items_of_a_thread_object_are_not_saved(
    store: Store[Any], ann: Any, thread_id: str
) -> None:
    page = Page[Any](data=[message("ignored", thread_id=thread_id)])
    await store.save_thread(Thread(id=thread_id, created_at=NOW, items=page), ann)
    loaded = await store.load_thread(thread_id, ann)
    assert not isinstance(loaded, Thread)
    assert (await store.load_thread_items(thread_id, None, 10, "asc", ann)).data == []


@pytest.mark.proves("STORE-6", "T10")
async def test_a_rename_during_an_answer_is_not_undone_by_its_end(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    answering, renaming = [await store.load_thread(thread.id, ann) for _ in range(2)]
    renaming.title = "By the user"
    await store.save_thread(renaming, ann)
    answering.metadata["step"] = 1
    await store.save_thread(answering, ann)
    answering.status = ClosedStatus(reason="done")
    await store.save_thread(answering, ann)
    loaded = await store.load_thread(thread.id, ann)
    assert (loaded.title, loaded.metadata, loaded.status) == (
        "By the user",
        {"step": 1},
        ClosedStatus(reason="done"),
    )


@pytest.mark.proves("STORE-6", "T10")
async def test_the_first_answer_does_not_undo_a_rename_either(
    store: Store[Any], ann: Any, thread_id: str
) -> None:
    created = Thread(id=thread_id, created_at=NOW, items=Page())
    await store.save_thread(created, ann)
    renamed = await store.load_thread(thread_id, ann)
    renamed.title = "By the user"
    await store.save_thread(renamed, ann)
    created.metadata["step"] = 1
    await store.save_thread(created, ann)
    loaded = await store.load_thread(thread_id, ann)
    assert (loaded.title, loaded.metadata) == ("By the user", {"step": 1})


@pytest.mark.proves("STORE-6")
@pytest.mark.parametrize(
    ("field", "value", "nothing"),
    [
        ("title", "t", None),
        ("metadata", {"k": {"deep": []}}, {}),
        ("allowed_image_domains", [], None),
        ("status", LockedStatus(), LockedStatus(reason="why")),
    ],
)
async def test_every_column_can_be_set_and_cleared(
    store: Store[Any], ann: Any, thread: ThreadMetadata, field: str, value: Any, nothing: Any
) -> None:
    for wanted in (value, nothing):
        loaded = await store.load_thread(thread.id, ann)
        setattr(loaded, field, wanted)
        await store.save_thread(loaded, ann)
        assert getattr(await store.load_thread(thread.id, ann), field) == wanted


@pytest.mark.proves("STORE-15")
async def test_changing_a_loaded_thread_changes_nothing_until_it_is_saved(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    thread.metadata["list"] = [1]
    await store.save_thread(thread, ann)
    for loaded in (
        await store.load_thread(thread.id, ann),
        (await store.load_threads(1, None, "desc", ann)).data[0],
    ):
        loaded.metadata["list"].append(2)
        loaded.title = "changed"
    thread.metadata["list"].append(3)
    loaded = await store.load_thread(thread.id, ann)
    assert (loaded.metadata, loaded.title) == ({"list": [1]}, None)


@pytest.mark.proves("STORE-2", "DB-23")
async def test_a_deleted_thread_is_gone_with_its_items_and_may_be_deleted_again(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    await store.add_thread_item(thread.id, message("one"), ann)
    await store.delete_thread(thread.id, ann)
    await store.delete_thread(thread.id, ann)
    for reading in (
        store.load_thread(thread.id, ann),
        store.load_item(thread.id, "msg_one", ann),
        store.load_thread_items(thread.id, None, 10, "asc", ann),
        store.add_thread_item(thread.id, message("two"), ann),
    ):
        with pytest.raises(NotFoundError):
            await reading
    await store.save_thread(ThreadMetadata(id=thread.id, created_at=NOW), ann)
    assert await texts(store, thread, ann) == []


@pytest.mark.proves("STORE-2")
async def test_a_thread_deleted_during_an_answer_does_not_come_back(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    answering = await store.load_thread(thread.id, ann)
    await store.delete_thread(thread.id, ann)
    answering.title = "Too late"
    with pytest.raises(NotFoundError):
        await store.save_thread(answering, ann)
    with pytest.raises(NotFoundError):
        await store.load_thread(thread.id, ann)
