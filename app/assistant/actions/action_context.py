"""What the handler of an action gets: the thread, the request, the widget, and what it can do about them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chatkit.types import ThreadItemReplacedEvent, ThreadMetadata, WidgetItem
from chatkit.widgets import WidgetRoot
from pydantic import BaseModel, PrivateAttr
from typing_extensions import override

from app.assistant.agent_context import AgentContext
from app.assistant.hidden_context import hidden_text
from app.context import RequestContext
from app.threads.widgets import check_depth

Change = WidgetRoot | Callable[[WidgetItem], WidgetRoot]
"""A widget, or a function that makes it from the item as it is stored."""


class ActionContext(AgentContext):
    """Context of a streaming action: all that tools have, and the widget.

    `item` is the widget as it was stored when the action was accepted; None for an action without one.
    """

    action: str
    """The type of the action."""
    item: WidgetItem | None = None
    _question: tuple[str, str] | None = PrivateAttr(default=None)

    @property
    def question(self) -> tuple[str, str] | None:
        """What the agent is to answer, and the id of the item that holds it."""
        return self._question

    async def replace_widget(self, change: Change, copy_text: str | None = None) -> None:
        """Put another state of the widget in its place, for good.

        With a function the widget is made from what is stored at this moment: for where other actions change
        it too. Raises `ValueError` for an action without a widget.
        """
        if self.item is None:
            raise ValueError("this action came without a widget")
        item = self.item
        if not isinstance(change, BaseModel):
            stored = await self.store.load_item(self.thread.id, item.id, self.request_context)
            item = stored if isinstance(stored, WidgetItem) else item
        self.item = changed(item, change, copy_text)
        await self.stream(ThreadItemReplacedEvent(item=self.item))

    async def answer(self, content: object, /, **values: Any) -> None:
        """Have the agent answer, once the handler is done; `content` says what has happened.

        It is hidden context, as `add_hidden_context` takes it. The last call counts.
        """
        item = await self._add_hidden(content, values)
        self._question = (item.id, str(item.content))

    @override
    def call_client_tool(self, name: str, arguments: Any = None) -> None:
        """Not for actions: only a call of the model can have the page's tool as its result."""
        raise ValueError("an action cannot call a tool of the page; let the agent do it, with answer()")


@dataclass(slots=True)
class SyncActionContext:
    """Context of an action that is answered at once."""

    thread: ThreadMetadata
    request_context: RequestContext
    action: str
    """The type of the action."""
    item: WidgetItem | None
    """The widget as it is stored; None for an action without one."""
    notes: list[str] = field(default_factory=list)

    async def add_hidden_context(self, content: object, /, **values: Any) -> None:
        """As `AgentContext.add_hidden_context`; kept when the handler has returned."""
        self.notes.append(hidden_text(content, values))


def changed(item: WidgetItem, change: Change, copy_text: str | None = None) -> WidgetItem:
    """Return an item with another widget; raise `BadRequest` for one that is nested too deeply."""
    widget = change if isinstance(change, BaseModel) else change(item)
    check_depth(widget)
    return item.model_copy(update={"widget": widget, "copy_text": copy_text or item.copy_text})
