"""What a tool gets as its context: the thread, the request, and the means to show something while it runs.

Hands every event to the one who runs the agent; what becomes of it on the page is decided there. Knows
nothing of what the model or other tools show.
"""

import copy
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, Self

import chatkit.agents
from chatkit.types import (
    EntitySource,
    FileSource,
    HiddenContextItem,
    ProgressUpdateEvent,
    StructuredInput,
    StructuredInputItem,
    Task,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    URLSource,
    Workflow,
    WorkflowItem,
    WorkflowSummary,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import WidgetRoot
from pydantic import Field, PrivateAttr, SkipValidation
from typing_extensions import override

from app.assistant.hidden_context import hidden_text
from app.assistant.icons import known_icon
from app.assistant.pause import ModelCall, Pause
from app.assistant.widget_stream import WidgetStream
from app.context import RequestContext
from app.threads.widgets import check_depth

Source = URLSource | FileSource | EntitySource


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AgentContext(chatkit.agents.AgentContext[RequestContext]):
    """The ChatKit SDK's context for tools, made once per run.

    `emit` takes each event in order, and may be a coroutine function. `workflow_item` is the workflow as this
    run's tools see it: task numbers count its tasks alone, though the page may show them among others.
    """

    emit: Callable[[ThreadStreamEvent], Awaitable[None] | None] = Field(repr=False, exclude=True)
    now: Callable[[], datetime] = Field(default=_utc_now, repr=False, exclude=True)
    pause: SkipValidation[Pause] = Field(default_factory=Pause, repr=False, exclude=True)
    cited: SkipValidation[list[Source]] = Field(default_factory=list, repr=False, exclude=True)
    """What the next message of the model shall name as its sources."""
    _call: ModelCall | None = PrivateAttr(default=None)

    def during(self, call: ModelCall) -> Self:
        """Return this context as a tool sees it while `call` is carried out; all else is shared."""
        self.pause.calls.append(call)
        own = copy.copy(self)
        object.__setattr__(own, "__dict__", self.__dict__)
        own._call = call
        return own

    @override
    def __setattr__(self, name: str, value: Any) -> None:
        # The ChatKit SDK's way to call a tool of the page.
        if name == "client_tool_call" and isinstance(value, chatkit.agents.ClientToolCall):
            self.pause.call_client_tool(value, self._call)
        super().__setattr__(name, value)

    def call_client_tool(self, name: str, arguments: Mapping[str, Any] | None = None) -> None:
        """Have the page run one of its tools; what it answers is what the model's call returns.

        The answer ends after this step and goes on when the page has answered. What your function tool
        returns is not used. Of several calls in one step the first counts; the model is told of the others.
        """
        self.client_tool_call = chatkit.agents.ClientToolCall(name=name, arguments=dict(arguments or {}))

    async def ask(self, *questions: StructuredInput) -> None:
        """Ask the user; the answer ends after this step and goes on when they have answered or skipped.

        What they say reaches the model as their next message. Only one such form is shown at a time.
        """
        form = StructuredInputItem(
            id=self.generate_id("message"),
            thread_id=self.thread.id,
            created_at=self.now(),
            inputs=list(questions),
        )
        await self.stream(ThreadItemDoneEvent(item=form))

    def cite(self, *sources: Source) -> None:
        """Name sources (pages, files, entities of yours) below the next message of the model."""
        self.cited.extend(source.model_copy(deep=True) for source in sources)

    async def add_hidden_context(self, content: object, /, **values: Any) -> None:
        """Tell the model, from its next answer on, something that the user does not see.

            await context.add_hidden_context("The user has booked {seat}.", seat=payload.seat)

        Values go to the `{places}`, quoted, so that words of a user cannot pass for yours: never put those
        into `content` itself. What is not text becomes JSON. Kept with the thread, never shown nor listed.
        """
        await self._add_hidden(content, values)

    async def stream(self, event: ThreadStreamEvent) -> None:
        """Show an event. It is copied, so the tool may go on changing what it passed.

        Raises `BadRequest` for a widget that is nested too deeply to be serialised.
        """
        check_depth(event)
        if (form := _pending_form(event)) is not None and not self.pause.ask(form.id, self._call):
            return
        sent = self.emit(_with_aware_time(event.model_copy(deep=True)))
        if sent is not None:
            await sent

    async def stream_progress(self, text: str, icon: str | None = None) -> None:
        """Show one line that says what is going on. An icon ChatKit does not know is left out."""
        await self.stream(ProgressUpdateEvent(text=text, icon=known_icon(icon)))

    async def stream_widget(
        self, widget: WidgetRoot | AsyncGenerator[WidgetRoot, None], copy_text: str | None = None
    ) -> None:
        """Show a widget, or its states one after the other.

        A generator that yields nothing shows nothing. One that raises leaves the widget as it was last, and
        the error goes on to the caller.
        """
        shown = WidgetStream(self.generate_id("message"), self.thread.id, self.now(), copy_text)
        try:
            if isinstance(widget, AsyncGenerator):
                async with aclosing(widget) as states:
                    async for state in states:
                        await self._stream_all(shown.show(state))
            else:
                shown.show(widget)
        finally:
            await self._stream_all(shown.end())

    async def start_workflow(self, workflow: Workflow) -> None:
        """Begin a workflow. With a summary it stands by itself, else its tasks join what is shown already."""
        await self.end_workflow()
        await self._begin_workflow(workflow)

    async def add_workflow_task(self, task: Task) -> None:
        """Append a task, beginning a workflow if there is none."""
        item = self.workflow_item or await self._begin_workflow(Workflow(type="custom", tasks=[]))
        item.workflow.tasks.append(task)
        update = WorkflowTaskAdded(task=task, task_index=len(item.workflow.tasks) - 1)
        await self.stream(ThreadItemUpdatedEvent(item_id=item.id, update=update))

    async def update_workflow_task(self, task: Task, task_index: int) -> None:
        """Put `task` in place of the one with this number; raises where there is none."""
        if self.workflow_item is None:
            raise ValueError("there is no workflow to update")
        tasks = self.workflow_item.workflow.tasks
        tasks[task_index] = task
        update = WorkflowTaskUpdated(task=task, task_index=task_index % len(tasks))
        await self.stream(ThreadItemUpdatedEvent(item_id=self.workflow_item.id, update=update))

    async def end_workflow(self, summary: WorkflowSummary | None = None, expanded: bool = False) -> None:
        """End the workflow, if there is one. Without a summary of its own it says how long it took."""
        item, self.workflow_item = self.workflow_item, None
        if item is not None:
            item.workflow.summary = summary or item.workflow.summary
            item.workflow.expanded = expanded
            await self.stream(ThreadItemDoneEvent(item=item))

    async def _add_hidden(self, content: object, values: dict[str, Any]) -> HiddenContextItem:
        item = HiddenContextItem(
            id=self.generate_id("message"),
            thread_id=self.thread.id,
            created_at=self.now(),
            content=hidden_text(content, values),
        )
        await self.stream(ThreadItemDoneEvent(item=item))
        return item

    async def _begin_workflow(self, workflow: Workflow) -> WorkflowItem:
        item = self.workflow_item = WorkflowItem(
            id=self.generate_id("workflow"),
            thread_id=self.thread.id,
            created_at=self.now(),
            workflow=workflow,
        )
        await self.stream(ThreadItemAddedEvent(item=item))
        return item

    async def _stream_all(self, events: Sequence[ThreadStreamEvent]) -> None:
        for event in events:
            await self.stream(event)


def _with_aware_time(event: ThreadStreamEvent) -> ThreadStreamEvent:
    """Tools that follow the SDK's examples make items with local times; pages need to know the zone."""
    if isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent | ThreadItemReplacedEvent):
        event.item.created_at = event.item.created_at.astimezone(UTC)
    return event


def _pending_form(event: ThreadStreamEvent) -> StructuredInputItem | None:
    match event:
        case ThreadItemAddedEvent() | ThreadItemDoneEvent() | ThreadItemReplacedEvent():
            item = event.item
            return item if isinstance(item, StructuredInputItem) and item.status == "pending" else None
        case _:
            return None
