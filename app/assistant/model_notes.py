"""What the model remembers of items that its own run does not hold: widgets, and hidden context.

In the assistant's own voice: a second user message in a row is refused by some chat templates.
"""

from agents import TResponseInputItem
from chatkit.types import HiddenContextItem, SDKHiddenContextItem, ThreadItem, WidgetItem

from app.assistant.hidden_context import hidden_block, without_tags
from app.threads.visible_text import text_in
from app.threads.widgets import widget_json

MAX_WIDGET_TEXT = 2_000
"""Characters; a widget is for people, the model has to know no more than what it is about."""

SHOWN = "[The user was shown a widget here. It reads:"


def note_of(item: ThreadItem) -> TResponseInputItem | None:
    """Return what is remembered of an item; None for those that a run's own items tell of."""
    match item:
        case WidgetItem():
            return {"role": "assistant", "content": _shown(item)}
        case HiddenContextItem() | SDKHiddenContextItem():
            return {"role": "assistant", "content": hidden_block(item.content)}
        case _:
            return None


def _shown(item: WidgetItem) -> str:
    """Return a widget as text, each line marked as quoted: what it copies as, else what one reads of it."""
    text = item.copy_text or text_in(widget_json(item.widget)) or "(nothing to read)"
    if len(text) > MAX_WIDGET_TEXT:
        text = f"{text[:MAX_WIDGET_TEXT]}…"
    return "\n".join([SHOWN, *(f"> {line}" for line in without_tags(text).splitlines()), "]"])
