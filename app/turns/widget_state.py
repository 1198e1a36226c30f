"""A widget as its streamed updates leave it."""

from collections.abc import Callable
from typing import Any

from chatkit.types import (
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
)
from pydantic import BaseModel

WidgetUpdate = WidgetRootUpdated | WidgetComponentUpdated | WidgetStreamingTextValueDelta


def apply_to_widget(item: WidgetItem, update: WidgetUpdate) -> None:
    """Change `item`, which must not share its widget with an event. An unknown component changes nothing."""
    match update:
        case WidgetRootUpdated():
            item.widget = update.widget.model_copy(deep=True)
        case WidgetComponentUpdated():
            component = update.component.model_copy(deep=True)
            item.widget = _change(item.widget, update.component_id, lambda _: component)
        case WidgetStreamingTextValueDelta():
            item.widget = _change(
                item.widget, update.component_id, lambda text: _appended(text, update.delta)
            )


def _change(node: Any, component_id: str, change: Callable[[Any], Any]) -> Any:
    """Return `node` with the component of this id, wherever it is below, put through `change`."""
    if _prop(node, "id") == component_id:
        return change(node)
    if isinstance(node, BaseModel):
        for name, below in list(node):
            if (changed := _change(below, component_id, change)) is not below:
                setattr(node, name, changed)
    elif isinstance(node, dict):
        for name, below in node.items():
            node[name] = _change(below, component_id, change)
    elif isinstance(node, list):
        node[:] = [_change(below, component_id, change) for below in node]
    return node


def _appended(text: Any, delta: str) -> Any:
    value = f"{_prop(text, 'value') or ''}{delta}"
    if isinstance(text, dict):
        text["value"] = value
    else:
        text.value = value
    return text


def _prop(node: Any, name: str) -> Any:
    return node.get(name) if isinstance(node, dict) else getattr(node, name, None)
