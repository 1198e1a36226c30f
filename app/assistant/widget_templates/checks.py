"""What is looked at in a finished widget, as plain JSON, before anybody sees it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.errors import BadRequest
from app.threads.widgets import ROOTS, check_depth

MAX_BYTES = 500_000
"""Of a widget as JSON."""

_NO_COMPONENTS = ("payload", "data")
"""Properties that hold the integrator's own values."""


def problem_of(widget: object) -> str | None:
    """Return what is wrong with a widget, as the end of a sentence; None if nothing is."""
    if not isinstance(widget, dict) or widget.get("type") not in ROOTS:
        return f"it must be one component of the type {', '.join(ROOTS[:-1])} or {ROOTS[-1]}"
    try:
        check_depth(widget)
    except BadRequest:
        return "it is nested too deeply"
    nodes = list(_nodes(widget))
    times = Counter(node["id"] for node in nodes if "type" in node and isinstance(node.get("id"), str))
    if twice := [component_id for component_id, count in times.items() if count > 1]:
        return f"two of its components have the id {twice[0]!r}"
    for node in nodes:
        if not isinstance(node.get("streaming", False), bool):
            return f"`streaming` must be true or false, and is {node['streaming']!r}"
    return None


def nulls_in(value: object, place: str = "") -> Iterator[str]:
    """Yield the places that hold null, which the ChatKit SDK leaves out on the way to the page."""
    match value:
        case None:
            yield place
        case dict():
            for name, below in value.items():
                yield from nulls_in(below, f"{place}.{name}" if place else name)
        case list():
            for below in value:
                yield from nulls_in(below, f"{place}[]")
        case _:
            return


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects a page reads as components and actions."""
    match value:
        case dict():
            yield value
            for name, below in value.items():
                if name not in _NO_COMPONENTS:
                    yield from _nodes(below)
        case list():
            for below in value:
                yield from _nodes(below)
        case _:
            return
