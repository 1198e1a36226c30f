"""What an integrator brings: an agent, and how it is run.

Knows nothing of threads, turns or events; a turn asks it for an agent and for the settings of one run.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Protocol

from agents import Agent, ModelProvider, MultiProvider, RunConfig, UserError
from chatkit.types import AudioInput, ThreadMetadata

from app.assistant.actions import Action
from app.assistant.actions.action import Handler, declared
from app.assistant.activity import Activity, activities
from app.assistant.container_files import ContainerFiles, NoContainerFiles
from app.assistant.models import ServerModels, model_name_of
from app.assistant.selectable import SelectableModel, SelectableTool, check_all
from app.attachments import FileRules
from app.context import RequestContext
from app.ids import ThreadId, TurnId, trace_id_of

AgentFactory = Callable[[RequestContext], Agent[Any] | Awaitable[Agent[Any]]]
"""Chooses the agent for one request: by user, by locale, by what the page sent along."""

TitleMaker = Callable[[str, RequestContext], str | Awaitable[str]]
"""Makes a thread's title from the text of its first message."""

Entitlement = Callable[[RequestContext, SelectableModel | SelectableTool], bool | Awaitable[bool]]
"""Says whether a user may choose a model or a tool; one that raises, or takes 5 s, says no."""

TagResolver = Callable[[str, RequestContext], str | Awaitable[str | None] | None]
"""Says, by its id, what the model shall know of something that a user mentions; None where they may not."""

Transcriber = Callable[[AudioInput, RequestContext], str | Awaitable[str]]
"""Makes text of a recording: `data` are its bytes, `media_type` is audio/webm, audio/mp4 or audio/ogg."""


class WorkflowSource(Protocol):
    """Exported workflows, of which one answers a turn."""

    def choose(self, context: RequestContext, thread: ThreadMetadata) -> object:
        """Return the `LoadedWorkflow` for a turn; raise a `ChatKitServerError` where there is none for it."""
        ...

    def with_source(self, source_hash: str, /) -> Sequence[object]:
        """Return the workflows whose file has this hash, whether or not they are current."""

    async def known(self, workflow_id: str, version: str | None, /) -> bool:
        """Say whether there is this workflow, and of it this version; without one, any version."""
        ...


@dataclass(frozen=True, slots=True)
class Assistant:
    """Your agent as this server runs it; the value that `CHATKIT_AGENT` may name.

        assistant = Assistant(Agent(name="Support", instructions="…"), titles=False)

    `agent` is an `agents.Agent`, or a function (plain or async) from the request's context to one.
    """

    agent: Agent[Any] | AgentFactory
    _: KW_ONLY
    name: str = ""
    """Shown at the start and in traces; the agent's own name if none is given."""
    titles: bool | TitleMaker = True
    """How threads get titles: by the agent's model, by a function, or (False) from the first words."""
    models: ModelProvider | None = None
    """Where names of models are looked up; the server's own connection if none is given."""
    files: FileRules | None = field(default_factory=FileRules)
    """Which files users may send; None: no files at all."""
    tracing: bool | None = None
    """Whether runs are traced to OpenAI, without their content; by default only with OpenAI's own models."""
    selectable_models: Sequence[SelectableModel] = ()
    """Models that users may choose in the composer; without any, the agent's own answers."""
    selectable_tools: Sequence[SelectableTool] = ()
    """Tools that users may choose in the composer."""
    may_choose: Entitlement | None = None
    """Who may choose what of these; everybody may choose all if no function is given."""
    tags: TagResolver | None = None
    """What is known of things that users mention with @; without it a mention is just a name."""
    transcribe: bool | Transcriber = True
    """How recordings become text: by OpenAI where it can be had, by a function, or (False) not at all."""
    allow_cancel: bool = True
    """Whether the page shows a button to stop an answer. It hides the button and forbids nothing."""
    actions: Mapping[str, Action | Handler] = field(default_factory=dict)
    """What happens when a user clicks in a widget: by type, a handler or an `Action` around one."""
    declared_actions: Mapping[str, Action] = field(init=False, repr=False)
    """The same, each as an `Action`."""
    activity: Mapping[str, Activity | str | None] = field(default_factory=dict)
    """How calls of tools are shown, by the tool's name: an `Activity`, a title, or None to hide them."""
    workflows: WorkflowSource | None = None
    """Exported workflows that answer instead of `agent`, which then makes titles only."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "declared_actions", declared(self.actions))
        if isinstance(self.agent, type) or not (isinstance(self.agent, Agent) or callable(self.agent)):
            raise TypeError(
                f"the agent of an Assistant is an agents.Agent or a function that returns one, "
                f"not {_described(self.agent)}"
            )
        activities(self.activity)
        if not self.name:
            named = (
                self.agent.name if isinstance(self.agent, Agent) else getattr(self.agent, "__name__", "agent")
            )
            object.__setattr__(self, "name", named)
        check_all(self.selectable_models, self.selectable_tools)

    @property
    def model_name(self) -> str | None:
        """The name of the agent's model; None where a function chooses the agent."""
        return model_name_of(self.agent.model, self.models) if isinstance(self.agent, Agent) else None

    async def agent_for(self, context: RequestContext) -> Agent[Any]:
        """Return the agent for one request; raise `UserError` if the function returns something else."""
        if isinstance(self.agent, Agent):
            return self.agent
        made = self.agent(context)
        agent = await made if inspect.isawaitable(made) else made
        if not isinstance(agent, Agent):
            raise UserError(f"The function {self.name} must return an agents.Agent, not {_described(agent)}.")
        return agent

    def run_config(
        self, thread_id: ThreadId, turn_id: TurnId | None = None, chosen: SelectableModel | None = None
    ) -> RunConfig:
        """Return the settings of one run on a thread, for every agent in it on the model that was chosen.

        Its trace can be told from the turn it is part of.
        """
        models = self.models or MultiProvider()
        return RunConfig(
            model=chosen.model if chosen else None,
            model_settings=chosen.settings if chosen else None,
            model_provider=models,
            workflow_name=self.name,
            group_id=thread_id,
            trace_id=trace_id_of(turn_id) if turn_id else None,
            tracing_disabled=not self.tracing,
            tracing=models.tracing if isinstance(models, ServerModels) else None,
            trace_include_sensitive_data=False,
            # A call of a tool that does not exist is the model's mistake, and the model can mend it.
            tool_not_found_behavior="return_error_to_model",
        )

    @property
    def container_files(self) -> ContainerFiles:
        """The files that code has made at the provider of its models."""
        return self.models.container_files if isinstance(self.models, ServerModels) else NoContainerFiles()

    async def aclose(self) -> None:
        """Close the connections to the models."""
        if self.models is not None:
            await self.models.aclose()


def _described(value: object) -> str:
    return (
        f"the class {value.__qualname__}"
        if isinstance(value, type)
        else f"a value of type {type(value).__qualname__}"
    )
