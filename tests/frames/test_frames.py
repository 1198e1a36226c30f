"""The checks of all frames find what they are there for."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.frames.plugin import KEY, PublishedTypes
from tests.frames.published import untypable
from tests.frames.sdk import check_answer, check_ended, check_event
from tests.frames.seen import SEEN, Typed

ITEM = {
    "type": "assistant_message",
    "id": "msg_1",
    "thread_id": "thr_1",
    "created_at": "2026-11-24T12:00:00Z",
    "content": [{"type": "output_text", "text": "Hello", "annotations": []}],
}
DONE = {"type": "thread.item.done", "item": ITEM}
WIDGET = {**ITEM, "type": "widget", "widget": {"type": "Card", "children": [{"type": "Text", "value": "Hi"}]}}
del WIDGET["content"]


def problems_of(event: dict[str, Any]) -> list[str]:
    check_event(event)
    return SEEN.take(keep_typed=False)[0]


@pytest.mark.proves("EV-1")
def test_a_valid_event_is_no_problem() -> None:
    assert problems_of(DONE) == []
    assert problems_of({"type": "thread.item.done", "item": WIDGET}) == []


@pytest.mark.proves("EV-1")
@pytest.mark.parametrize(
    "event",
    [
        {"type": "thread.item.done"},
        {**DONE, "turn_id": "turn_1"},
        {"type": "thread.item.done", "item": {**ITEM, "turn_id": "turn_1"}},
        {"type": "thread.item.done", "item": {**ITEM, "created_at": None}},
        {"type": "thread.item.done", "item": {**WIDGET, "copy_text": None}},
        {"type": "thread.item.done", "item": {**WIDGET, "widget": {"type": "Text"}}},
        {"type": "thread.flown", "thread_id": "thr_1"},
    ],
    ids=str,
)
def test_an_event_that_the_sdk_would_not_send_is_a_problem(event: dict[str, Any]) -> None:
    assert len(problems_of(event)) == 1


@pytest.mark.proves("ITEM-hidden-1")
@pytest.mark.parametrize("kind", ["hidden_context_item", "sdk_hidden_context"])
def test_hidden_context_that_leaves_the_server_is_a_problem(kind: str) -> None:
    hidden = {**DONE["item"], "type": kind, "content": "for the model alone"}  # type: ignore[dict-item]

    assert any("never leaves" in problem for problem in problems_of({**DONE, "item": hidden}))
    check_answer("items.list", {"data": [hidden], "has_more": False})
    assert any("never leaves" in problem for problem in SEEN.take(keep_typed=False)[0])


@pytest.mark.proves("EV-1")
def test_an_item_that_is_never_ended_is_a_problem() -> None:
    check_ended({"msg_1"})

    assert len(SEEN.take(keep_typed=False)[0]) == 1


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("items.list", {"data": [ITEM], "has_more": False, "total": 1}),
        ("threads.get_by_id", {"id": "thr_1"}),
        ("threads.delete", {"deleted": True}),
    ],
)
def test_an_answer_that_the_sdk_would_not_give_is_a_problem(operation: str, answer: Any) -> None:
    check_answer(operation, answer)

    assert len(SEEN.take(keep_typed=False)[0]) == 1


def root(child: str) -> Typed:
    return Typed("Widgets.WidgetRoot", f'{{"type": "Card", "children": [{child}]}}')


RIGHT = root('{"type": "Text", "value": "Hi"}')
WRONG = [
    root('{"type": "Text", "value": "Hi", "glow": true}'),
    root('{"type": "Text", "value": null}'),
    root('{"type": "Sparkline"}'),
    Typed("ChatKitIcon", '"upload"'),
    Typed("Known<Attachment>[]", '[{"type": "image", "id": "atc_1", "name": "a", "mime_type": "image/png"}]'),
    Typed("UserMessageContent[]", '[{"type": "input_text"}]'),
    Typed("ToolChoice", "{}"),
]


@pytest.mark.proves("SDK-10")
def test_what_has_not_its_published_type_is_found() -> None:
    found = [value for value, _ in untypable([RIGHT, *WRONG, Typed("ChatKitIcon", '"lucide:upload"')])]

    assert found == WRONG


def test_one_value_without_its_published_type_fails_the_run() -> None:
    session = cast("pytest.Session", SimpleNamespace(exitstatus=0))
    published = PublishedTypes()
    report = SimpleNamespace(
        when="teardown", nodeid="test", user_properties=[(KEY, [WRONG[0].type, WRONG[0].json])]
    )
    published.pytest_runtest_logreport(cast("pytest.TestReport", report))

    published.pytest_sessionfinish(session)

    assert session.exitstatus == pytest.ExitCode.TESTS_FAILED
