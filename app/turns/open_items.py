"""Items that were announced and are not done yet, as the updates leave them.

Knows as well which one is done and waits for the page. Owns the application of item updates. It is what a
stop, a failure or a second reader finds of an answer that has not come to its end. Stores nothing and sends
nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientToolCallItem,
    DurationSummary,
    GeneratedImageItem,
    GeneratedImageUpdated,
    HiddenContextItem,
    SDKHiddenContextItem,
    StructuredInputItem,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WidgetItem,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

from app.threads.waiting import WaitingItem, is_waiting
from app.turns.widget_state import WidgetUpdate, apply_to_widget

MessageUpdate = (
    AssistantMessageContentPartAdded
    | AssistantMessageContentPartTextDelta
    | AssistantMessageContentPartAnnotationAdded
    | AssistantMessageContentPartDone
)


class OpenItems:
    """The open items of one turn, in the order in which they appeared."""

    def __init__(self) -> None:
        self._items: dict[str, ThreadItem] = {}
        self.waiting: WaitingItem | None = None
        """The item that waits for an answer from the page, once it is done."""

    def observe(self, event: ThreadStreamEvent) -> None:
        """Take notice of one event of the turn."""
        match event:
            case ThreadItemUpdatedEvent():
                item = self._items.get(event.item_id)
                if item is not None:
                    apply_update(item, event.update)
            case ThreadItemAddedEvent():
                # The sender goes on changing its own object.
                self._items[event.item.id] = event.item.model_copy(deep=True)
            case ThreadItemDoneEvent() | ThreadItemReplacedEvent():
                self._items.pop(event.item.id, None)
                self._ended(event.item)
            case ThreadItemRemovedEvent():
                self._items.pop(event.item_id, None)
                if self.waiting is not None and self.waiting.id == event.item_id:
                    self.waiting = None
            case _:
                pass

    def _ended(self, item: ThreadItem) -> None:
        if isinstance(item, ClientToolCallItem | StructuredInputItem) and is_waiting(item):
            self.waiting = item.model_copy(deep=True)
        elif self.waiting is not None and self.waiting.id == item.id:
            self.waiting = None

    def visible(self) -> list[ThreadItem]:
        """Return copies of the open items that may leave the server and hold anything to be seen."""
        return [
            item.model_copy(deep=True)
            for item in self._items.values()
            if not isinstance(item, HiddenContextItem | SDKHiddenContextItem)
        ]

    def end_all(self, now: datetime) -> Iterator[ThreadStreamEvent]:
        """Yield an end for every open item: done with what there is, removed where there is nothing."""
        for item in list(self._items.values()):
            if is_worth_keeping(item):
                yield ThreadItemDoneEvent(item=settled(item, now))
            else:
                yield ThreadItemRemovedEvent(item_id=item.id)


def apply_update(item: ThreadItem, update: ThreadItemUpdate) -> None:
    """Change `item` as `update` says. An update for another kind of item changes nothing."""
    match item:
        case AssistantMessageItem() if isinstance(update, MessageUpdate):
            _apply_to_message(item, update)
        case WorkflowItem() if isinstance(update, WorkflowTaskAdded):
            item.workflow.tasks.append(update.task)
        case WorkflowItem() if isinstance(update, WorkflowTaskUpdated):
            if 0 <= update.task_index < len(item.workflow.tasks):
                item.workflow.tasks[update.task_index] = update.task
        case WidgetItem() if isinstance(update, WidgetUpdate):
            apply_to_widget(item, update)
        case GeneratedImageItem() if isinstance(update, GeneratedImageUpdated):
            item.image = update.image
        case _:
            pass


def _apply_to_message(item: AssistantMessageItem, update: MessageUpdate) -> None:
    while len(item.content) <= update.content_index:
        item.content.append(AssistantMessageContent(text="", annotations=[]))
    match update:
        case AssistantMessageContentPartTextDelta():
            item.content[update.content_index].text += update.delta
        case AssistantMessageContentPartAdded() | AssistantMessageContentPartDone():
            item.content[update.content_index] = update.content.model_copy(deep=True)
        case AssistantMessageContentPartAnnotationAdded():
            item.content[update.content_index].annotations.insert(update.annotation_index, update.annotation)
        case _:
            assert_never(update)


def message_text(item: AssistantMessageItem) -> str:
    """The text of a message, its parts joined, without outer blanks."""
    return "".join(part.text for part in item.content).strip()


def is_worth_keeping(item: ThreadItem) -> bool:
    """Say whether an item that was cut holds anything a person could read."""
    match item:
        case AssistantMessageItem():
            return bool(message_text(item))
        case WorkflowItem():
            return bool(item.workflow.tasks)
        case GeneratedImageItem():
            return False
        case _:
            return True


def settled(item: ThreadItem, now: datetime) -> ThreadItem:
    """Return `item` with nothing in it that still claims to be going on."""
    if isinstance(item, WorkflowItem):
        item.workflow.expanded = False
        if item.workflow.summary is None:
            # Whoever ends it may have another clock than who began it.
            seconds = max(0, int((now - item.created_at).total_seconds()))
            item.workflow.summary = DurationSummary(duration=seconds)
        for task in item.workflow.tasks:
            if task.status_indicator == "loading":
                task.status_indicator = "none"
    return item
