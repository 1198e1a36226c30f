"""A hosted item of any kind as an item of the SDK that can be stored, and what is lost on the way.

Total: whatever the item is, something comes out. The same JSON always gives the same item, so that a
verification can do it again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit.types import Attachment, ThreadItem

from app.errors import BadRequest
from app.threads.importing.assistant_messages import assistant_message
from app.threads.importing.hosted import Raw, kind_of
from app.threads.importing.placeholders import placeholder
from app.threads.importing.places import Place
from app.threads.importing.tasks import task, task_group
from app.threads.importing.tool_calls import client_tool_call
from app.threads.importing.user_messages import user_message
from app.threads.importing.widgets import widget
from app.threads.payload import columns_of

VERSION = 1
"""Raised with each change of what comes out: threads that were imported before are then updated."""

_KINDS: dict[str, Callable[[Raw, Place, list[str]], ThreadItem]] = {
    "assistant_message": assistant_message,
    "widget": widget,
    "client_tool_call": client_tool_call,
    "task": task,
    "task_group": task_group,
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """An item, the columns that hold it, and a short sentence for each thing that is not kept in it."""

    item: ThreadItem
    columns: dict[str, Any]
    losses: tuple[str, ...]


def mapped(raw: Raw, place: Place, language: str, attachments: Sequence[Attachment] = ()) -> Mapped:
    """Return the item for `raw`, with the files that it came with; sentences in it are in `language`."""
    kind, losses = kind_of(raw), list(place.losses)
    try:
        if kind == "user_message":
            item: ThreadItem = user_message(raw, place, attachments, losses)
        elif kind in _KINDS:
            item = _KINDS[kind](raw, place, losses)
        else:
            return _placeholder(raw, place, language, (f"unknown item type {kind[:60]}: a placeholder",))
        return Mapped(item, columns_of(place.thread_id, item), tuple(losses))
    # Hostile JSON can make the SDK's classes raise whatever they like.
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, BadRequest):
        return _placeholder(raw, place, language, (f"{kind} that has no form here: a placeholder",))


def _placeholder(raw: Raw, place: Place, language: str, losses: tuple[str, ...]) -> Mapped:
    item = placeholder(raw, place, language)
    return Mapped(item, columns_of(place.thread_id, item), (*place.losses, *losses))
