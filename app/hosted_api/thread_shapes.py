"""Threads, items and lists as the hosted API writes them.

Nothing but shapes. The hosted API knows six kinds of item; what has no form in it is left out by whoever
reads the items, and what a form has no place for (icons, durations, sources of steps, positions of citations)
is left out here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from chatkit.types import (
    AssistantMessageItem,
    Attachment,
    ClientToolCallItem,
    ClosedStatus,
    CustomTask,
    FileSource,
    ImageAttachment,
    LockedStatus,
    Task,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadMetadata,
    URLSource,
    UserMessageItem,
    UserMessageTagContent,
    WidgetItem,
    WorkflowItem,
)
from pydantic_core import to_json

from app.threads.widgets import widget_json

ITEM_TYPES = ("user_message", "assistant_message", "widget", "client_tool_call", "task", "workflow")
"""The stored types that have a hosted form."""

Json = dict[str, Any]


def thread_object(thread: ThreadMetadata, user_id: str) -> Json:
    """Return a `chatkit.thread`."""
    status: Json = {"type": thread.status.type}
    if isinstance(thread.status, LockedStatus | ClosedStatus):
        status["reason"] = thread.status.reason
    return {
        "id": thread.id,
        "object": "chatkit.thread",
        "created_at": int(thread.created_at.timestamp()),
        "title": thread.title,
        "status": status,
        "user": user_id,
    }


def deletion_object(thread_id: str) -> Json:
    """Return a `chatkit.thread.deleted`."""
    return {"id": thread_id, "object": "chatkit.thread.deleted", "deleted": True}


def list_object(data: Sequence[Json], *, has_more: bool) -> Json:
    """Return a list; its ids are those that the next or the previous page is asked for with."""
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": has_more,
    }


def item_object(item: ThreadItem) -> Json | None:
    """Return a `chatkit.thread_item`; None for one that has no hosted form."""
    match item:
        case UserMessageItem():
            own = _user_message(item)
        case AssistantMessageItem():
            own = {"type": "chatkit.assistant_message", "content": [*_output(item)]}
        case WidgetItem():
            own = {"type": "chatkit.widget", "widget": _text(widget_json(item.widget))}
        case ClientToolCallItem():
            own = _client_tool_call(item)
        case TaskItem():
            kind, heading, summary = _task(item.task)
            own = {"type": "chatkit.task", "task_type": kind, "heading": heading, "summary": summary}
        case WorkflowItem():
            own = {"type": "chatkit.task_group", "tasks": [_grouped(task) for task in item.workflow.tasks]}
        case _:
            return None
    return {
        "id": item.id,
        "object": "chatkit.thread_item",
        "created_at": int(item.created_at.timestamp()),
        "thread_id": item.thread_id,
        **own,
    }


def _user_message(item: UserMessageItem) -> Json:
    content = [
        {
            "type": "input_text",
            "text": f"@{part.text}" if isinstance(part, UserMessageTagContent) else part.text,
        }
        for part in item.content
    ]
    if item.quoted_text:
        content.append({"type": "quoted_text", "text": item.quoted_text})
    chosen = item.inference_options
    options = {
        "model": chosen.model,
        "tool_choice": {"id": chosen.tool_choice.id} if chosen.tool_choice else None,
    }
    return {
        "type": "chatkit.user_message",
        "content": content,
        "attachments": [_attachment(attachment) for attachment in item.attachments],
        "inference_options": options if any(options.values()) else None,
    }


def _attachment(attachment: Attachment) -> Json:
    return {
        "id": attachment.id,
        "type": attachment.type,
        "name": attachment.name,
        "mime_type": attachment.mime_type,
        "preview_url": str(attachment.preview_url) if isinstance(attachment, ImageAttachment) else None,
    }


def _output(item: AssistantMessageItem) -> Iterable[Json]:
    for part in item.content:
        annotations = []
        for annotation in part.annotations:
            match annotation.source:
                case FileSource(filename=filename):
                    source = {"type": "file", "filename": filename}
                case URLSource(url=url):
                    source = {"type": "url", "url": url}
                case _:
                    continue
            annotations.append({"type": source["type"], "source": source})
        yield {"type": "output_text", "text": part.text, "annotations": annotations}


def _client_tool_call(item: ClientToolCallItem) -> Json:
    is_completed = item.status == "completed"
    return {
        "type": "chatkit.client_tool_call",
        "call_id": item.call_id,
        "name": item.name,
        "arguments": _text(item.arguments),
        "status": "completed" if is_completed else "in_progress",
        "output": _text(item.output) if is_completed else None,
    }


def _task(task: Task) -> tuple[str, str | None, str | None]:
    match task:
        case ThoughtTask():
            return "thought", task.title, task.content
        case CustomTask():
            return "custom", task.title, task.content
        case _:
            return "custom", task.title, None


def _grouped(task: Task) -> Json:
    kind, heading, summary = _task(task)
    return {"type": kind, "heading": heading, "summary": summary}


def _text(value: Any) -> str:
    return to_json(value, inf_nan_mode="null").decode()
