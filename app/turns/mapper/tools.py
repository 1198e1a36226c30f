"""Tool calls and hand-offs: a task in the workflow for each, with a start and an end.

Hosted tools run at the provider and end with their item. Local ones run here: they end with their output,
which is matched by call id. The task says what is done in words a person understands and nothing more:
neither arguments nor results, which may hold anything.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chatkit.types import CustomTask, Task

from app.turns.mapper.hosted import HOSTED
from app.turns.mapper.raw import field
from app.turns.mapper.text import headline
from app.turns.mapper.wording import Phrases, Wording, spoken
from app.turns.mapper.workflow import Place, Workflows

_NAMED = ("function_call", "custom_tool_call")


class _Call(NamedTuple):
    place: Place
    done_title: str | None
    """What the task is called from its end on, if not the same as before."""


class Tools:
    """The tool calls of a run. `title_of` names a function tool; None keeps its calls out of the workflow."""

    def __init__(self, workflows: Workflows, wording: Wording, title_of: Callable[[str], str | None]) -> None:
        self._workflows = workflows
        self._wording = wording
        self._title_of = title_of
        self._machines: Mapping[str, Phrases] = {
            "computer_call": wording.computer,
            "local_shell_call": wording.command,
            "shell_call": wording.command,
            "apply_patch_call": wording.patch,
        }
        self._hosted: dict[int, Place] = {}
        self._local: dict[str, _Call] = {}

    def begin_response(self) -> None:
        """Forget the places of the response before. Local calls go on: outputs come between responses."""
        self._hosted.clear()

    def item_added(self, place: int, item: object) -> None:
        """The model begins a call; `place` is its `output_index`."""
        kind = field(item, "type")
        if draw := HOSTED.get(kind):
            self._hosted[place] = self._workflows.add(draw(item, "loading", self._wording))
        else:
            self.called(item)

    def item_done(self, place: int, item: object) -> None:
        """The model's item is complete. For a hosted tool that is the end of the call."""
        kind = field(item, "type")
        if draw := HOSTED.get(kind):
            self._hosted_done(place, draw(item, "complete", self._wording))
        else:
            self.called(item)

    def called(self, item: object, title: str | None = None) -> None:
        """A local tool was called. Said more than once of one call; `title` is the tool's own, once known."""
        call_id = field(item, "call_id")
        if not isinstance(call_id, str):
            return
        call = self._local.get(call_id)
        if call is not None:
            self._change(call.place, title=title)
        elif (task := self._started(item)) is not None:
            phrases = self._machines.get(field(item, "type"))
            place = self._workflows.add(_titled(task, title))
            self._local[call_id] = _Call(place, phrases.done if phrases else None)

    def returned(self, call_id: object, title: str | None = None) -> None:
        """A local tool has given its output, or a hand-off has taken place."""
        call = self._local.pop(call_id, None) if isinstance(call_id, str) else None
        if call is not None:
            self._change(call.place, title=title or call.done_title, done=True)

    def handed_over(self, call_id: object, agent_name: object) -> None:
        """Another agent goes on."""
        if isinstance(agent_name, str):
            self.returned(call_id, self._wording.handed_over.format(agent=headline(agent_name)))
        else:
            self.returned(call_id)

    def _hosted_done(self, place: int, task: Task) -> None:
        if place in self._hosted:
            self._workflows.update(self._hosted[place], task)
        else:
            self._hosted[place] = self._workflows.add(task)

    def _change(self, place: Place, *, title: str | None, done: bool = False) -> None:
        task = place.workflow.tasks[place.position]
        if isinstance(task, CustomTask):
            task = _titled(task, title)
            self._workflows.update(
                place, task.model_copy(update={"status_indicator": "complete"}) if done else task
            )

    def _started(self, item: object) -> CustomTask | None:
        kind = field(item, "type")
        if kind in _NAMED:
            name = field(item, "name")
            title = self._title_of(name) if isinstance(name, str) and name else None
            return CustomTask(title=title, icon="bolt", status_indicator="loading") if title else None
        if phrases := self._machines.get(kind):
            return CustomTask(title=phrases.running, icon="desktop", status_indicator="loading")
        return None


def _titled(task: CustomTask, title: str | None) -> CustomTask:
    return task.model_copy(update={"title": headline(title)}) if title else task


def tool_title(name: str) -> str | None:
    """The default title of a function tool: its name, as words."""
    return spoken(name) or None
