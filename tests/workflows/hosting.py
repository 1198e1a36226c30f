"""A turn's side of the port, in small: the Agents SDK's own runs on scripted models, a journal in memory."""

import copy
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from agents import Agent, Model, ModelProvider, RunConfig, Runner, TResponseInputItem
from agents.testing import ScriptedModel, assistant_message
from pydantic import JsonValue

from app.context import Principal, RequestContext
from app.ids import UserId
from app.settings import Settings
from app.workflows.catalogue import versions_of
from app.workflows.host import AgentOutcome, hosted_by
from app.workflows.loaded import LoadedWorkflow
from app.workflows.loading import load_workflow

GUEST = RequestContext(Principal(UserId("user_one")), request_id="req_1")
EXPORTS = Path(__file__).parent / "exports"


class Paused(BaseException):
    """The user is asked."""


class LimitReached(BaseException):
    """A loop has gone on for too long."""


class Scripted(ModelProvider):
    """One model under every name, which says one reply after the other, and the names it was asked under."""

    def __init__(self, replies: Iterable[str]) -> None:
        self.model = ScriptedModel([[assistant_message(reply)] for reply in replies])
        self.names: list[str | None] = []

    def get_model(self, model_name: str | None) -> Model:
        self.names.append(model_name)
        return self.model


class Host:
    """Hosts the runs of one thread, one after the other, and keeps what a thread keeps."""

    def __init__(self, *replies: str, decisions: Sequence[bool] = (), loops: int = 3) -> None:
        self.models = Scripted(replies)
        self.decisions = list(decisions)
        self.loops = loops
        self.asked: list[tuple[str, str]] = []
        self.blocks: list[Any] = []
        self.journal: list[tuple[str, JsonValue]] = []
        self.replayed: list[JsonValue] = []
        self.client_calls: list[tuple[str, dict[str, Any]]] = []
        self.options: list[dict[str, Any]] = []
        self.transcript: list[TResponseInputItem] = []
        self.state: dict[str, Any] = {}
        self.history: list[TResponseInputItem] = []
        self._counts: dict[int, int] = {}

    def prior_history(self, first: list[TResponseInputItem]) -> list[TResponseInputItem]:
        self.history = [*copy.deepcopy(self.transcript), *first]
        return self.history

    def initial_state(self, defaults: dict[str, Any]) -> dict[str, Any]:
        self.state = {**defaults, **self.state}
        return self.state

    async def run_agent(
        self, agent: Agent[Any], input: str | list[TResponseInputItem], **options: Any
    ) -> AgentOutcome:
        self.options.append(options)
        run_config = RunConfig(model_provider=self.models, tracing_disabled=True)
        result = Runner.run_streamed(agent, input, **{**options, "run_config": run_config})
        async for _ in result.stream_events():
            pass
        return result

    async def approve(self, stub: str, message: str) -> bool:
        self.asked.append((stub, message))
        if not self.decisions:
            raise Paused
        return self.decisions.pop(0)

    async def recorded(self, kind: str, call: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        result = self.replayed.pop(0) if self.replayed else await call()
        self.journal.append((kind, result))
        return result

    def loop(self, line: int) -> None:
        self._counts[line] = self._counts.get(line, 0) + 1
        if self._counts[line] > self.loops:
            raise LimitReached

    def blocked(self, result: Any) -> None:
        self.blocks.append(result)

    async def turn(self, workflow: LoadedWorkflow, text: str) -> Any:
        """Run the workflow with a message, and keep what it has added to its history."""
        with hosted_by(self):
            answer = await workflow.run(text)
        self.transcript = list(self.history)
        return answer

    @property
    def inputs(self) -> list[list[Any]]:
        """What the model was given in each of its calls."""
        return [list(call.input) for call in self.models.model.calls]


class HostWithPage(Host):
    """One that has a page with tools."""

    async def client_tool(self, name: str, arguments: dict[str, Any]) -> Any:
        self.client_calls.append((name, arguments))
        return "the page says hello"


def settings_for(path: Path, **settings: Any) -> Settings:
    """Return settings that serve a file."""
    return Settings(
        **{"agent": str(path), "openai_api_key": "sk-test", "data_dir": path.parent / "data", **settings}
    )


def loaded(path: Path, **settings: Any) -> LoadedWorkflow:
    """Load one file as the server does."""
    given = settings_for(path, **settings)
    [found] = versions_of(given)
    return load_workflow(found, given)


def said(item: Any) -> str:
    """Return the text of an item of the model's input."""
    content = item["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
