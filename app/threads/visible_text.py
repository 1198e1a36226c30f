"""What a person reads of an item, as plain text: for search, for admins, for what cannot be shown otherwise.

Knows items and widgets by their shape alone. Never part of what is streamed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from chatkit.types import (
    AssistantMessageItem,
    CustomSummary,
    CustomTask,
    FileTask,
    HiddenContextItem,
    SDKHiddenContextItem,
    SearchTask,
    StructuredInput,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    Task,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    UserMessageItem,
    UserMessageTagContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)

from app.threads.characters import storable_text
from app.threads.widgets import widget_json

MAX_TEXT = 100_000
"""Characters kept; the index reads no further, and Postgres bounds the words of one text at a megabyte."""

_READ_ANYWHERE = ("title", "label", "text", "question", "content", "alt")
_NEVER_READ = frozenset({"action", "payload", "data"})


def visible_text(item: ThreadItem) -> str | None:
    """Return what a person reads of `item`, one line per part; None if there is nothing to read."""
    return _joined(_parts(item))


def text_in(value: Any) -> str | None:
    """Return what a person reads of a JSON value of unknown shape, such as a widget."""
    return _joined(_texts(value))


def _joined(parts: Iterable[str | None]) -> str | None:
    text = "\n".join(part for part in parts if part and not part.isspace())
    return storable_text(text[:MAX_TEXT]) or None


def _parts(item: ThreadItem) -> Iterator[str | None]:
    match item:
        case UserMessageItem():
            yield item.quoted_text
            yield "".join(
                f"@{part.text}" if isinstance(part, UserMessageTagContent) else part.text
                for part in item.content
            )
            yield from (attachment.name for attachment in item.attachments)
        case AssistantMessageItem():
            yield from (part.text for part in item.content)
        case WidgetItem():
            yield item.copy_text
            yield from _texts(widget_json(item.widget))
        case WorkflowItem():
            yield from _workflow(item.workflow)
        case TaskItem():
            yield from _task(item.task)
        case StructuredInputItem():
            for question in item.inputs:
                yield from _question(question)
        case HiddenContextItem() | SDKHiddenContextItem():
            yield item.content if isinstance(item.content, str) else None
        case _:
            return


def _workflow(workflow: Workflow) -> Iterator[str | None]:
    if isinstance(workflow.summary, CustomSummary):
        yield workflow.summary.title
    for task in workflow.tasks:
        yield from _task(task)


def _task(task: Task) -> Iterator[str | None]:
    yield task.title
    match task:
        case CustomTask() | ThoughtTask():
            yield task.content
        case SearchTask():
            yield from task.queries
            yield from (source.title for source in task.sources)
        case FileTask():
            yield from (source.title for source in task.sources)
        case _:
            return


def _question(question: StructuredInput) -> Iterator[str | None]:
    yield question.question
    match question:
        case StructuredInputMultipleChoice():
            yield from (option.value for option in question.options)
        case StructuredInputFreeform():
            yield question.description
    if question.answer:
        yield from question.answer.values


def _texts(value: Any) -> Iterator[str]:
    match value:
        case list():
            for part in value:
                yield from _texts(part)
        case dict():
            yield from _texts_of_object(value)
        case _:
            return


def _texts_of_object(value: dict[str, Any]) -> Iterator[str]:
    # What a component of the type Text, Title or Markdown says is its `value`; the value of an option is not.
    read = ("value", *_READ_ANYWHERE) if "type" in value else _READ_ANYWHERE
    yield from (text for key in read if isinstance(text := value.get(key), str))
    for key, part in value.items():
        if key not in _NEVER_READ and not key.endswith("Action"):
            yield from _texts(part)
