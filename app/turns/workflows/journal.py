"""What a workflow has done through its host, call by call, so that a second run does nothing of it twice.

A call is known by its place in the order of calls, its kind and its name. Where the code takes another way
than it did, or the outcome of a call is not known, the journal says so before anything is done. Pure: makes
no call itself and knows no agent.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from pydantic import JsonValue

from app.turns.failures import WorkflowDiverged


class RecordedFailure(Exception):
    """What a call raised when it was made, with the same words."""


@dataclass(slots=True)
class Call:
    """One call: what it was, and what came of it. All of it has a form in JSON."""

    kind: str
    """run, approval, or what the host was asked to record, such as guardrail."""
    name: str
    """The agent, or the approval node."""
    result: JsonValue = None
    error: str | None = None
    """What it raised, in words; None where it did not."""
    is_done: bool = False
    asked: JsonValue = None
    """What the user was asked, by a call that waits or has waited for that."""
    run: dict[str, Any] | None = None
    """The agent's run, where that waits."""

    def finish(self, result: JsonValue) -> None:
        """Take note of the outcome."""
        self.result, self.is_done, self.run = result, True, None

    def fail(self, error: Exception) -> None:
        """Take note of what it raised."""
        self.error, self.is_done, self.run = str(error), True, None

    def outcome(self) -> JsonValue:
        """Return the result of a call that is done, or raise `RecordedFailure`."""
        if self.error is not None:
            raise RecordedFailure(self.error)
        return self.result


@dataclass(slots=True)
class Journal:
    """The calls of one message to a workflow, over all the turns that it takes.

    `waited_at` is the place of the call that the user has decided about; None in the first turn.
    """

    calls: dict[int, Call] = field(default_factory=dict)
    waited_at: int | None = None
    _next: int = 0

    def take(self, kind: str, name: str) -> tuple[int, Call]:
        """Return the call that is due now: what is known of it, or a new one that is to be made.

        Raises `WorkflowDiverged` where it was another one, or was under way when the workflow was paused.
        """
        place, self._next = self._next, self._next + 1
        known = self.calls.get(place)
        if known is None:
            if self.waited_at is not None and place <= self.waited_at:
                raise WorkflowDiverged
            call = self.calls[place] = Call(kind, name)
            return place, call
        if (known.kind, known.name) != (kind, name):
            raise WorkflowDiverged
        if not known.is_done and place != self.waited_at:
            raise WorkflowDiverged
        return place, known

    async def recorded(self, kind: str, name: str, make: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Make a call and note what came of it, or return what came of it before."""
        _, call = self.take(kind, name)
        if call.is_done:
            return call.outcome()
        try:
            call.finish(await make())
        except Exception as error:
            call.fail(error)
            raise
        return call.result

    @property
    def has_caught_up(self) -> bool:
        """Whether the call that the user has decided about has been reached again."""
        return self.waited_at is None or self._next > self.waited_at

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {str(place): asdict(call) for place, call in self.calls.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], waited_at: int) -> Self:
        """Return what `as_json` has made, to be gone through again."""
        return cls({int(place): Call(**call) for place, call in stored.items()}, waited_at)
