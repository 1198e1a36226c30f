"""Whatever is put in comes out as it was, or is refused; it is never an error of the server's."""

from typing import Any

import pytest
from chatkit.store import Store
from chatkit.types import HiddenContextItem, Page, ThreadItem, ThreadMetadata
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.store import strategies
from tests.conformance.store.conftest import Implementation
from tests.conformance.store.samples import NOW, WIDGET, as_json, message, texts, widget

per_example = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.proves("STORE-16", "ITEM-any-3", "DB-27")
@per_example
@given(item=strategies.items())
async def test_any_item_comes_back_as_the_same_json_without_nul(
    store: Store[Any], ann: Any, thread: ThreadMetadata, item: ThreadItem
) -> None:
    await store.add_thread_item(thread.id, item, ann)
    loaded = await store.load_item(thread.id, item.id, ann)
    assert as_json(loaded) == strategies.without_nul(as_json(item, thread_id=thread.id))


@pytest.mark.proves("DOC-24", "STORE-7", "T07", "ITEM-widget-1", "ITEM-widget-3", "SDK-10")
@per_example
@given(root=strategies.widgets())
async def test_any_widget_is_the_same_json_when_read_back(
    store: Store[Any], ann: Any, thread: ThreadMetadata, root: dict[str, Any]
) -> None:
    item = widget(root)
    await store.save_item(thread.id, item, ann)
    loaded = await store.load_item(thread.id, item.id, ann)
    assert as_json(loaded)["widget"] == strategies.without_nul(as_json(item)["widget"])


@pytest.mark.proves("STORE-7", "T07", "ITEM-widget-1", "ITEM-widget-3", "SDK-10")
@pytest.mark.parametrize("root", ["Card", "ListView", "Basic"])
async def test_a_widget_keeps_properties_that_the_sdk_does_not_know(
    store: Store[Any], ann: Any, thread: ThreadMetadata, root: str
) -> None:
    await store.add_thread_item(thread.id, widget(WIDGET | {"type": root}), ann)
    (loaded,) = (await store.load_thread_items(thread.id, None, 10, "asc", ann)).data
    assert loaded.model_dump(mode="json", by_alias=True, exclude_none=True)["widget"] == WIDGET | {
        "type": root
    }


@pytest.mark.proves("STORE-5", "STORE-16")
@per_example
@given(title=st.none() | strategies.texts(), metadata=strategies.objects())
async def test_any_title_and_metadata_come_back_without_nul(
    store: Store[Any], ann: Any, title: str | None, metadata: dict[str, Any], thread_id: str
) -> None:
    thread = ThreadMetadata(id=thread_id, created_at=NOW, title=title, metadata=metadata)
    await store.save_thread(thread, ann)
    loaded = await store.load_thread(thread_id, ann)
    expected = strategies.without_nul([title, metadata])
    assert strategies.as_numbers([loaded.title, loaded.metadata]) == strategies.as_numbers(expected)


@pytest.mark.proves("STORE-16")
async def test_ten_megabytes_of_text_come_back(store: Store[Any], ann: Any, thread: ThreadMetadata) -> None:
    text = "0123456789" * 1_000_000
    await store.add_thread_item(thread.id, message(text, item_id="big"), ann)
    assert await texts(store, thread, ann) == [text]


@pytest.mark.proves("STORE-16")
@pytest.mark.parametrize(
    "character", ["𐐀", "漢", "a-", "a.bc/d", "é "], ids=["4-byte", "cjk", "hyphens", "urls", "words"]
)
async def test_a_long_text_of_any_script_is_stored(
    store: Store[Any], ann: Any, thread: ThreadMetadata, character: str
) -> None:
    text = " ".join(f"{character}{number}{character}" for number in range(150_000))
    await store.add_thread_item(thread.id, message(text, item_id="big"), ann)
    assert await texts(store, thread, ann) == [text]


@pytest.mark.proves("STORE-16")
@pytest.mark.parametrize("depth", [50, 150, 180, 199, 220, 260, 1_000, 50_000])
async def test_deep_json_is_stored_or_refused(
    implementation: Implementation, ann: Any, thread: ThreadMetadata, depth: int
) -> None:
    content: Any = "end"
    for _ in range(depth):
        content = [content]
    item = HiddenContextItem(id="deep", thread_id=thread.id, created_at=NOW, content=content)
    await _stored_or_refused(implementation, ann, thread, item, must_be_stored=depth <= 150)


@pytest.mark.proves("STORE-16")
@pytest.mark.parametrize("depth", [10, 40, 60, 120, 160])
async def test_a_deeply_nested_widget_is_stored_or_refused_at_once(
    implementation: Implementation, ann: Any, thread: ThreadMetadata, depth: int
) -> None:
    root: dict[str, Any] = {"type": "Text", "value": "end"}
    for _ in range(depth):
        root = {"type": "Box", "children": [root]}
    item = widget({"type": "Card", "children": [root]})
    await _stored_or_refused(implementation, ann, thread, item, must_be_stored=depth <= 40)


@pytest.mark.proves("STORE-16")
async def test_text_that_is_not_unicode_is_stored_or_refused(
    implementation: Implementation, ann: Any, thread: ThreadMetadata
) -> None:
    item = message("whole", item_id="half")
    item.content[0].text = "half \ud83d of a pair"  # as a stream that was cut there leaves it
    try:
        await implementation.store.add_thread_item(thread.id, item, ann)
    except implementation.refusals:
        return
    (text,) = await texts(implementation.store, thread, ann)
    assert text.startswith("half ")
    assert text.endswith(" of a pair")


@pytest.mark.proves("STORE-16")
@pytest.mark.parametrize(
    "content",
    [
        float("nan"),
        {"inf": [float("-inf")]},
        pytest.param(object(), id="object"),
        {1: 2, (3, 4): 5},
        b"\xff\x00",
        {"set": {1}},
        10**100,
        1e308,
    ],
    ids=repr,
)
async def test_hidden_content_that_is_not_json_is_stored_or_refused(
    implementation: Implementation, ann: Any, thread: ThreadMetadata, content: Any
) -> None:
    item = HiddenContextItem(id="odd", thread_id=thread.id, created_at=NOW, content=content)
    await _stored_or_refused(implementation, ann, thread, item, must_be_stored=False)


async def _stored_or_refused(
    implementation: Implementation,
    ann: Any,
    thread: ThreadMetadata,
    item: ThreadItem,
    *,
    must_be_stored: bool,
) -> None:
    store = implementation.store
    try:
        await store.add_thread_item(thread.id, item, ann)
    except implementation.refusals:
        assert not must_be_stored
        assert (await store.load_thread_items(thread.id, None, 10, "asc", ann)).data == []
    else:
        (listed,) = (await store.load_thread_items(thread.id, None, 10, "asc", ann)).data
        assert (listed.id, listed.type) == (item.id, item.type)


@pytest.mark.proves("ITEM-any-2")
async def test_fields_that_the_sdk_does_not_know_are_kept(
    store: Store[Any], ann: Any, thread: ThreadMetadata
) -> None:
    raw = as_json(message("known")) | {"new": {"x": [1, None]}}
    raw["content"][0]["tone"] = "glad"
    item = type(message("")).model_validate(raw, extra="allow")
    await store.add_thread_item(thread.id, item, ann)
    page: Page[Any] = await store.load_thread_items(thread.id, None, 10, "asc", ann)
    (loaded,) = page.data
    assert loaded.model_extra == {"new": {"x": [1, None]}}
    assert loaded.content[0].model_extra == {"tone": "glad"}
