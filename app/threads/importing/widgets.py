"""`chatkit.widget`: a widget as JSON text. It is shown; what its buttons called is gone."""

from typing import Any

from chatkit.types import WidgetItem

from app.threads.importing.hosted import Raw, json_in, note_unknown, text_of
from app.threads.importing.places import Place
from app.threads.widgets import ROOTS, widget_root

ACTIONS = "widget: its buttons and forms call a workflow that is gone"


def widget(raw: Raw, place: Place, losses: list[str]) -> WidgetItem:
    """Return the widget; raise an error of whatever kind where this protocol has no such widget."""
    found = json_in(raw.get("widget"))
    if not isinstance(found, dict) or found.get("type") not in ROOTS:
        raise ValueError("not a widget of a known kind")
    root = widget_root(found)
    if _has_action(found):
        losses.append(ACTIONS)
    note_unknown(raw, ("widget", "copy_text"), losses, "widget")
    return WidgetItem(**place.fields, widget=root, copy_text=text_of(raw, "copy_text"))


def _has_action(value: Any) -> bool:
    match value:
        case dict():
            return any(
                (isinstance(part, dict) and (name == "action" or name.endswith("Action")))
                or _has_action(part)
                for name, part in value.items()
            )
        case list():
            return any(map(_has_action, value))
        case _:
            return False
