"""Every hosted item becomes one that the SDK takes, whatever is null, missing or unknown in it."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ids import ThreadId
from app.threads.importing.hosted import parsed
from app.threads.importing.mapping import Mapped, mapped
from app.threads.importing.metadata import metadata
from app.threads.importing.places import places
from app.threads.payload import item_from

THREAD = ThreadId("cthr_1")
BEGUN = datetime(2026, 5, 1, tzinfo=UTC)


def item(kind: str | None, **fields: Any) -> dict[str, Any]:
    common = {"id": "cthi_1", "object": "chatkit.thread_item", "created_at": 1_760_000_000}
    return {**common, "thread_id": THREAD, "type": kind, **fields}


def mapping(raw: dict[str, Any], language: str = "en") -> tuple[dict[str, Any], Mapped]:
    (place,) = places(THREAD, BEGUN, [raw])
    found = mapped(raw, place, language)
    payload = json.loads(found.columns["payload"])
    read = item_from(SimpleNamespace(**found.columns, thread_id=THREAD, id=place.id))  # type: ignore[arg-type]
    assert read.model_dump() == found.item.model_dump()
    return payload, found


TEXT = {"type": "output_text", "text": "See [1].", "annotations": None}
CARD = {"type": "Card", "children": [{"type": "Text", "value": "Hello"}]}

SHAPES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "a user message",
        item("chatkit.user_message", content=[{"type": "input_text", "text": "Hi"}], inference_options=None),
        {"type": "user_message", "content": [{"type": "input_text", "text": "Hi"}], "inference_options": {}},
    ),
    (
        "a quotation of two parts",
        item(
            "chatkit.user_message",
            content=[
                {"type": "quoted_text", "text": "one"},
                {"type": "input_text", "text": "Why?"},
                {"type": "quoted_text", "text": "two"},
            ],
            inference_options={"model": "m", "tool_choice": {"id": "search"}},
            attachments=None,
        ),
        {"quoted_text": "one\ntwo", "inference_options": {"model": "m", "tool_choice": {"id": "search"}}},
    ),
    (
        "a user message of nothing",
        item("user_message", content=None, inference_options=None, attachments=None),
        {"type": "user_message", "content": []},
    ),
    (
        "an assistant message",
        item("chatkit.assistant_message", content=[TEXT]),
        {"content": [{"type": "output_text", "text": "See [1].", "annotations": []}]},
    ),
    (
        "citations",
        item(
            "assistant_message",
            content=[
                {
                    **TEXT,
                    "annotations": [
                        {"type": "file", "source": {"type": "file", "filename": "rules.pdf"}},
                        {"type": "url", "source": {"type": "url", "url": "https://library.example/rules"}},
                        {"type": "url", "source": {"type": "url", "url": "javascript:alert(1)"}},
                        {"type": "url", "source": {"type": "url", "url": "chatkit-file:atc_other"}},
                        {"type": "url", "source": None},
                    ],
                }
            ],
        ),
        {
            "content": [
                {
                    "type": "output_text",
                    "text": "See [1].",
                    "annotations": [
                        {
                            "type": "annotation",
                            "source": {"type": "file", "title": "rules.pdf", "filename": "rules.pdf"},
                        },
                        {
                            "type": "annotation",
                            "source": {
                                "type": "url",
                                "title": "library.example",
                                "url": "https://library.example/rules",
                            },
                        },
                    ],
                }
            ]
        },
    ),
    ("a widget", item("chatkit.widget", widget=json.dumps(CARD)), {"type": "widget", "widget": CARD}),
    (
        "a widget of an unknown kind",
        item("chatkit.widget", widget=json.dumps({"type": "Hologram", "title": "Depths"})),
        {"type": "task", "task": {"title": "Cannot be shown after the move: widget", "content": "Depths"}},
    ),
    ("a widget that is no JSON", item("chatkit.widget", widget="{"), {"type": "task"}),
    ("a widget of null", item("chatkit.widget", widget=None), {"type": "task"}),
    (
        "a tool call that waits",
        item(
            "chatkit.client_tool_call",
            call_id="call_1",
            name="open",
            arguments='{"page": 3}',
            output=None,
            status="in_progress",
        ),
        {"status": "completed", "arguments": {"page": 3}, "call_id": "call_1"},
    ),
    (
        "a tool call with its output",
        item(
            "client_tool_call",
            call_id="call_1",
            name="open",
            arguments="[1]",
            output='{"ok": true}',
            status="completed",
        ),
        {"status": "completed", "arguments": {"value": [1]}, "output": {"ok": True}},
    ),
    (
        "a tool call of nulls",
        item("client_tool_call", call_id=None, name=None, arguments=None, output=None, status=None),
        {"type": "client_tool_call", "status": "completed", "arguments": {}, "call_id": "cthi_1"},
    ),
    (
        "a thought",
        item("chatkit.task", task_type="thought", heading=None, summary=None),
        {"type": "task", "task": {"type": "thought", "content": "", "status_indicator": "none"}},
    ),
    (
        "a task",
        item("chatkit.task", task_type="custom", heading="Looking", summary="in the shelves"),
        {
            "task": {
                "type": "custom",
                "title": "Looking",
                "content": "in the shelves",
                "status_indicator": "none",
            }
        },
    ),
    (
        "thoughts together",
        item("chatkit.task_group", tasks=[{"type": "thought", "heading": None, "summary": "Hm"}]),
        {"type": "workflow"},
    ),
    ("a group of null", item("chatkit.task_group", tasks=None), {"type": "workflow"}),
    (
        "an unknown type",
        item("chatkit.hologram", projection={"title": "Depth"}),
        {"type": "task", "task": {"title": "Cannot be shown after the move: hologram", "content": "Depth"}},
    ),
    ("no type at all", item(None), {"type": "task"}),
]


@pytest.mark.proves("AB-50", "AB-51", "AB-56")
@pytest.mark.parametrize(("raw", "expected"), [shape[1:] for shape in SHAPES], ids=[s[0] for s in SHAPES])
def test_every_item_becomes_one_that_the_sdk_takes(raw: dict[str, Any], expected: dict[str, Any]) -> None:
    payload, found = mapping(raw)

    assert payload["id"] == raw["id"]
    assert found.item.created_at == datetime.fromtimestamp(1_760_000_000, UTC)
    for name, value in expected.items():
        shown = payload[name]
        if isinstance(value, dict) and isinstance(shown, dict):
            shown = {key: shown.get(key) for key in value}
        assert shown == value


@pytest.mark.proves("AB-50")
@pytest.mark.parametrize("raw", [shape[1] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_whatever_field_is_null_or_missing(raw: dict[str, Any]) -> None:
    for name in raw:
        mapping(raw | {name: None})
        mapping({other: value for other, value in raw.items() if other != name})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "source", "url", "content", "children", "id"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
FIELDS = (
    "id",
    "created_at",
    "content",
    "attachments",
    "inference_options",
    "widget",
    "arguments",
    "output",
    "tasks",
    "heading",
    "summary",
)
KINDS = ("user_message", "assistant_message", "widget", "client_tool_call", "task", "task_group", "x")


@pytest.mark.proves("AB-50", "AB-51")
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_becomes_something_that_can_be_stored(kind: str, fields: dict[str, Any]) -> None:
    mapping({"type": f"chatkit.{kind}", **fields})


@pytest.mark.proves("AB-51")
def test_what_has_no_place_is_counted() -> None:
    _, found = mapping(item("chatkit.task", task_type="custom", heading="h", summary=None, weight=3))
    assert "task: field weight" in found.losses
    assert any("icons" in loss for loss in found.losses)


@pytest.mark.proves("AB-51")
def test_a_placeholder_speaks_the_language_that_was_asked_for() -> None:
    payload, _ = mapping(item("chatkit.hologram"), "de")
    assert payload["task"]["title"] == "Nach dem Umzug nicht darstellbar: hologram"


@pytest.mark.proves("AB-53")
def test_items_without_an_id_of_their_own_get_the_same_one_each_time() -> None:
    raws = [item("x"), item("x"), item("x", id=None), item("x", id="n\0"), item("x", id="y" * 600)]
    ids = [place.id for place in places(THREAD, BEGUN, raws)]
    assert ids[0] == "cthi_1"
    assert len(set(ids)) == len(raws)
    assert ids == [place.id for place in places(THREAD, BEGUN, raws)]


@pytest.mark.parametrize("moment", [None, "soon", True, -1, 1e400, float("nan"), 10**30, {}])
def test_a_time_that_is_none_is_that_of_the_item_before(moment: Any) -> None:
    raws = [item("x", created_at=1_760_000_000), item("x", id="b", created_at=moment)]
    first, second = places(THREAD, BEGUN, raws)
    assert second.created_at == first.created_at
    assert second.losses


@pytest.mark.parametrize(
    ("line", "reason"),
    [(b"[]", "list"), (b"{", "."), (b'{"a": "\xff"}', "."), (b"[" * 100_000, "nested"), (b"", ".")],
)
def test_a_line_that_is_no_object_is_a_reason(line: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parsed(line)


def test_half_a_surrogate_pair_and_nul_can_be_stored() -> None:
    raw = parsed(b'{"type":"user_message","content":"a\\u0000b\\ud800c","id":"i"}')
    payload, found = mapping(raw)
    assert payload["content"][0]["text"] == "ab?c"
    assert found.columns["text"] == "ab?c"


@pytest.mark.proves("AB-59")
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"type": "active"}, {"type": "active"}),
        (None, {"type": "active"}),
        ({"type": "locked", "reason": "paused"}, {"type": "locked", "reason": "paused"}),
        ({"type": "closed", "reason": None}, {"type": "closed", "reason": None}),
        ({"type": "frozen"}, {"type": "locked", "reason": None}),
    ],
)
def test_the_status_of_a_thread_survives(status: Any, expected: dict[str, Any]) -> None:
    losses: list[str] = []
    made = metadata({"created_at": 1, "status": status, "title": None}, THREAD, ["a.example"], losses)
    assert made.status.model_dump() == expected
    assert made.allowed_image_domains == ["a.example"]
    assert bool(losses) == (status == {"type": "frozen"})
