"""Widgets as raw JSON: how deep one may be, how one is sent, and how a stored one is given back.

Never as one of the SDK's strict classes, which drop properties they do not know and add some of their own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from chatkit.widgets import DynamicWidgetComponent, DynamicWidgetRoot, WidgetRoot
from pydantic import BaseModel

from app.errors import Malformed

MAX_DEPTH = 100
"""Levels of JSON in a widget. For one nested too deeply for it, the SDK's serialiser takes time 2^n."""

ROOTS = ("Card", "ListView", "Basic")
"""Types a widget may have as a whole."""


def check_depth(widget: object) -> None:
    """Raise `Malformed` if a widget, as a model or as JSON, is nested too deeply to be serialised."""
    level = [widget]
    for _ in range(MAX_DEPTH):
        level = [part for whole in level for part in _children(whole)]
        if not level:
            return
    raise Malformed("This widget is nested too deeply.")


def widget_json(widget: WidgetRoot) -> dict[str, Any]:
    """Return a widget as it goes over the wire."""
    return widget.model_dump(mode="json", by_alias=True, exclude_none=True)


def widget_root(widget: dict[str, Any]) -> DynamicWidgetRoot:
    """Return a stored widget; raise an error of whatever kind if it is none."""
    check_depth(widget)
    if widget["type"] in ROOTS:
        return DynamicWidgetRoot.model_validate(widget)
    # A root from a newer SDK: the protocol has no place for it, but `Basic` may hold any component.
    return DynamicWidgetRoot(type="Basic", children=[DynamicWidgetComponent.model_validate(widget)])


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
