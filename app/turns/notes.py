"""Items of a turn that its run's own memory does not hold, as the model shall remember them."""

from collections.abc import Iterable

from agents import TResponseInputItem
from chatkit.types import (
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    WidgetItem,
)

from app.assistant.model_notes import note_of


class Notes:
    """The widgets and the hidden context of one turn, each as it was last."""

    def __init__(self) -> None:
        self._items: dict[str, ThreadItem] = {}

    def observe(self, event: ThreadStreamEvent) -> None:
        """Take notice of one event of the turn."""
        match event:
            case ThreadItemDoneEvent() | ThreadItemReplacedEvent():
                if isinstance(event.item, WidgetItem | HiddenContextItem | SDKHiddenContextItem):
                    self._items[event.item.id] = event.item
            case ThreadItemRemovedEvent():
                self._items.pop(event.item_id, None)
            case _:
                pass

    def observe_all(self, events: Iterable[ThreadStreamEvent]) -> None:
        """Take notice of events."""
        for event in events:
            self.observe(event)

    def hold_hidden(self) -> bool:
        """Say whether anything was noted for the model."""
        return any(not isinstance(item, WidgetItem) for item in self._items.values())

    def items(self, *, without: str = "") -> list[TResponseInputItem]:
        """Return what is remembered of them, in order; nothing of the item `without`."""
        noted = (note_of(item) for item_id, item in self._items.items() if item_id != without)
        return [note for note in noted if note is not None]
