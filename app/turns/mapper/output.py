"""What one call of the mapper answers, and what every new item needs: its thread, an id, the time.

Events are snapshots: an item handed in here is never changed afterwards.
"""

from collections.abc import Callable
from datetime import datetime

from chatkit.store import StoreItemType
from chatkit.types import (
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)


class Output:
    """Collects events in order until they are taken."""

    def __init__(
        self, thread_id: str, new_item_id: Callable[[StoreItemType], str], now: Callable[[], datetime]
    ) -> None:
        self.thread_id = thread_id
        self.new_item_id = new_item_id
        self.now = now
        self._events: list[ThreadStreamEvent] = []

    def send(self, event: ThreadStreamEvent) -> None:
        """Add one event."""
        self._events.append(event)

    def take(self) -> list[ThreadStreamEvent]:
        """Return what was sent since the last time."""
        events, self._events = self._events, []
        return events

    def added(self, item: ThreadItem) -> None:
        """Announce an item."""
        self._events.append(ThreadItemAddedEvent(item=item))

    def updated(self, item_id: str, update: ThreadItemUpdate) -> None:
        """Change an announced item."""
        self._events.append(ThreadItemUpdatedEvent(item_id=item_id, update=update))

    def done(self, item: ThreadItem) -> None:
        """End an item; from here on it is stored."""
        self._events.append(ThreadItemDoneEvent(item=item))

    def replaced(self, item: ThreadItem) -> None:
        """Change an item that has ended: the one kind of change that reaches the store."""
        self._events.append(ThreadItemReplacedEvent(item=item))

    def removed(self, item_id: str) -> None:
        """Take an item back."""
        self._events.append(ThreadItemRemovedEvent(item_id=item_id))
