"""What an integrator lets users choose in the composer: models, and tools.

An id is a word between the page and this server. What it stands for is said here and nowhere else, so nothing
that a page sends names a model or a tool by itself.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Any

from agents import Agent, Model, ModelSettings
from agents.model_settings import MCPToolChoice

from app.context import RequestContext

AgentAdapter = Callable[[Agent[Any], RequestContext], Agent[Any] | Awaitable[Agent[Any]]]
"""Makes, of the agent that would answer, the one that answers with a tool chosen: `agent.clone(…)`."""


@dataclass(frozen=True, slots=True)
class SelectableModel:
    """A model to choose, as the composer's `models` option lists it.

    SelectableModel("quick", "Quick", model="gpt-5-mini", default=True)
    SelectableModel("deep", "Thorough", settings=ModelSettings(reasoning=Reasoning(effort="high")))
    """

    id: str
    label: str
    _: KW_ONLY
    model: str | Model | None = None
    """A name for the assistant's `models`, or a model; None is whatever model the agent names."""
    settings: ModelSettings | None = None
    """Laid over the settings of every agent that answers."""
    description: str | None = None
    default: bool = False
    """Answers where a message chooses none; at most one may. Everybody may use it."""
    disabled: bool = False
    """Shown, and not to be chosen."""

    def __post_init__(self) -> None:
        _check(self, self.id, self.label)
        if self.default and self.disabled:
            raise ValueError(f"the model {self.id} is the default and disabled at the same time")

    def option(self) -> dict[str, Any]:
        """Return it as the page's `composer.models` takes it."""
        shown = {"id": self.id, "label": self.label, "description": self.description}
        return _without_nothing(shown | {"default": self.default, "disabled": self.disabled})


@dataclass(frozen=True, slots=True)
class SelectableTool:
    """A tool to choose, as the composer's `tools` option lists it; it says what is used, how, or both.

    SelectableTool("search", "Search the web", tool="web_search", icon="globe")
    SelectableTool("brief", "Be brief", adapt=lambda agent, context: agent.clone(instructions="…"))
    """

    id: str
    label: str
    _: KW_ONLY
    tool: str | MCPToolChoice | None = None
    """What the model has to use first: a function tool's name, or a hosted one's as in `tool_choice`."""
    adapt: AgentAdapter | None = None
    """Makes the agent that answers, before `tool` is laid on it."""
    icon: str = "sparkle"
    short_label: str | None = None
    """Shown on the button once it is chosen."""
    placeholder: str | None = None
    """Shown in the empty composer once it is chosen."""
    pinned: bool = False
    """Stands beside the composer, not only in its menu."""
    persistent: bool = False
    """Stays chosen after a message is sent."""

    def __post_init__(self) -> None:
        _check(self, self.id, self.label)
        if self.tool is None and self.adapt is None:
            raise ValueError(f"the selectable tool {self.id} has neither a tool nor an adapt function")

    def option(self) -> dict[str, Any]:
        """Return it as the page's `composer.tools` takes it."""
        shown = {"id": self.id, "label": self.label, "icon": self.icon, "shortLabel": self.short_label}
        shown["placeholderOverride"] = self.placeholder
        return _without_nothing(shown | {"pinned": self.pinned, "persistent": self.persistent})


def check_all(models: Iterable[SelectableModel], tools: Iterable[SelectableTool]) -> None:
    """Raise `ValueError` where ids repeat or there are several defaults."""
    for listed in ([model.id for model in models], [tool.id for tool in tools]):
        if repeated := {id_ for id_ in listed if listed.count(id_) > 1}:
            raise ValueError(f"what users may choose has one id twice: {', '.join(sorted(repeated))}")
    if sum(model.default for model in models) > 1:
        raise ValueError("only one of the selectable models can be the default")


def _check(what: object, id_: str, label: str) -> None:
    if not 0 < len(id_) <= 100 or not label.strip():
        raise ValueError(f"a {type(what).__name__} needs an id of at most 100 characters, and a label")


def _without_nothing(option: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in option.items() if value not in (None, False)}
