"""Pages of items and of threads: limits, orders, cursors, and what happens between two pages."""

from collections.abc import Callable
from typing import Any

import pytest
from chatkit.store import Store
from chatkit.types import Page, ThreadMetadata
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.store.samples import NOW, message

per_example = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LIMITS = [(None, 20), (0, 20), (1, 1), (100, 100), (101, 100), (9_999, 100), (10**12, 100), (-1, 1), (-5, 1)]


async def fill(store: Store[Any], thread: ThreadMetadata, context: Any, number: int) -> None:
    for item in range(number):
        await store.add_thread_item(thread.id, message("x", item_id=f"{item:03}"), context)


def ids(page: Page[Any]) -> list[str]:
    return [row.id for row in page.data]


@pytest.mark.proves("T21", "STORE-4", "WIRE-04")
@pytest.mark.parametrize(("limit", "size"), LIMITS)
async def test_the_number_of_items_is_clamped(
    store: Store[Any], ann: Any, thread: ThreadMetadata, limit: int | None, size: int
) -> None:
    await fill(store, thread, ann, 101)
    page = await store.load_thread_items(thread.id, None, limit, "asc", ann)  # type: ignore[arg-type]
    assert len(page.data) == size
    assert page.has_more


@pytest.mark.proves("T21", "OP-threads.list-2", "WIRE-04")
@pytest.mark.parametrize(("limit", "size"), LIMITS)
async def test_the_number_of_threads_is_clamped(
    store: Store[Any], new_user: Callable[[], Any], limit: int | None, size: int
) -> None:
    user = new_user()
    for _ in range(101):
        await store.save_thread(ThreadMetadata(id=store.generate_thread_id(user), created_at=NOW), user)
    page = await store.load_threads(limit, None, "desc", user)  # type: ignore[arg-type]
    assert len(page.data) == size
    assert page.has_more


@pytest.mark.proves("STORE-4", "OP-threads.list-2")
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_has_more_is_exact_at_the_edges(
    store: Store[Any], new_user: Callable[[], Any], number: int, order: str
) -> None:
    user, limit = new_user(), 2
    made = [store.generate_thread_id(user) for _ in range(number)]
    for thread_id in made:
        await store.save_thread(ThreadMetadata(id=thread_id, created_at=NOW), user)
    thread = ThreadMetadata(id=store.generate_thread_id(user), created_at=NOW)
    await store.save_thread(thread, user)
    await fill(store, thread, user, number)
    await store.delete_thread(made.pop() if made else "none", user)  # one of them is this thread

    async def walk(load: Callable[[str | None], Any]) -> list[str]:
        seen: list[str] = []
        after: str | None = None
        while True:
            page = await load(after)
            seen += ids(page)
            assert len(page.data) == (limit if page.has_more else len(page.data))
            if not page.has_more:
                return seen
            assert page.after
            assert page.data
            after = page.after

    items = await walk(lambda after: store.load_thread_items(thread.id, after, limit, order, user))
    assert items == sorted((f"{item:03}" for item in range(number)), reverse=order == "desc")
    threads = await walk(lambda after: store.load_threads(limit, after, order, user))
    assert threads == ([*made, thread.id] if order == "asc" else [*made, thread.id][::-1])


@pytest.mark.proves("STORE-4", "OP-items.list-3")
async def test_both_orders_are_each_others_mirror(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    await fill(store, thread, ann, 7)
    pages = [await store.load_thread_items(thread.id, None, 100, order, ann) for order in ("asc", "desc")]
    assert ids(pages[0]) == ids(pages[1])[::-1]


@pytest.mark.proves("STORE-4", "OP-items.list-2")
async def test_the_id_of_an_item_is_a_cursor(store: Store[Any], ann: Any, thread: ThreadMetadata) -> None:
    await fill(store, thread, ann, 5)
    assert ids(await store.load_thread_items(thread.id, "001", 2, "asc", ann)) == ["002", "003"]
    assert ids(await store.load_thread_items(thread.id, "003", 2, "desc", ann)) == ["002", "001"]


@pytest.mark.proves("STORE-4")
async def test_a_cursor_whose_item_is_gone_never_restarts(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    await fill(store, thread, ann, 5)
    page = await store.load_thread_items(thread.id, None, 2, "asc", ann)
    await store.delete_thread_item(thread.id, "001", ann)
    assert ids(await store.load_thread_items(thread.id, page.after, 2, "asc", ann)) == ["002", "003"]
    assert ids(await store.load_thread_items(thread.id, "001", 2, "asc", ann)) in ([], ["002", "003"])


@pytest.mark.proves("STORE-4", "STORE-10")
async def test_a_cursor_of_another_thread_gives_nothing(
    store: Store[Any], ann: Any, bob: Any, thread: ThreadMetadata, thread_id: str
) -> None:
    other = ThreadMetadata(id=thread_id, created_at=NOW)
    await store.save_thread(other, bob)
    await fill(store, thread, ann, 3)
    await fill(store, other, bob, 3)
    cursor = (await store.load_thread_items(other.id, None, 1, "asc", bob)).after
    page = await store.load_thread_items(thread.id, cursor, 10, "asc", ann)
    assert (page.data, page.has_more) == ([], False)
    await store.save_thread(ThreadMetadata(id=store.generate_thread_id(bob), created_at=NOW), bob)
    for foreign in ((await store.load_threads(1, None, "desc", bob)).after, thread_id):
        page_of_threads = await store.load_threads(10, foreign, "desc", ann)
        assert (page_of_threads.data, page_of_threads.has_more) == ([], False)


@pytest.mark.proves("STORE-16", "STORE-4")
@per_example
@given(cursor=st.text(min_size=1) | st.sampled_from(["\x00", "\ud800", "x" * 100_000, "-1", "0", "9" * 40]))
async def test_a_made_up_cursor_gives_nothing(
    store: Store[Any], ann: Any, thread: ThreadMetadata, cursor: str
) -> None:
    await store.add_thread_item(thread.id, message("x", item_id="an item"), ann)
    for order in ("asc", "desc"):
        assert (await store.load_thread_items(thread.id, cursor, 10, order, ann)).data == []
        assert (await store.load_threads(10, cursor, order, ann)).data == []


Change = tuple[str, int]
CHANGES = st.lists(st.tuples(st.sampled_from(["add", "delete", "touch"]), st.integers(0, 30)), max_size=4)


@pytest.mark.proves("STORE-4")
@per_example
@given(
    start=st.integers(0, 9), limit=st.integers(1, 4), order=st.sampled_from(["asc", "desc"]), data=st.data()
)
async def test_items_that_stay_are_seen_once_whatever_happens_between_pages(
    store: Store[Any], ann: Any, start: int, limit: int, order: str, data: st.DataObject
) -> None:
    thread = ThreadMetadata(id=store.generate_thread_id(ann), created_at=NOW)
    await store.save_thread(thread, ann)
    await fill(store, thread, ann, start)
    present = [f"{item:03}" for item in range(start)]
    staying, added, seen, after = set(present), start, [], None
    while True:
        page = await store.load_thread_items(thread.id, after, limit, order, ann)
        seen += ids(page)
        if not page.has_more:
            break
        after = page.after
        for change, number in data.draw(CHANGES):
            if change == "add":
                present.append(f"{added:03}")
                await store.add_thread_item(thread.id, message("x", item_id=present[-1]), ann)
                added += 1
            elif present:
                chosen = present[number % len(present)]
                if change == "touch":
                    await store.save_item(thread.id, message("y", item_id=chosen), ann)
                else:
                    present.remove(chosen)
                    staying.discard(chosen)
                    await store.delete_thread_item(thread.id, chosen, ann)
    assert seen == sorted(set(seen), reverse=order == "desc")
    assert staying <= set(seen)


@pytest.mark.proves("STORE-4", "OP-threads.list-3")
@per_example
@given(start=st.integers(0, 6), limit=st.integers(1, 3), data=st.data())
async def test_threads_that_stay_are_seen_once_whatever_happens_between_pages(
    store: Store[Any], new_user: Callable[[], Any], start: int, limit: int, data: st.DataObject
) -> None:
    user = new_user()
    present: list[str] = []

    async def add() -> None:
        present.append(store.generate_thread_id(user))
        await store.save_thread(ThreadMetadata(id=present[-1], created_at=NOW), user)

    for _ in range(start):
        await add()
    untouched, seen, after = list(present), [], None
    while True:
        page = await store.load_threads(limit, after, "desc", user)
        seen += ids(page)
        if not page.has_more:
            break
        after = page.after
        for change, number in data.draw(CHANGES):
            if change == "add":
                await add()
            elif present:
                chosen = present[number % len(present)]
                if chosen in untouched:
                    untouched.remove(chosen)
                if change == "touch":
                    await store.add_thread_item(chosen, message("x"), user)
                else:
                    present.remove(chosen)
                    await store.delete_thread(chosen, user)
    assert [thread_id for thread_id in seen if thread_id in untouched] == untouched[::-1]


@pytest.mark.proves("OP-threads.list-1")
async def test_the_thread_with_the_newest_item_comes_first(
    store: Store[Any], new_user: Callable[[], Any]
) -> None:
    user = new_user()
    one, two, three = (store.generate_thread_id(user) for _ in range(3))
    for thread_id in (one, two, three):
        await store.save_thread(ThreadMetadata(id=thread_id, created_at=NOW), user)
    await store.add_thread_item(two, message("x"), user)
    assert ids(await store.load_threads(10, None, "desc", user)) == [two, three, one]
    renamed = await store.load_thread(one, user)
    renamed.title = "a rename is no activity"
    await store.save_thread(renamed, user)
    assert ids(await store.load_threads(10, None, "asc", user)) == [one, three, two]
