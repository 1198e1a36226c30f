"""An item as the JSON that is stored, and back.

Owns the form of `thread_items.payload` and of the columns beside it. What was stored is given back as it was:
a widget as raw JSON in a `DynamicWidgetRoot`, never as one of the SDK's strict classes, which drop and add
properties. An item that this version cannot read is given back as something readable.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    CustomTask,
    HiddenContextItem,
    InferenceOptions,
    SDKHiddenContextItem,
    TaskItem,
    ThreadItem,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)
from chatkit.widgets import DynamicWidgetComponent, DynamicWidgetRoot
from pydantic import BaseModel, TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import Row

from app.errors import BadRequest
from app.ids import ThreadId
from app.threads.characters import storable_text
from app.threads.times import to_utc
from app.threads.visible_text import text_in, visible_text

logger = logging.getLogger(__name__)

MAX_WIDGET_DEPTH = 100
"""Levels of JSON in a widget. For one nested too deeply for it, the SDK's serialiser takes time 2^n."""

_SAFE_DEPTH = 150
"""Levels of JSON that every parser on the way back out reads; a text with fewer brackets needs no look."""

_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
_ROLES = {"user_message": "user", "assistant_message": "assistant"}
_ROOTS = ("Card", "ListView", "Basic")


def columns_of(thread_id: ThreadId, item: ThreadItem) -> dict[str, object]:
    """Return the columns that hold an item, `payload` as JSON text; raise `BadRequest` if it has none."""
    if isinstance(item, WidgetItem):
        check_depth(item.widget)
    created_at = to_utc(item.created_at)
    item = item.model_copy(update={"thread_id": thread_id, "created_at": created_at})
    return {
        "type": item.type,
        "role": _ROLES.get(item.type),
        "text": visible_text(item),
        "hidden": isinstance(item, HiddenContextItem | SDKHiddenContextItem),
        "created_at": created_at,
        "payload": json_text(item),
    }


def item_from(row: Row[Any]) -> ThreadItem:
    """Return the item of a row; one that cannot be read costs itself, not the page it is on."""
    try:
        return _read_widget(row.payload) if row.type == "widget" else _ITEM.validate_json(row.payload)
    except (ValueError, TypeError, LookupError, RecursionError, BadRequest):
        extra = {"thread_id": row.thread_id, "item_id": row.id, "item_type": row.type}
        logger.warning("a stored item cannot be read", extra=extra)
        return _readable(row)


def json_text(value: object) -> str:
    """Return `value` as JSON that `jsonb` takes and that can be read again; raise `BadRequest` otherwise.

    NUL characters are dropped, NaN and infinity become null, an object that has no JSON form its `str()`.
    """
    try:
        text = _dump(value)
    except (ValueError, RecursionError):
        text = None
    try:
        if text is None or "\\u0000" in text:
            text = _dump(_storable(_plain(value)))
        if text.count("[") + text.count("{") > _SAFE_DEPTH:
            from_json(text)
    except (ValueError, RecursionError):
        raise BadRequest("This value cannot be stored: it is nested too deeply or is not text.") from None
    return text


def check_depth(value: object, limit: int = MAX_WIDGET_DEPTH) -> None:
    """Raise `BadRequest` if a widget, as a model or as JSON, is nested more than `limit` levels deep."""
    level = [value]
    for _ in range(limit):
        level = [part for whole in level for part in _children(whole)]
        if not level:
            return
    raise BadRequest("This widget is nested too deeply.")


def _children(value: object) -> Iterable[object]:
    match value:
        case BaseModel():
            return [*value.__dict__.values(), *(value.__pydantic_extra__ or {}).values()]
        case Mapping():
            return value.values()
        case list() | tuple():
            return value
        case _:
            return ()


def _dump(value: object) -> str:
    if isinstance(value, BaseModel):
        # As it is streamed; hidden items are not, and may consist of nothing but null.
        return value.model_dump_json(by_alias=True, exclude_none=not _is_hidden(value), fallback=str)
    return to_json(value, by_alias=True, inf_nan_mode="null", fallback=str).decode()


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_none=not _is_hidden(value))
    return value


def _is_hidden(value: BaseModel) -> bool:
    return isinstance(value, HiddenContextItem)


def _storable(value: object) -> object:
    match value:
        case str():
            return storable_text(value)
        case Mapping():
            return {_storable(key): _storable(part) for key, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_storable(part) for part in value]
        case bytes():
            return storable_text(value.decode("utf-8", "replace"))
        case _:
            return value


def _read_widget(payload: str) -> WidgetItem:
    raw = from_json(payload)
    widget = raw["widget"]
    check_depth(widget)
    if widget["type"] in _ROOTS:
        root = DynamicWidgetRoot.model_validate(widget)
    else:
        # A root from a newer SDK: the protocol has no place for it, but `Basic` may hold any component.
        root = DynamicWidgetRoot(type="Basic", children=[DynamicWidgetComponent.model_validate(widget)])
    return WidgetItem.model_validate(raw | {"widget": root})


def _readable(row: Row[Any]) -> ThreadItem:
    text = _text_of_unreadable(row.payload)
    common: dict[str, Any] = {"id": row.id, "thread_id": row.thread_id, "created_at": to_utc(row.created_at)}
    if row.hidden:
        return SDKHiddenContextItem(**common, content=text)
    match row.role:
        case "user":
            part = UserMessageTextContent(text=text)
            return UserMessageItem(**common, content=[part], inference_options=InferenceOptions())
        case "assistant":
            return AssistantMessageItem(**common, content=[AssistantMessageContent(text=text)])
        case _:
            return TaskItem(
                **common, task=CustomTask(title=f"Cannot be shown here: {row.type}", content=text)
            )


def _text_of_unreadable(payload: str) -> str:
    try:
        return text_in(from_json(payload)) or ""
    except (ValueError, RecursionError):
        return ""
