"""Frames and answers against the ChatKit SDK's types: valid, and with nothing that these types do not have.

Widgets are looked at apart. The SDK's classes for them drop what they do not know, on purpose; the types that
are published for pages are stricter.
"""

import warnings
from collections.abc import Collection
from typing import Any

from chatkit.types import (
    Attachment,
    Page,
    SyncCustomActionResponse,
    Thread,
    ThreadItem,
    ThreadStreamEvent,
    TranscriptionResult,
)
from chatkit.widgets import DynamicWidgetRoot
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from tests.frames.seen import JSON, SEEN, parts

_EVENT: TypeAdapter[Any] = TypeAdapter(ThreadStreamEvent)
_ANSWERS: dict[str, TypeAdapter[Any]] = {
    "threads.get_by_id": TypeAdapter(Thread),
    "threads.update": TypeAdapter(Thread),
    "threads.list": TypeAdapter(Page[Thread]),
    "items.list": TypeAdapter(Page[ThreadItem]),
    "attachments.create": TypeAdapter(Attachment),
    "threads.sync_custom_action": TypeAdapter(SyncCustomActionResponse),
    "input.transcribe": TypeAdapter(TranscriptionResult),
}
_HIDDEN = {"hidden_context_item", "sdk_hidden_context"}
_ROOT = {"type": "Card", "children": []}
_COMPONENT = {"type": "Text", "value": ""}


def check_event(event: JSON) -> None:
    """Take notice of an event of a stream."""
    _check(_EVENT, event, f"the event {event.get('type')}")


def check_ended(left_open: Collection[str]) -> None:
    """Take notice of the end of a stream, and of the items that it announced and did not end."""
    if left_open:
        SEEN.problems.append(f"the stream ended, but not its items {', '.join(left_open)}")


def check_answer(operation: str, answer: JSON) -> None:
    """Take notice of the answer to an operation that does not stream."""
    if operation in _ANSWERS:
        _check(_ANSWERS[operation], answer, f"the answer to {operation}")
    elif answer != {}:
        SEEN.problems.append(f"the answer to {operation} is not empty: {answer}")


def _check(adapter: TypeAdapter[Any], value: JSON, what: str) -> None:
    told = _without_widgets(value)
    try:
        with warnings.catch_warnings():
            # The SDK's own classes of widgets are deprecated, and its types still name them.
            warnings.simplefilter("ignore", DeprecationWarning)
            valid = adapter.validate_python(told)
    except ValidationError as error:
        SEEN.problems.append(f"{what} is not valid: {error}")
        return
    again = adapter.dump_json(valid, by_alias=True, exclude_none=True, context={"exclude_metadata": True})
    if from_json(again) != told:
        SEEN.problems.append(f"{what} is {value}, and the SDK would send {again.decode()}")
    for part in parts(value):
        if part.get("type") in _HIDDEN:
            SEEN.problems.append(f"{what} holds an item that never leaves the server: {part}")
        _note(part)


def _without_widgets(value: JSON) -> JSON:
    """Return the same with a small widget in the place of each; notes problems of those that go."""
    match value:
        case {"type": "widget", "widget": dict(widget)} | {"type": "widget.root.updated", "widget": widget}:
            _check_widget(widget)
            return {**value, "widget": _ROOT}
        case {"type": "widget.component.updated", "component": _}:
            return {**value, "component": _COMPONENT}
        case dict():
            return {name: _without_widgets(part) for name, part in value.items()}
        case list():
            return [_without_widgets(part) for part in value]
        case _:
            return value


def _check_widget(widget: JSON) -> None:
    try:
        DynamicWidgetRoot.model_validate(widget)
    except ValidationError as error:
        SEEN.problems.append(f"the widget {widget} is not valid: {error}")


def _note(part: JSON) -> None:
    """Note what the package `@openai/chatkit` publishes a type for."""
    match part:
        case {"type": "widget", "widget": widget} | {"type": "widget.root.updated", "widget": widget}:
            SEEN.value("Widgets.WidgetRoot", widget)
        case {"type": "widget.component.updated", "component": component}:
            SEEN.value("Widgets.WidgetComponent", component)
        case {"type": "user_message", "content": content, "attachments": attachments}:
            SEEN.value("UserMessageContent[]", content)
            SEEN.value("Known<Attachment>[]", attachments)
        case {"type": "client_effect", "name": name, "data": data}:
            SEEN.value('ChatKitEvents["chatkit.effect"]["detail"]', {"name": name, "data": data})
        case {"type": "entity", "title": _}:
            SEEN.value("Known<Entity>", part)
        case {"tool_choice": choice}:
            SEEN.value("ToolChoice", choice)
        case {"type": "progress_update" | "custom", "icon": icon} | {"title": _, "icon": icon}:
            SEEN.value("ChatKitIcon", icon)
        case _:
            pass
