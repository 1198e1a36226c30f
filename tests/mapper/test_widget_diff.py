"""What changed in a widget: text that grows is a delta, all else the widget again; nothing is missed."""

from typing import Any

import pytest
from chatkit.types import WidgetRootUpdated, WidgetStreamingTextValueDelta
from chatkit.widgets import DynamicWidgetRoot
from hypothesis import given
from hypothesis import strategies as st

from app.assistant.widget_diff import widget_updates
from tests.mapper.page import JSON, apply_update


def text(value: str, **props: Any) -> JSON:
    return {"type": "Text", "id": "t", "value": value, **props}


def updates(before: JSON, after: JSON) -> list[Any]:
    """Compare two cards with these as their content."""
    return list(
        widget_updates(*(DynamicWidgetRoot.model_validate(_card(content)) for content in (before, after)))
    )


def _card(content: JSON) -> JSON:
    return {"type": "Card", "children": [{"type": "Col", "children": [content]}]}


@pytest.mark.parametrize("kind", ["Text", "Markdown"])
@pytest.mark.parametrize("streaming", [True, False])
def test_text_that_grows_is_a_delta(kind: str, streaming: bool) -> None:
    props = {"type": kind, "streaming": streaming}
    assert updates(text("Hel", **props), text("Hello", **props)) == [
        WidgetStreamingTextValueDelta(component_id="t", delta="lo", done=not streaming)
    ]


def test_nothing_changed_is_nothing_to_say() -> None:
    assert updates(text("Hello"), text("Hello")) == []


def test_several_texts_grow_at_once() -> None:
    def two(one: str, other: str) -> JSON:
        return {"type": "Row", "children": [text(one), text(other, id="u")]}

    assert [update.delta for update in updates(two("a", "b"), two("ab", "bc"))] == ["b", "c"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            {"type": "Text", "value": "Hel"},
            {"type": "Text", "value": "Hello"},
            marks=pytest.mark.proves("FEAT-widget-2"),
            id="without an id",
        ),
        pytest.param(
            {"type": "Transition", "children": {"type": "Text", "value": "Hel"}},
            {"type": "Transition", "children": {"type": "Text", "value": "Hello"}},
            marks=pytest.mark.proves("FEAT-widget-2"),
            id="inside a transition, without an id",
        ),
        pytest.param(
            text("Hello"),
            text("Hello", size="lg"),
            marks=pytest.mark.proves("FEAT-widget-3"),
            id="prop appears",
        ),
        pytest.param(
            text("Hello", size="lg"), text("Hello"), marks=pytest.mark.proves("FEAT-widget-3"), id="prop goes"
        ),
        pytest.param(
            text("Hello"), text("Hel"), marks=pytest.mark.proves("FEAT-widget-4"), id="text shrinks"
        ),
        pytest.param(
            text("Hello"), text("Hello", id="u"), marks=pytest.mark.proves("FEAT-widget-4"), id="new id"
        ),
        pytest.param(
            text("Hello"), text("Hello", key="k"), marks=pytest.mark.proves("FEAT-widget-4"), id="new key"
        ),
        pytest.param(
            {"type": "Row", "children": [text("a")]},
            {"type": "Row", "children": [text("a"), text("b", id="u")]},
            marks=pytest.mark.proves("FEAT-widget-4"),
            id="new node",
        ),
        pytest.param(
            {"type": "Row", "children": [text("a"), text("b")]},
            {"type": "Row", "children": [text("ab"), text("b")]},
            marks=pytest.mark.proves("FEAT-widget-4"),
            id="two nodes of one id",
        ),
        pytest.param(
            text("Hel", streaming=True),
            text("Hello", streaming=False),
            marks=pytest.mark.proves("FEAT-widget-5"),
            id="text grows and stops streaming",
        ),
        pytest.param(text("Hello", tags=[1]), text("Hello", tags=[1, 2]), id="list grows"),
        pytest.param({**text("1"), "type": "Button"}, {**text("12"), "type": "Button"}, id="not a text"),
    ],
)
def test_any_other_change_sends_the_widget_again(before: JSON, after: JSON) -> None:
    (update,) = updates(before, after)
    assert isinstance(update, WidgetRootUpdated)
    assert update.widget.model_dump(exclude_none=True) == _card(after)


@pytest.mark.proves("FEAT-widget-2")
def test_text_with_an_id_grows_inside_a_transition_too() -> None:
    before, after = ({"type": "Transition", "children": text(value)} for value in ("Hel", "Hello"))
    assert [update.type for update in updates(before, after)] == ["widget.streaming_text.value_delta"]


NODES = st.recursive(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["Text", "Badge"]), "value": st.text(alphabet="ab", max_size=3)},
        optional={"id": st.sampled_from(["x", "y"]), "size": st.integers(0, 1)},
    ),
    lambda below: st.fixed_dictionaries({"type": st.just("Row"), "children": st.lists(below, max_size=3)}),
    max_leaves=4,
)


@pytest.mark.proves("UPD-1")
@given(NODES, NODES)
def test_the_updates_always_lead_from_one_state_to_the_other(before: JSON, after: JSON) -> None:
    item = {"widget": _card(before)}
    for update in updates(before, after):
        apply_update(item, update.model_dump(exclude_none=True))
    assert item["widget"] == _card(after)
