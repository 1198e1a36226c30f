"""What can be in an item, odd characters, numbers and shapes included."""

from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomTask,
    HiddenContextItem,
    InferenceOptions,
    SDKHiddenContextItem,
    SearchTask,
    StructuredInputFreeform,
    StructuredInputItem,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
    Workflow,
    WorkflowItem,
)
from hypothesis import strategies as st

from tests.conformance.store.samples import NOW

ODD = st.sampled_from(["\x00", "a\x00b", "\\u0000", "\x1b[31m", "😀", "𐐀", "\u202e", "'\"\\", "\ufeff", "é"])


def texts() -> st.SearchStrategy[str]:
    return st.text(max_size=20) | ODD


def json_values() -> st.SearchStrategy[Any]:
    numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    return st.recursive(
        st.none() | st.booleans() | numbers | texts(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
        max_leaves=8,
    )


def objects() -> st.SearchStrategy[dict[str, Any]]:
    # Two keys that differ only in a NUL would become one.
    keys = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=8)
    return st.dictionaries(keys, json_values(), max_size=3)


def widgets() -> st.SearchStrategy[dict[str, Any]]:
    reserved = ("type", "id", "key", "children")
    properties = objects().map(lambda found: {key: found[key] for key in found if key not in reserved})

    def component(children: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        named = st.fixed_dictionaries({"type": st.sampled_from(["Text", "Box", "Table", "New"])})
        return st.builds(lambda a, b, c: {**a, **b, "children": c}, properties, named, children)

    leaf = st.builds(lambda a, value: {**a, "type": "Text", "value": value}, properties, texts())
    tree = st.recursive(leaf, lambda inner: component(st.lists(inner, max_size=3) | inner), max_leaves=6)
    roots = st.sampled_from(["Card", "ListView", "Basic"])
    return st.builds(
        lambda a, kind, children: {**a, "type": kind, "children": children},
        properties,
        roots,
        st.lists(tree, max_size=3),
    )


def items() -> st.SearchStrategy[ThreadItem]:
    common: dict[str, Any] = {
        "id": st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20),
        "thread_id": st.just("any"),
        "created_at": st.just(NOW),
    }
    tags = st.builds(UserMessageTagContent, id=texts(), text=texts(), data=objects())
    tasks = st.one_of(
        st.builds(CustomTask, title=texts(), content=texts(), icon=st.none()),
        st.builds(ThoughtTask, content=texts()),
        st.builds(SearchTask, queries=st.lists(texts(), max_size=2), sources=st.just([])),
    )
    return st.one_of(
        st.builds(
            UserMessageItem,
            content=st.lists(st.builds(UserMessageTextContent, text=texts()) | tags, max_size=3),
            attachments=st.just([]),
            quoted_text=st.none() | texts(),
            inference_options=st.builds(InferenceOptions, model=st.none() | texts(), tool_choice=st.none()),
            **common,
        ),
        st.builds(
            AssistantMessageItem,
            content=st.lists(
                st.builds(AssistantMessageContent, text=texts(), annotations=st.just([])), max_size=2
            ),
            **common,
        ),
        st.builds(
            ClientToolCallItem, call_id=texts(), name=texts(), arguments=objects(), output=objects(), **common
        ),
        st.builds(HiddenContextItem, content=objects() | texts(), **common),
        st.builds(SDKHiddenContextItem, content=texts(), **common),
        st.builds(TaskItem, task=tasks, **common),
        st.builds(
            WorkflowItem,
            workflow=st.builds(
                Workflow,
                type=st.sampled_from(["custom", "reasoning"]),
                tasks=st.lists(tasks, max_size=3),
                summary=st.none(),
            ),
            **common,
        ),
        st.builds(
            StructuredInputItem,
            inputs=st.lists(
                st.builds(StructuredInputFreeform, id=texts(), question=texts(), answer=st.none()), max_size=2
            ),
            **common,
        ),
    )


def without_nul(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\x00", "")
        case list():
            return [without_nul(part) for part in value]
        case dict():
            return {without_nul(key): without_nul(part) for key, part in value.items()}
        case _:
            return value


def as_numbers(value: Any) -> Any:
    """Return a JSON value with all its numbers as a browser holds them."""
    match value:
        case bool():
            return value
        case int():
            return float(value)
        case list():
            return [as_numbers(part) for part in value]
        case dict():
            return {key: as_numbers(part) for key, part in value.items()}
        case _:
            return value
