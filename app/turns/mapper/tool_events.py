"""What tools stream themselves: widgets, progress, notices, effects, workflows.

Whatever a tool does, the page never sees an update for an item that was not announced; every item that was
announced is ended; and one that has ended changes only by replacement, the one change that reaches the store.
"""

from collections.abc import Callable

from chatkit.types import (
    ClientToolCallItem,
    EndOfTurnItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WorkflowItem,
)

from app.turns.mapper.output import Output
from app.turns.mapper.tool_workflows import ToolWorkflows
from app.turns.mapper.workflow import Workflows
from app.turns.open_items import OpenItems

HIDDEN = (HiddenContextItem, SDKHiddenContextItem)
"""Items that are stored and never shown: they pass as done or replaced only, which is how they get stored."""

UNDRAWN = (ClientToolCallItem, EndOfTurnItem, *HIDDEN)
"""Items a page draws nothing for; they do not end the open workflow."""


class ToolEvents:
    """The events of all tools of a run. `make_way` is called before something visible appears."""

    def __init__(self, output: Output, workflows: Workflows, make_way: Callable[[], None]) -> None:
        self._output = output
        self._make_way = make_way
        self._workflows = ToolWorkflows(output, workflows, make_way)
        self._items = OpenItems()
        self._open: dict[str, str] = {}
        """Types of the open items, by id."""
        self._ended: set[str] = set()

    def take(self, event: ThreadStreamEvent) -> None:
        """Pass on what the page may see of `event`."""
        match event:
            case ThreadItemAddedEvent():
                self._added(event)
            case ThreadItemUpdatedEvent():
                self._updated(event)
            case ThreadItemDoneEvent():
                self._done(event)
            case ThreadItemReplacedEvent():
                self._replaced(event)
            case ThreadItemRemovedEvent():
                self._removed(event)
            case _:
                self._output.send(event)

    def end_all(self) -> None:
        """End what is open: done with what there is, removed where there is nothing."""
        for event in self._items.end_all(self._output.now()):
            self._output.send(event)
        self._items = OpenItems()

    def _added(self, event: ThreadItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, WorkflowItem):
            self._workflows.added(item)
        elif not isinstance(item, HIDDEN) and item.id not in self._open and item.id not in self._ended:
            self._appears(item)
            self._open[item.id] = item.type
            self._pass_on(event)

    def _updated(self, event: ThreadItemUpdatedEvent) -> None:
        if event.item_id in self._workflows:
            self._workflows.updated(event.item_id, event.update)
        elif event.update.type.startswith(f"{self._open.get(event.item_id)}."):
            self._pass_on(event)

    def _done(self, event: ThreadItemDoneEvent) -> None:
        item = event.item
        if isinstance(item, WorkflowItem):
            self._workflows.done(item)
        elif item.id in self._ended:
            self._output.replaced(item)
        else:
            if item.id not in self._open:
                self._appears(item)
            self._open.pop(item.id, None)
            self._ended.add(item.id)
            self._pass_on(event)

    def _replaced(self, event: ThreadItemReplacedEvent) -> None:
        item = event.item
        if isinstance(item, WorkflowItem):
            self._workflows.replaced(item)
        elif item.id in self._open:
            self._items.observe(ThreadItemAddedEvent(item=item))
            self._output.send(event)
        else:
            self._ended.add(item.id)
            self._output.send(event)

    def _removed(self, event: ThreadItemRemovedEvent) -> None:
        if event.item_id in self._workflows:
            self._workflows.removed(event.item_id)
        else:
            self._open.pop(event.item_id, None)
            self._ended.discard(event.item_id)
            self._pass_on(event)

    def _appears(self, item: ThreadItem) -> None:
        if not isinstance(item, UNDRAWN):
            self._make_way()

    def _pass_on(self, event: ThreadStreamEvent) -> None:
        self._items.observe(event)
        self._output.send(event)
