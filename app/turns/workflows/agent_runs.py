"""What the runs of a workflow's agents have said and cost, for the model's memory and the turn's record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agents import RunResultStreaming, StreamEvent, TResponseInputItem
from chatkit.types import ThreadStreamEvent

from app.transcripts import Cut, RunMemory
from app.turns.turn import Usage
from app.turns.workflows.limits import Spending


@dataclass
class AgentRun:
    """One run, from its first event. `resumed` is what it had done before it was saved."""

    memory: RunMemory
    is_shown: bool
    spending: Spending
    result: RunResultStreaming | None = None
    resumed: Sequence[TResponseInputItem] = ()
    has_spoken: bool = False
    """Whether the user has heard of it."""
    paid: tuple[int, int] = (0, 0)
    """Tokens that it had read and written before it was saved."""
    under_way: Callable[[], int] = lambda: 0
    """What the runs that go on have cost so far, this one included."""
    held: list[ThreadStreamEvent] = field(default_factory=list)
    """What is not shown yet, as runs before it are not over."""
    is_over: bool = False
    """Whether it has come to its end, good or bad."""
    is_done: bool = False
    """Whether that was a good one."""
    has_failed: bool = False

    def begins(self, result: RunResultStreaming, resumed: Sequence[TResponseInputItem] = ()) -> None:
        """Take notice of the run; what it has cost so far was counted by the turn that saved it."""
        self.result, self.resumed = result, resumed
        usage = result.context_wrapper.usage
        self.paid = usage.input_tokens, usage.output_tokens

    def observe(self, event: StreamEvent) -> None:
        """Take notice of an event; raise `LimitReached` before a model call that is over it is paid for."""
        is_asked = event.type == "raw_response_event" and event.data.type == "response.created"
        if is_asked and (reached := self.spending.model_call(self.under_way())) is not None:
            raise reached
        self.memory.observe(event)

    def cost(self) -> tuple[int, int]:
        """Return the tokens read and written in this turn."""
        if self.result is None:
            return 0, 0
        usage = self.result.context_wrapper.usage
        return usage.input_tokens - self.paid[0], usage.output_tokens - self.paid[1]

    def finished(self) -> list[TResponseInputItem]:
        """Return what is finished of it so far."""
        return self.memory.finished(0)

    def items(self, cut: Cut | None) -> list[TResponseInputItem]:
        """Return what is remembered of a run that has not come to its end."""
        return [*self.resumed, *self.memory.items(self.result, cut)]


@dataclass
class AgentRuns:
    """All runs of one turn, in the order in which they began. What comes of them is taken in that order."""

    model: str | None = None
    """The model that was asked last."""
    restored: list[TResponseInputItem] = field(default_factory=list)
    """What shown runs had said in the turns before."""
    _open: list[AgentRun] = field(default_factory=list)
    _finished: list[TResponseInputItem] = field(default_factory=list)
    _read: int = 0
    _written: int = 0

    @property
    def open(self) -> AgentRun | None:
        """The first run that goes on, or has not come to a good end: the one that the user sees."""
        return self._open[0] if self._open else None

    def begin(self, run: AgentRun, model: str | None) -> None:
        """Another run begins."""
        run.under_way = self._under_way
        self._open.append(run)
        self.model = model

    def close(self) -> None:
        """The open run is over, and what it has said is remembered."""
        if not self._open:
            return
        run = self._open.pop(0)
        read, written = run.cost()
        self._read, self._written = self._read + read, self._written + written
        if run.is_shown:
            self._finished += run.finished()

    def _under_way(self) -> int:
        return sum(sum(run.cost()) for run in self._open if not run.is_over)

    def finished(self, after: int) -> Sequence[TResponseInputItem]:
        """Return what shown runs have finished so far, from the nth item on."""
        going_on = self.open.finished() if self.open is not None and self.open.is_shown else []
        return [*self._finished, *going_on][after:]

    def said(self) -> Sequence[TResponseInputItem]:
        """Return what shown runs that have come to their end have said, in the turns before as well."""
        return [*self.restored, *self._finished]

    def usage(self) -> Usage:
        """Return what they have cost together."""
        costs = [run.cost() for run in self._open]
        read, written = (sum(cost[part] for cost in costs) for part in (0, 1))
        return Usage(self.model, self._read + read, self._written + written)
