"""Reasoning → thought tasks, every one of them streamed.

Serves reasoning summaries and the plain reasoning text of models on chat completions alike. ChatKit has no
delta for a task: each update repeats the whole thought. So a long thought is sent again only when it has
grown by a share of its length, which keeps the bytes of a stream proportional to the text.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime

from chatkit.types import ThoughtTask

from app.turns.mapper.output import Output
from app.turns.mapper.text import clean
from app.turns.mapper.workflow import Place, Workflows

GROWTH = 64
"""A thought of n characters is sent again when n/GROWTH more have come; a short one with every delta."""


@dataclass(slots=True)
class _Thought:
    continued: bool
    """Its beginning stands in a closed workflow, so a full text that comes at the end is not its own."""
    chunks: list[str] = field(default_factory=list)
    length: int = 0
    unsent: int = 0
    place: Place | None = None

    def text(self) -> str:
        text = "".join(self.chunks)
        self.chunks = [text]
        return text


class Thoughts:
    """The thoughts of one model response at a time, keyed by their place in it."""

    def __init__(self, output: Output, workflows: Workflows) -> None:
        self._output = output
        self._workflows = workflows
        self._open: dict[Hashable, _Thought] = {}
        self._ended: set[Hashable] = set()
        self._since: datetime | None = None

    def begin_response(self) -> None:
        """Forget the places of the response before."""
        self.settle()
        self._ended.clear()

    def begin(self) -> None:
        """The model starts to think; a workflow that opens for these thoughts counts its time from here."""
        self._since = self._output.now()

    def delta(self, key: Hashable, delta: str) -> None:
        """More of a thought. Nothing is shown of one that is blank so far."""
        thought = self._open.get(key)
        if thought is None:
            thought = self._open[key] = _Thought(continued=key in self._ended)
        delta = clean(delta)
        thought.chunks.append(delta)
        thought.length += len(delta)
        thought.unsent += len(delta)
        if thought.unsent * GROWTH >= thought.length and thought.unsent:
            self._show(thought, ThoughtTask(content=thought.text(), status_indicator="loading"))

    def done(self, key: Hashable, full_text: object = None) -> None:
        """The end of a thought. `full_text`, where the model gives one, counts for more than the deltas."""
        thought = self._open.pop(key, None)
        if thought is None:
            if key in self._ended:
                return
            thought = _Thought(continued=False)
        self._ended.add(key)
        text = thought.text()
        if isinstance(full_text, str) and full_text.strip() and not thought.continued:
            text = clean(full_text)
        self._show(thought, ThoughtTask(content=text, status_indicator="complete"))

    def settle(self) -> None:
        """End every thought with what there is."""
        for key in list(self._open):
            self.done(key)
        self._since = None

    def _show(self, thought: _Thought, task: ThoughtTask) -> None:
        if thought.place is not None:
            self._workflows.update(thought.place, task)
        elif task.content.strip():
            thought.place = self._workflows.add(task, "reasoning", since=self._since)
        else:
            return
        thought.unsent = 0
