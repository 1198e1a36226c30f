"""`chatkit.task` and `chatkit.task_group`: headings and summaries, all that the API tells of them."""

from chatkit.types import CustomTask, TaskItem, ThoughtTask, Workflow, WorkflowItem

from app.threads.importing.hosted import Raw, note_unknown, parts_of, text_of
from app.threads.importing.places import Place

_FLAT = "icons, durations, sources and search queries of tasks: the API does not give them"


def task(raw: Raw, place: Place, losses: list[str]) -> TaskItem:
    """Return a task that stands alone."""
    losses.append(_FLAT)
    return TaskItem(**place.fields, task=_task(raw, text_of(raw, "task_type"), losses))


def task_group(raw: Raw, place: Place, losses: list[str]) -> WorkflowItem:
    """Return a group of tasks; it is reasoning where there are thoughts and nothing else."""
    losses.append(_FLAT)
    tasks = [
        _task(given, text_of(given, "type", "task_type"), losses)
        for given in parts_of(raw.get("tasks"))
        if isinstance(given, dict)
    ]
    note_unknown(raw, ("tasks",), losses, "task group")
    is_reasoning = bool(tasks) and all(isinstance(found, ThoughtTask) for found in tasks)
    workflow = Workflow(type="reasoning" if is_reasoning else "custom", tasks=list(tasks))
    return WorkflowItem(**place.fields, workflow=workflow)


def _task(raw: Raw, kind: str | None, losses: list[str]) -> CustomTask | ThoughtTask:
    note_unknown(raw, ("task_type", "heading", "summary"), losses, "task")
    heading, summary = text_of(raw, "heading", "title"), text_of(raw, "summary", "content")
    if kind == "thought":
        return ThoughtTask(title=heading, content=summary or "")
    if kind != "custom":
        losses.append(f"task of the type {str(kind)[:60]}, shown as a plain one")
    return CustomTask(title=heading, content=summary)
