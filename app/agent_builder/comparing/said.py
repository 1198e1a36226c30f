"""What a person reads of an answer, item by item, whether it came from the archive or from this server."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from chatkit.types import (
    AssistantMessageItem,
    ClientToolCallItem,
    GeneratedImageItem,
    StructuredInputItem,
    TaskItem,
    ThreadItem,
    WidgetItem,
    WorkflowItem,
)
from pydantic_core import to_json

from app.threads.visible_text import visible_text

Kind = Literal["text", "widget", "image", "step", "tool", "form"]


@dataclass(frozen=True, slots=True)
class Said:
    """A part of an answer."""

    kind: Kind
    text: str


def said(items: Iterable[ThreadItem]) -> list[Said]:
    """Return what is to be read of these items; items without anything to read are left out."""
    found = [(_kind(item), _text(item)) for item in items]
    return [Said(kind, text) for kind, text in found if kind is not None and text.strip()]


def answer_text(parts: Iterable[Said]) -> str:
    """Return the answer itself: what the assistant wrote, or, where it wrote nothing, what it showed."""
    parts = list(parts)
    written = [part.text for part in parts if part.kind == "text"]
    return "\n\n".join(written or [part.text for part in parts if part.kind == "widget"])


def _kind(item: ThreadItem) -> Kind | None:
    match item:
        case AssistantMessageItem():
            return "text"
        case WidgetItem():
            return "widget"
        case GeneratedImageItem():
            return "image"
        case TaskItem() | WorkflowItem():
            return "step"
        case ClientToolCallItem():
            return "tool"
        case StructuredInputItem():
            return "form"
        case _:
            return None


def _text(item: ThreadItem) -> str:
    match item:
        case ClientToolCallItem():
            return f"{item.name}({to_json(item.arguments, inf_nan_mode='null').decode()[:500]})"
        case GeneratedImageItem():
            return "an image"
        case _:
            return visible_text(item) or ""
