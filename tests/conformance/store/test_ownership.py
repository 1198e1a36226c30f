"""Nobody reads, changes or deletes what is another's, and cannot tell it from what does not exist."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from chatkit.store import NotFoundError, Store
from chatkit.types import FileAttachment, ThreadMetadata

from tests.conformance.store.conftest import Implementation
from tests.conformance.store.samples import NOW, message

Operation = Callable[[Store[Any], str, str, str, Any], Awaitable[Any]]


def file(attachment_id: str, **fields: Any) -> FileAttachment:
    return FileAttachment(**{"id": attachment_id, "name": "a.txt", "mime_type": "text/plain"} | fields)


REFUSED: dict[str, Operation] = {
    "load_thread": lambda store, thread, item, file_id, who: store.load_thread(thread, who),
    "load_thread_items": lambda store, thread, item, file_id, who: store.load_thread_items(
        thread, None, 10, "asc", who
    ),
    "add_thread_item": lambda store, thread, item, file_id, who: store.add_thread_item(
        thread, message("mine now", item_id=item), who
    ),
    "save_item": lambda store, thread, item, file_id, who: store.save_item(
        thread, message("mine now", item_id=item), who
    ),
    "load_item": lambda store, thread, item, file_id, who: store.load_item(thread, item, who),
    "load_attachment": lambda store, thread, item, file_id, who: store.load_attachment(file_id, who),
    "save_attachment into a thread": lambda store, thread, item, file_id, who: store.save_attachment(
        file(f"bobs {file_id}", thread_id=thread), who
    ),
}
WITHOUT_EFFECT: dict[str, Operation] = {
    "delete_thread": lambda store, thread, item, file_id, who: store.delete_thread(thread, who),
    "delete_thread_item": lambda store, thread, item, file_id, who: store.delete_thread_item(
        thread, item, who
    ),
    "delete_attachment": lambda store, thread, item, file_id, who: store.delete_attachment(file_id, who),
}
OVERWRITING: dict[str, Operation] = {
    "save_thread": lambda store, thread, item, file_id, who: store.save_thread(
        ThreadMetadata(id=thread, created_at=NOW, title="mine now"), who
    ),
    "save_attachment": lambda store, thread, item, file_id, who: store.save_attachment(
        file(file_id, name="b"), who
    ),
}


@pytest.fixture
async def anns(store: Store[Any], ann: Any, thread: ThreadMetadata) -> tuple[str, str, str]:
    """Ids of a thread, an item and a file of Ann's."""
    await store.add_thread_item(thread.id, message("one"), ann)
    await store.save_attachment(file(f"atc {thread.id}", thread_id=thread.id), ann)
    return thread.id, "msg_one", f"atc {thread.id}"


async def everything_of(store: Store[Any], who: Any) -> list[Any]:
    threads = (await store.load_threads(100, None, "asc", who)).data
    items = [await store.load_thread_items(thread.id, None, 100, "asc", who) for thread in threads]
    return [thread.model_dump() for thread in threads] + [page.model_dump() for page in items]


async def failure(operation: Awaitable[Any]) -> tuple[type[Exception], str]:
    with pytest.raises(NotFoundError) as caught:
        await operation
    return caught.type, str(caught.value)


@pytest.mark.proves("STORE-10", "STORE-11", "T20")
@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_anothers_fails_like_what_does_not_exist(
    store: Store[Any], ann: Any, bob: Any, anns: tuple[str, str, str], name: str
) -> None:
    before = await everything_of(store, ann)
    foreign = await failure(REFUSED[name](store, *anns, bob))
    missing = await failure(REFUSED[name](store, "thr_none", "msg_none", "atc_none", bob))
    assert foreign == missing
    assert await everything_of(store, ann) == before
    assert await everything_of(store, bob) == []


@pytest.mark.proves("STORE-10", "STORE-2")
@pytest.mark.parametrize("name", WITHOUT_EFFECT)
async def test_deleting_what_is_anothers_does_nothing(
    store: Store[Any], ann: Any, bob: Any, anns: tuple[str, str, str], name: str
) -> None:
    before = await everything_of(store, ann)
    await WITHOUT_EFFECT[name](store, *anns, bob)
    assert await everything_of(store, ann) == before
    assert (await store.load_attachment(anns[2], ann)).id == anns[2]


@pytest.mark.proves("STORE-1", "STORE-11", "FEAT-att-8")
@pytest.mark.parametrize("name", OVERWRITING)
async def test_an_id_that_is_anothers_cannot_be_taken_over(
    store: Store[Any], ann: Any, bob: Any, anns: tuple[str, str, str], name: str
) -> None:
    before = await everything_of(store, ann)
    with pytest.raises(NotFoundError):
        await OVERWRITING[name](store, *anns, bob)
    assert await everything_of(store, ann) == before
    assert (await store.load_attachment(anns[2], ann)).name == "a.txt"


@pytest.mark.proves("STORE-10")
async def test_a_thread_loaded_by_one_cannot_be_saved_by_another(
    store: Store[Any], ann: Any, bob: Any, anns: tuple[str, str, str]
) -> None:
    thread = await store.load_thread(anns[0], ann)
    thread.title = "mine now"
    with pytest.raises(NotFoundError):
        await store.save_thread(thread, bob)
    assert (await store.load_thread(anns[0], ann)).title is None


@pytest.mark.proves("STORE-10", "OP-threads.list-1")
async def test_lists_hold_ones_own_threads_only(
    store: Store[Any], ann: Any, bob: Any, anns: tuple[str, str, str], thread_id: str
) -> None:
    await store.save_thread(ThreadMetadata(id=thread_id, created_at=NOW), bob)
    assert [thread.id for thread in (await store.load_threads(10, None, "desc", ann)).data] == [anns[0]]
    assert [thread.id for thread in (await store.load_threads(10, None, "desc", bob)).data] == [thread_id]


@pytest.mark.proves("STORE-16", "DB-27")
@pytest.mark.parametrize("odd", ["", "\x00", "a\x00b", "\ud800", "x" * 100_000, "'; drop table threads; --"])
async def test_an_id_that_cannot_exist_is_not_found(
    implementation: Implementation, ann: Any, anns: tuple[str, str, str], odd: str
) -> None:
    store = implementation.store
    before = await everything_of(store, ann)
    for refused in REFUSED.values():
        with pytest.raises((NotFoundError, *implementation.refusals)):
            await refused(store, odd, odd, odd, ann)
    for operation in WITHOUT_EFFECT.values():
        await operation(store, odd, odd, odd, ann)
    assert await everything_of(store, ann) == before


@pytest.mark.proves("STORE-16", "DB-27")
@pytest.mark.parametrize("odd", ["", "\x00", "\ud800", "x" * 100_000])
async def test_nothing_is_stored_under_an_id_that_cannot_be_looked_up(
    implementation: Implementation, ann: Any, anns: tuple[str, str, str], odd: str
) -> None:
    store = implementation.store
    for saving in (
        store.save_thread(ThreadMetadata(id=odd, created_at=NOW), ann),
        store.save_attachment(file("a").model_copy(update={"id": odd}), ann),
        store.add_thread_item(anns[0], message("x").model_copy(update={"id": odd}), ann),
    ):
        with pytest.raises(implementation.refusals):
            await saving
