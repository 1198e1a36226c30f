"""Handlers of actions, and what a stored widget says of them."""

from typing import Any

import pytest
from agents import Agent
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from typing_extensions import TypedDict

from app.assistant import Action, Assistant
from app.assistant.actions.offered import NotThisPayload, Offer, offers, settled
from app.assistant.hidden_context import hidden_block, hidden_text
from app.errors import BadRequest

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=8,
)


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if isinstance(value, dict):
        return {
            name: leaf for key, part in value.items() for name, leaf in leaves(part, (*path, key)).items()
        }
    return {path: value}


@pytest.mark.proves("OP-threads.custom_action-1")
@given(JSON, JSON)
def test_whatever_a_client_sends_what_is_fixed_stays(given: Any, fixed: Any) -> None:
    payload = settled(given, [fixed])

    if fixed is not None:
        counted = leaves(payload)
        assert all(counted[name] == value for name, value in leaves(fixed).items() if value is not None)


@pytest.mark.proves("OP-threads.custom_action-1")
@given(JSON, st.lists(st.dictionaries(st.sampled_from("ab"), st.integers(0, 3)), min_size=2, max_size=4))
def test_of_several_payloads_it_is_one_and_never_a_mixture(given: Any, fixed: list[Any]) -> None:
    names = {name for payload in fixed for name in payload}
    try:
        payload = settled(given, fixed)
    except NotThisPayload:
        return
    said = {name: value for name, value in payload.items() if name in names} if payload else {}
    assert said in fixed


@pytest.mark.parametrize(
    ("given", "fixed", "payload"),
    [
        ({"size": "L"}, [None], {"size": "L"}),
        (None, [None], None),
        (None, [{"id": 1}], {"id": 1}),
        ({"todo": {"title": "x"}}, [{"todo": {"id": 1}}], {"todo": {"title": "x", "id": 1}}),
        ({"id": 2, "note": "x"}, [{"id": 1}, {"id": 2}], {"id": 2, "note": "x"}),
        ({"id": 2, "note": "x"}, [{"id": 1}, {"id": 1}], {"id": 1, "note": "x"}),
        ("anything", [{"id": 1}], {"id": 1}),
        ({"id": 1}, ["fixed"], "fixed"),
        ([1, 2], [[1]], [1]),
        ({}, [{}, {"id": 1}], {}),
    ],
)
def test_what_counts(given: Any, fixed: list[Any], payload: Any) -> None:
    assert settled(given, fixed) == payload


@pytest.mark.parametrize(
    ("given", "fixed"),
    [
        ({"id": 3}, [{"id": 1}, {"id": 2}]),
        ({"id": 9}, [{}, {"id": 1}]),
        ({"id": {"x": 1}}, [{}, {"id": 1}]),
        ({"id": None}, [{}, {"id": 1}]),
        ({"id": 1}, [{}, {"id": {"x": 1}}]),
        (None, [1, 2]),
    ],
)
def test_a_payload_that_no_part_of_the_widget_has_is_refused(given: Any, fixed: list[Any]) -> None:
    with pytest.raises(NotThisPayload):
        settled(given, fixed)


def test_actions_are_found_at_any_depth_and_not_in_values() -> None:
    inner = {"type": "Select", "name": "x", "onChangeAction": {"type": "a", "payload": {"deep": True}}}
    widget = {
        "type": "Card",
        "confirm": {"label": "Yes", "action": {"type": "a", "payload": 1}},
        "cancel": {"label": "No", "action": {"type": "a", "handler": "client"}},
        "children": [
            {
                "type": "Form",
                "onSubmitAction": {"type": "a"},
                "children": {"type": "Transition", "children": inner},
            },
            {"type": "Button", "onClickAction": {"type": "b", "payload": {"onClickAction": {"type": "a"}}}},
            {"type": "Chart", "data": [{"onClickAction": {"type": "a"}}]},
        ],
    }

    found = offers(widget, "a")
    assert sorted(map(repr, found)) == sorted(
        map(repr, [Offer(1, False), Offer(None, True), Offer(None, False), Offer({"deep": True}, False)])
    )


class Purchase(BaseModel):
    """A payload."""

    count: int


class Loose(TypedDict):
    """Another one."""

    count: int


@pytest.mark.proves("OP-threads.custom_action-2")
@pytest.mark.parametrize("schema", [Purchase, Loose])
def test_a_payload_is_what_its_annotation_says(schema: Any) -> None:
    def handler(context: Any, payload: Any) -> None:
        """Do nothing."""

    handler.__annotations__["payload"] = schema
    action = Action(handler)

    (payload,) = action.arguments({"count": "3", "more": 1})
    assert payload == (Purchase(count=3) if schema is Purchase else {"count": 3})
    wrong: Any
    for wrong in (None, {}, {"count": "three"}, [], "3"):
        with pytest.raises(BadRequest, match="The payload of the action is not valid: "):
            action.arguments(wrong)


def no_context() -> None:
    """Take nothing."""


def no_annotation(context: Any, payload) -> None:
    """Take anything."""


def three(context: Any, payload: int, more: int) -> None:
    """Take too much."""


def any_number(*arguments: Any) -> None:
    """Take any number."""


class NoSchema:
    """What pydantic does not know."""


def no_schema(context: Any, payload: NoSchema) -> None:
    """Take what has no schema."""


@pytest.mark.parametrize(
    ("handler", "sentence"),
    [
        (no_context, "the handler no_context must take a context, or a context and a payload"),
        (three, "the handler three must take a context, or a context and a payload"),
        (any_number, "the handler any_number must take a context, or a context and a payload"),
        (no_annotation, "the payload of the handler no_annotation needs an annotation: anybody may"),
        (no_schema, "the payload of the handler no_schema has no schema: Unable to generate"),
        (Purchase, "the handler of an action is a function of its context, not Purchase"),
        (7, "the handler of an action is a function of its context, not 7"),
    ],
)
def test_a_handler_that_cannot_be_one_stops_the_start_with_a_sentence(handler: Any, sentence: str) -> None:
    with pytest.raises(TypeError) as raised:
        Assistant(Agent(name="A"), actions={"a": handler})
    assert str(raised.value).startswith(sentence)


@pytest.mark.proves("ITEM-hidden-2", "OP-threads.custom_action-2")
@given(st.text(), JSON | st.text().map(lambda text: {"a": text}))
def test_words_of_a_user_stay_in_quotation_marks_within_their_block(text: str, value: Any) -> None:
    block = hidden_block(hidden_text("They said {text} and {value}.", {"text": text, "value": value}))
    begin, _, note, *rest = block.split("\n")

    assert begin == "<HiddenContext>"
    assert note.startswith('They said "')
    assert note.endswith(".")
    assert rest == ["</HiddenContext>"]
    assert block.lower().replace(" ", "").count("hiddencontext>") == 2 + str(block).lower().count("&lt;")


@pytest.mark.proves("DOC-14", "ITEM-hidden-2")
@pytest.mark.parametrize("content", [None, 7, {"a": [1]}, b"\xff", object(), float("nan"), ["\ud800"]])
def test_content_that_is_no_text_is_converted(content: object) -> None:
    assert hidden_block(content).startswith("<HiddenContext>")
    assert isinstance(hidden_text(content, {}), str)
