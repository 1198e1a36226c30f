"""The one open workflow: what the assistant does between two things it shows.

Thoughts, tool activity and the tasks of tools go into the same workflow, in the order in which they appear,
and are addressed by position. A workflow is announced with its first task, so there is never an empty one.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from chatkit.types import (
    DurationSummary,
    Task,
    Workflow,
    WorkflowItem,
    WorkflowSummary,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

from app.turns.mapper.output import Output

Kind = Literal["custom", "reasoning"]


@dataclass(eq=False, slots=True)
class OpenWorkflow:
    """A workflow as it stands. Its tasks are never changed, only put in each other's place."""

    id: str
    kind: Kind
    created_at: datetime
    summary: WorkflowSummary | None = None
    expanded: bool = False
    tasks: list[Task] = field(default_factory=list)
    removed: bool = False


class Place(NamedTuple):
    """Where a task is."""

    workflow: OpenWorkflow
    position: int


class Workflows:
    """At most one workflow is open at a time; those that were closed can still be corrected."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._open: OpenWorkflow | None = None

    @property
    def open(self) -> OpenWorkflow | None:
        """The open one; it may still be without tasks, and so not announced."""
        return self._open

    def begin(self, workflow: OpenWorkflow) -> None:
        """Let `workflow`, still without tasks, be the open one. Nothing is sent before its first task."""
        self._open = workflow

    def add(self, task: Task, kind: Kind = "custom", *, since: datetime | None = None) -> Place:
        """Append a task, opening a workflow of this kind that began at `since` (now) if none is open."""
        if self._open is None:
            self._open = OpenWorkflow(
                self._output.new_item_id("workflow"), kind, created_at=since or self._output.now()
            )
        workflow = self._open
        workflow.tasks.append(task)
        place = Place(workflow, len(workflow.tasks) - 1)
        if place.position == 0:
            self._output.added(self._item(workflow))
        else:
            self._output.updated(workflow.id, WorkflowTaskAdded(task=task, task_index=place.position))
        return place

    def update(self, place: Place, task: Task) -> None:
        """Put `task` in a place. In a workflow that is closed already this replaces the whole item."""
        workflow, position = place
        if workflow is not self._open:
            task = settled(task, "complete")
        if workflow.removed or workflow.tasks[position] == task:
            return
        workflow.tasks[position] = task
        if workflow is self._open:
            self._output.updated(workflow.id, WorkflowTaskUpdated(task=task, task_index=position))
        else:
            self._output.replaced(self._item(workflow))

    def holds(self, place: Place) -> bool:
        """Say whether a place is in the open workflow."""
        return place.workflow is self._open

    def close(
        self,
        summary: WorkflowSummary | None = None,
        *,
        expanded: bool = False,
        unfinished: Literal["complete", "none"] = "complete",
    ) -> None:
        """End the open workflow, if there is one: no task stays on loading, and it says how long it took."""
        workflow = self._open
        if workflow is None:
            return
        for index, task in enumerate(workflow.tasks):
            self.update(Place(workflow, index), settled(task, unfinished))
        self._open = None
        if not workflow.tasks:
            return
        workflow.summary = summary or workflow.summary or self._duration(workflow)
        workflow.expanded = expanded or workflow.expanded
        self._output.done(self._item(workflow))

    def remove(self, workflow: OpenWorkflow) -> None:
        """Take a workflow back, open or closed."""
        if workflow is self._open:
            self._open = None
        if workflow.tasks:
            self._output.removed(workflow.id)
        workflow.removed = True

    def _duration(self, workflow: OpenWorkflow) -> DurationSummary:
        seconds = (self._output.now() - workflow.created_at).total_seconds()
        return DurationSummary(duration=max(0, int(seconds)))

    def _item(self, workflow: OpenWorkflow) -> WorkflowItem:
        return WorkflowItem(
            id=workflow.id,
            thread_id=self._output.thread_id,
            created_at=workflow.created_at,
            workflow=Workflow(
                type=workflow.kind,
                tasks=list(workflow.tasks),
                summary=workflow.summary,
                expanded=workflow.expanded,
            ),
        )


def settled(task: Task, status: Literal["complete", "none"]) -> Task:
    """Return `task` with `status` where it still says that it is loading."""
    return (
        task.model_copy(update={"status_indicator": status}) if task.status_indicator == "loading" else task
    )
