"""The actions that a stored widget offers, and what of their payload is fixed there.

What the client may add are the values of a form. What the widget says about a payload, it has said to the
user as well: a client that says otherwise is not believed. Pure; knows widgets by their shape alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_VALUES = ("payload", "data")
"""Properties that hold values of the integrator, in which nothing is an action."""

Place = tuple[str, ...]
"""The names that lead to a part of a payload."""

_NOTHING, _SOMETHING_ELSE = object(), object()


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as the widget has it."""

    payload: Any
    is_for_client: bool


class NotThisPayload(Exception):
    """The widget offers the action, with several payloads, of which none is this one."""


def offers(widget: Any, kind: str) -> list[Offer]:
    """Return where a widget, as JSON, offers the action of this type, at whatever depth."""
    return [
        Offer(action.get("payload"), action.get("handler") == "client")
        for action in _actions(widget)
        if action.get("type") == kind
    ]


def settled(given: Any, fixed: Sequence[Any]) -> Any:
    """Return the payload that counts: what one of the `fixed` ones says, and what the client adds to it.

    Raise `NotThisPayload` where there are several and the client's agrees with none.
    """
    known = [_leaves(payload) for payload in fixed]
    said = {place: _said(given, place) for leaves in known for place in leaves}
    for payload, leaves in zip(fixed, known, strict=True):
        if all(leaves.get(place, _NOTHING) == value for place, value in said.items()):
            return _merged(given, payload)
    if any(leaves != known[0] for leaves in known):
        raise NotThisPayload
    return _merged(given, fixed[0])


def _actions(value: Any) -> Iterator[dict[str, Any]]:
    match value:
        case list():
            for below in value:
                yield from _actions(below)
        case dict():
            for name, below in value.items():
                if isinstance(below, dict) and (name == "action" or name.endswith("Action")):
                    yield below
                elif name not in _VALUES:
                    yield from _actions(below)
        case _:
            return


def _leaves(payload: Any) -> dict[Place, Any]:
    """Return the parts of a payload that are no objects, each by its place."""
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        return {(): payload}
    return {(name, *rest): leaf for name, below in payload.items() for rest, leaf in _leaves(below).items()}


def _said(given: Any, place: Place) -> Any:
    """Return what a client says at a place; that it says anything else where the place would have to be."""
    if given is None and not place:
        return _NOTHING
    for name in place:
        if not isinstance(given, dict):
            return _SOMETHING_ELSE
        if name not in given:
            return _NOTHING
        given = given[name]
    return given


def _merged(given: Any, fixed: Any) -> Any:
    if fixed is None:
        return given
    if isinstance(given, dict) and isinstance(fixed, dict):
        return given | {name: _merged(given.get(name), value) for name, value in fixed.items()}
    return fixed
