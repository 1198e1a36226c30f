"""Workflows that tools stream, put into the one that is open.

A tool sees a workflow of its own, with its own numbers; on the wire its tasks stand beside thoughts and other
tools' tasks, and this module keeps the places. Only a workflow that its tool gives a title, or wants
expanded, stands by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from chatkit.types import ThreadItemUpdate, WorkflowItem, WorkflowTaskAdded, WorkflowTaskUpdated

from app.turns.mapper.output import Output
from app.turns.mapper.workflow import OpenWorkflow, Place, Workflows


@dataclass(slots=True)
class _View:
    """A workflow as its tool sees it: where its tasks are, and the item it opened, if it opened one."""

    places: list[Place] = field(default_factory=list)
    item: OpenWorkflow | None = None


class ToolWorkflows:
    """Known by the ids the tools gave them, whatever they are called on the wire."""

    def __init__(self, output: Output, workflows: Workflows, make_way: Callable[[], None]) -> None:
        self._output = output
        self._workflows = workflows
        self._make_way = make_way
        self._views: dict[str, _View] = {}

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._views

    def added(self, item: WorkflowItem) -> None:
        """A tool opens a workflow."""
        self._fold(item, apart=item.workflow.summary is not None or item.workflow.expanded)

    def updated(self, item_id: str, update: ThreadItemUpdate) -> None:
        """A tool adds or changes a task, by its own numbers. A task that never was is not changed."""
        places = self._views[item_id].places
        match update:
            case WorkflowTaskAdded() if update.task_index >= len(places):
                places.append(self._workflows.add(update.task))
            case WorkflowTaskAdded() | WorkflowTaskUpdated() if 0 <= update.task_index < len(places):
                self._workflows.update(places[update.task_index], update.task)
            case _:
                pass

    def replaced(self, item: WorkflowItem) -> None:
        """A tool says anew what its workflow holds, be it one of an earlier turn."""
        if item.id in self._views:
            self._fold(item, apart=True)
        else:
            self._views[item.id] = _stored(item)
            self._output.replaced(item)

    def done(self, item: WorkflowItem) -> None:
        """A tool ends its workflow, and with it the one that is open, if its tasks are there."""
        view = self._fold(item, apart=True)
        if any(self._workflows.holds(place) for place in view.places[-1:]) or self._is_open(view):
            self._workflows.close(item.workflow.summary, expanded=item.workflow.expanded)

    def removed(self, item_id: str) -> None:
        """A tool takes its workflow back. Tasks that stand among others' stay."""
        view = self._views.pop(item_id)
        if view.item is not None:
            self._workflows.remove(view.item)

    def _fold(self, item: WorkflowItem, *, apart: bool) -> _View:
        view = self._views.get(item.id)
        if view is None:
            view = self._views[item.id] = self._begin(item, apart=apart)
        for index, task in enumerate(item.workflow.tasks):
            if index < len(view.places):
                self._workflows.update(view.places[index], task)
            else:
                view.places.append(self._workflows.add(task))
        return view

    def _begin(self, item: WorkflowItem, *, apart: bool) -> _View:
        if apart:
            self._make_way()
        if self._workflows.open is not None:
            return _View()
        workflow = _empty(item)
        self._workflows.begin(workflow)
        return _View(item=workflow)

    def _is_open(self, view: _View) -> bool:
        return view.item is not None and view.item is self._workflows.open


def _stored(item: WorkflowItem) -> _View:
    workflow = _empty(item)
    workflow.tasks.extend(item.workflow.tasks)
    return _View([Place(workflow, position) for position in range(len(workflow.tasks))], workflow)


def _empty(item: WorkflowItem) -> OpenWorkflow:
    shown = item.workflow
    return OpenWorkflow(item.id, shown.type, item.created_at, shown.summary, shown.expanded)
