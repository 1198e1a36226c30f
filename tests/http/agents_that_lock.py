"""Agents whose tools lock, close and spoil the thread they answer in."""

from typing import Any

from agents import Agent, AgentHooks, RunContextWrapper, function_tool
from chatkit.types import ClosedStatus, LockedStatus
from typing_extensions import override

from app.assistant import AgentContext

Context = RunContextWrapper[AgentContext]

DEEP: Any = []
for _ in range(1_000):
    DEEP = [DEEP]


@function_tool
def lock_thread(context: Context, reason: str | None = None) -> str:
    """Lock the thread, as the ChatKit SDK's documentation has it."""
    context.context.thread.status = LockedStatus(reason=reason)
    return "locked"


@function_tool
def close_thread(context: Context) -> str:
    """Close the thread, and as the last thing the run does."""
    context.context.thread.status = ClosedStatus(reason="Refunded.")
    return "closed"


@function_tool
def spoil(context: Context) -> str:
    """Put something into the thread that has no form in which it could be stored."""
    context.context.thread.metadata["deep"] = DEEP
    return "spoilt"


class ClosingAtTheEnd(AgentHooks[AgentContext]):
    """Closes the thread when nothing more is to come."""

    @override
    async def on_end(self, context: Any, agent: Any, output: Any) -> None:
        context.context.thread.status = ClosedStatus(reason="Refunded.")


agent = Agent[AgentContext](name="Locking", tools=[lock_thread, spoil])
stopping = Agent[AgentContext](name="Closing", tools=[close_thread], tool_use_behavior="stop_on_first_tool")
late = Agent[AgentContext](name="Late", hooks=ClosingAtTheEnd())
