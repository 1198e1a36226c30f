"""A widget streamed as it grows: added with its first state, updated, done with its last.

Sends nothing itself: each step returns the events it takes.
"""

from collections.abc import Sequence
from datetime import datetime

from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WidgetItem,
)
from chatkit.widgets import WidgetRoot

from app.assistant.widget_diff import widget_updates
from app.threads.widgets import check_depth


class WidgetStream:
    """One widget item from its first state to its last."""

    def __init__(self, item_id: str, thread_id: str, created_at: datetime, copy_text: str | None) -> None:
        self._item_id = item_id
        self._thread_id = thread_id
        self._created_at = created_at
        self._copy_text = copy_text
        self._state: WidgetRoot | None = None

    def show(self, widget: WidgetRoot) -> Sequence[ThreadStreamEvent]:
        """Return the events for the next state, which is copied: its generator may go on changing it."""
        check_depth(widget)
        before, self._state = self._state, widget.model_copy(deep=True)
        if before is None:
            return [ThreadItemAddedEvent(item=self._item(self._state))]
        return [
            ThreadItemUpdatedEvent(item_id=self._item_id, update=update)
            for update in widget_updates(before, self._state)
        ]

    def end(self) -> Sequence[ThreadStreamEvent]:
        """Return the end of the item; nothing if no state was ever shown."""
        return [] if self._state is None else [ThreadItemDoneEvent(item=self._item(self._state))]

    def _item(self, widget: WidgetRoot) -> WidgetItem:
        return WidgetItem(
            id=self._item_id,
            thread_id=self._thread_id,
            created_at=self._created_at,
            widget=widget,
            copy_text=self._copy_text,
        )
