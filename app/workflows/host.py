"""The port between an exported workflow and the turn it runs in.

Rewritten code calls `app/workflows/runtime.py`, which finds the host of its own run here and delegates; so
the module's globals are never changed, and threads that run at once never mix.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable

from agents import Agent, RunItem, TResponseInputItem
from pydantic import JsonValue


class AgentOutcome(Protocol):
    """What code of an export reads of a finished run; the SDK's `RunResult` is one."""

    @property
    def new_items(self) -> list[RunItem]:
        """What the run has added, in order."""

    @property
    def final_output(self) -> Any:
        """The last agent's output: text, or a value of its `output_type`."""

    def final_output_as(self, cls: type[Any], raise_if_incorrect_type: bool = False) -> Any:
        """The same, said to be of that type."""

    def to_input_list(self) -> list[TResponseInputItem]:
        """The input of the run and what it has added, as the input of another."""


class WorkflowHost(Protocol):
    """What one run of a workflow gets from its turn. One object per turn, never shared between turns."""

    def prior_history(self, first: list[TResponseInputItem]) -> list[TResponseInputItem]:
        """The first value of conversation_history: what the model remembers, then this message.

        Attachments of the message become parts of it. The host keeps a reference to the list that it hands
        out: what lies beyond the prior part at the end of the turn is remembered.
        """

    def initial_state(self, defaults: dict[str, Any]) -> dict[str, Any]:
        """`state = {…}`: the defaults, overlaid by what the thread has.

        The host keeps the reference and saves it at the end.
        """

    async def run_agent(
        self, agent: Agent[Any], input: str | list[TResponseInputItem], **options: Any
    ) -> AgentOutcome:
        """Stand-in for `Runner.run`: a streamed run whose events feed the turn.

        `options` are those of `Runner.run`: context, max_turns, run_config, hooks, session and others.
        """

    async def approve(self, stub: str, message: str) -> bool:
        """An approval node: the turn pauses (a `BaseException` ends the run) until it is decided.

        On replay it returns the decision.
        """

    async def recorded(self, kind: str, call: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """A result with effects or cost (guardrails, search): made once, journaled, replayed."""

    def loop(self, line: int) -> None:
        """Called in each iteration of each While; raises a `BaseException` at the limit."""

    def blocked(self, result: Any) -> None:
        """A guardrail has tripped and ends the workflow: its kinds, told as a notice that is kept."""


@runtime_checkable
class RunsClientTools(Protocol):
    """A host that can have the page run a tool; one that cannot leaves such tools unavailable."""

    async def client_tool(self, name: str, arguments: dict[str, Any]) -> Any:
        """What the model is told that the call returned."""


_current: ContextVar[WorkflowHost] = ContextVar("workflow_host")


def current_host() -> WorkflowHost:
    """The host of the run that asks; raises `RuntimeError` outside of any."""
    try:
        return _current.get()
    except LookupError:
        raise RuntimeError("an exported workflow runs agents only within a turn") from None


@contextmanager
def hosted_by(host: WorkflowHost) -> Iterator[None]:
    """For as long as the block lasts, what runs in this task is hosted by `host`."""
    token = _current.set(host)
    try:
        yield
    finally:
        _current.reset(token)
