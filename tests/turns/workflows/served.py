"""A workflow by hand, as the loader makes one of an export, and a server's assistant that it answers for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents import Agent
from chatkit.types import ThreadMetadata

from app.assistant import Assistant
from app.context import RequestContext
from app.workflows.loaded import LoadedWorkflow
from app.workflows.settings import WorkflowSettings


@dataclass
class OneWorkflow:
    """The same for every turn; `workflow` may be replaced by another version of it."""

    workflow: LoadedWorkflow

    def with_source(self, source_hash: str) -> list[LoadedWorkflow]:
        return [one for one in (self.workflow,) if one.source_hash == source_hash]

    def choose(self, context: RequestContext, thread: ThreadMetadata) -> LoadedWorkflow:
        return self.workflow

    async def known(self, workflow_id: str, version: str | None, /) -> bool:
        return True


def served(
    run: Callable[[str], Awaitable[Any]],
    *agents: Agent[Any],
    settings: WorkflowSettings | None = None,
    version: str = "1",
    may_ask: bool = True,
) -> Assistant:
    """An assistant that answers with the workflow."""
    workflow = LoadedWorkflow(
        name=run.__name__,
        path=Path(__file__),
        source_hash=f"hash of {run.__name__}, version {version}",
        run=run,
        workflow_id=f"wf_{run.__name__}",
        agents={agent.name: agent for agent in agents},
        may_ask=may_ask,
        settings=settings or WorkflowSettings(),
    )
    return Assistant(agents[0], titles=False, workflows=OneWorkflow(workflow))


def user(text: str) -> Any:
    """The first message of a conversation, as exports word it."""
    return {"role": "user", "content": [{"type": "input_text", "text": text}]}
