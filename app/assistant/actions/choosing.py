"""The action that a request means, with the payload that counts, or the sentence that refuses it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatkit.types import WidgetItem

from app.assistant.actions.action import Action, SyncAction
from app.assistant.actions.offered import NotThisPayload, offers, settled
from app.errors import BadRequest, Malformed, NotEnabled
from app.languages import Sentence
from app.threads.widgets import widget_json

_UNKNOWN: Sentence = "This assistant has no action {action}."
_AT_ONCE = "The action {action} is answered at once: a widget offers it with streaming false."
_STREAMS = "The action {action} is answered with a stream: a widget offers it without streaming false."
_NOT_OFFERED: Sentence = "The widget does not offer the action {action}."
_NOT_THIS_PAYLOAD: Sentence = "The widget does not offer the action {action} with this payload."
_BY_THE_PAGE = "The action {action} is one that the page itself carries out."
_NEEDS_WIDGET = "The action {action} belongs to a widget, and none is named."


@dataclass(frozen=True, slots=True)
class Click:
    """What a client says has happened; nothing of it is to be trusted."""

    kind: str
    payload: Any
    is_streaming: bool
    """Which of the two operations it came by."""

    @property
    def named(self) -> str:
        """The type as sentences show it."""
        return repr(self.kind[:80])


@dataclass(frozen=True, slots=True)
class Chosen:
    """An action that is to be carried out."""

    kind: str
    action: Action
    payload: Any
    arguments: tuple[object, ...]


def known(actions: Mapping[str, Action], click: Click) -> Action:
    """Return the action by its type; raise `NotEnabled` without one, `BadRequest` for the wrong operation."""
    action = actions.get(click.kind)
    if action is None:
        raise NotEnabled(_UNKNOWN, action=click.named)
    if click.is_streaming == isinstance(action, SyncAction):
        raise Malformed(_AT_ONCE if click.is_streaming else _STREAMS, action=click.named)
    return action


def choose(actions: Mapping[str, Action], click: Click, item: WidgetItem | None) -> Chosen:
    """Return what is to be carried out on a stored widget, or on none; raise `BadRequest` if it may not."""
    action = known(actions, click)
    payload = _payload(action, click, item)
    return Chosen(click.kind, action, payload, action.arguments(payload))


def _payload(action: Action, click: Click, item: WidgetItem | None) -> Any:
    if item is None:
        # Once is for each widget.
        if action.once or not action.anywhere:
            raise Malformed(_NEEDS_WIDGET, action=click.named)
        return click.payload
    found = offers(widget_json(item.widget), click.kind)
    fixed = [offer.payload for offer in found if not offer.is_for_client]
    if fixed:
        try:
            return settled(click.payload, fixed)
        except NotThisPayload:
            raise BadRequest(_NOT_THIS_PAYLOAD, action=click.named) from None
    if action.anywhere:
        return click.payload
    if found:
        raise Malformed(_BY_THE_PAGE, action=click.named)
    raise BadRequest(_NOT_OFFERED, action=click.named)
