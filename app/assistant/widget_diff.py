"""What changed between two states of a widget, as updates a page can apply.

Compares plain JSON, the value that goes over the wire, so that props a strict class does not know, and props
that come and go, count like any other. Only growing text in a component with an id of its own is sent as a
delta; for any other change the widget is sent again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from chatkit.types import WidgetRootUpdated, WidgetStreamingTextValueDelta
from chatkit.widgets import WidgetRoot

from app.threads.widgets import widget_json

STREAMING_TYPES = ("Text", "Markdown")
"""Components whose `value` a page can append to."""


def widget_updates(
    before: WidgetRoot, after: WidgetRoot
) -> Sequence[WidgetStreamingTextValueDelta | WidgetRootUpdated]:
    """Return what turns `before` into `after`; nothing if they are equal."""
    old, new = widget_json(before), widget_json(after)
    deltas: list[WidgetStreamingTextValueDelta] = []
    if _only_grew(old, new, deltas):
        times = Counter(_component_ids(new))
        if all(times[delta.component_id] == 1 for delta in deltas):
            return deltas
    return [WidgetRootUpdated(widget=after)]


def _only_grew(before: object, after: object, deltas: list[WidgetStreamingTextValueDelta]) -> bool:
    """Say whether `after` is `before` with longer texts at the most, and collect what they grew by."""
    if isinstance(before, dict) and isinstance(after, dict):
        if before.keys() != after.keys():
            return False
        delta = _growth(before, after)
        if delta is not None:
            deltas.append(delta)
        return all(
            _only_grew(before[prop], after[prop], deltas)
            for prop in after
            if delta is None or prop != "value"
        )
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(
            _only_grew(old, new, deltas) for old, new in zip(before, after, strict=True)
        )
    return before == after


def _growth(before: dict[str, Any], after: dict[str, Any]) -> WidgetStreamingTextValueDelta | None:
    """Return how a component's text grew, if it has one that can be appended to."""
    component_id, old, new = after.get("id"), before.get("value"), after.get("value")
    if after.get("type") not in STREAMING_TYPES or not isinstance(component_id, str):
        return None
    if not isinstance(old, str) or not isinstance(new, str) or old == new or not new.startswith(old):
        return None
    return WidgetStreamingTextValueDelta(
        component_id=component_id, delta=new[len(old) :], done=not after.get("streaming", False)
    )


def _component_ids(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(component_id := value.get("id"), str):
            yield component_id
        for below in value.values():
            yield from _component_ids(below)
    elif isinstance(value, list):
        for below in value:
            yield from _component_ids(below)
