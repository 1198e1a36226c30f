"""Pages for the wire: hidden items never leave, and never make a page shorter."""

import pytest

from app.errors import BadRequest
from tests.threads.conftest import Desk


async def visible(
    desk: Desk, after: str | None, limit: int, order: str = "asc"
) -> tuple[list[str], str | None]:
    page = await desk.store.load_visible_items(desk.thread_id, after, limit, order, desk.context)
    assert page.has_more == (page.after is not None)
    return [item.id for item in page.data], page.after


@pytest.mark.proves("T22", "ITEM-hidden-1")
async def test_hidden_items_are_on_no_page_for_the_wire(desk: Desk) -> None:
    await desk.add("hidden 1", "a", "hidden 2", "b", "hidden 3")
    assert await visible(desk, None, 10) == (["a", "b"], None)
    assert await visible(desk, None, 10, "desc") == (["b", "a"], None)
    assert await desk.ids() == ["hidden 1", "a", "hidden 2", "b", "hidden 3"]


@pytest.mark.proves("OP-items.list-2", "T22")
async def test_a_page_is_filled_with_visible_items(desk: Desk) -> None:
    await desk.add("a", *(f"hidden {number}" for number in range(30)), "b", "hidden x", "c", "hidden last")
    first, after = await visible(desk, None, 2)
    assert first == ["a", "b"]
    assert await visible(desk, after, 2) == (["c"], None)


@pytest.mark.proves("OP-items.list-2")
@pytest.mark.parametrize("limit", [2, 3])
async def test_hidden_items_at_the_end_do_not_count_as_more(desk: Desk, limit: int) -> None:
    await desk.add("a", "b", "hidden 1", "hidden 2")
    assert await visible(desk, None, limit) == (["a", "b"], None)


@pytest.mark.proves("OP-items.list-2")
async def test_a_thread_of_hidden_items_is_an_empty_page(desk: Desk) -> None:
    await desk.add("hidden 1", "hidden 2")
    assert await visible(desk, None, 1) == ([], None)


async def test_an_order_that_is_none_is_refused(desk: Desk) -> None:
    for loading in (
        desk.store.load_visible_items(desk.thread_id, None, 1, "sideways", desk.context),
        desk.store.load_threads(1, None, "", desk.context),
    ):
        with pytest.raises(BadRequest):
            await loading
