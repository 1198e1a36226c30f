"""An item as the JSON that is stored, and back.

Owns the form of `thread_items.payload` and of the columns beside it. What was stored is given back as it was,
fields that this version does not know included; an item that it cannot read, as something readable.
"""

import logging
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
from pydantic import TypeAdapter
from pydantic_core import from_json
from sqlalchemy import Row

from app.errors import BadRequest
from app.ids import ThreadId
from app.threads.json_text import json_text
from app.threads.times import to_utc
from app.threads.visible_text import text_in, visible_text
from app.threads.widgets import check_depth, widget_root

logger = logging.getLogger(__name__)

_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
_ROLES = {"user_message": "user", "assistant_message": "assistant"}


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
        # As it is streamed; hidden context is not, and may consist of nothing but null.
        "payload": json_text(item, exclude_none=not isinstance(item, HiddenContextItem)),
    }


def item_from(row: Row[Any]) -> ThreadItem:
    """Return the item of a row; one that cannot be read costs itself, not the page it is on."""
    try:
        if row.type == "widget":
            return _read_widget(row.payload)
        return _ITEM.validate_json(row.payload, extra="allow")
    except (ValueError, TypeError, LookupError, RecursionError, BadRequest):
        extra = {"thread_id": row.thread_id, "item_id": row.id, "item_type": row.type}
        logger.warning("a stored item cannot be read", extra=extra)
        return _readable(row)


def _read_widget(payload: str) -> WidgetItem:
    raw = from_json(payload)
    return WidgetItem.model_validate(raw | {"widget": widget_root(raw["widget"])}, extra="allow")


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
