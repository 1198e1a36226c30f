"""How an export is served, as the operator says in a TOML file that `check --write-config` begins.

Owns the tables of that file and their defaults, which are the safe ones. Never holds a secret.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.assistant.widget_templates import WidgetTemplate
from app.errors import ConfigurationError
from app.workflows.models import ModelAlias, alias
from app.workflows.settings import Limits, WorkflowSettings


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class About(_Table):
    """`[workflow]`: which file this is for, and what it is known by."""

    file: str | None = None
    sha256: str | None = None
    """Of the file that this was written for; another one is served with a warning."""
    id: str | None = None
    name: str | None = None
    version: str | None = None
    repair_field_names: bool = False
    """Whether schema properties that are no Python names are given one; else such a file stops the start."""
    as_it_is: bool = False
    """Call the file without any repair: no streaming, no memory; its result is shown."""
    tracing: bool = True


class AgentSettings(_Table):
    """`[agents."Name"]`: whether its answer is shown, and as which widget."""

    show: bool | None = None
    widget: Path | None = None


class LimitsOfATurn(_Table):
    """`[limits]`: what one turn may use; reaching one ends it with a notice."""

    loop_iterations: int = Field(default=100, ge=1)
    """Of each While."""
    agent_runs: int = Field(default=50, ge=1)
    seconds: float = Field(default=600.0, gt=0)
    tokens: int | None = Field(default=None, ge=1)


class Approvals(_Table):
    """`[approvals]`: what a new message means while one is pending."""

    on_new_message: Literal["refuse", "withdraw"] = "withdraw"


class Guardrails(_Table):
    """`[guardrails]`: whether what cannot be checked is stopped (closed) or passes (open)."""

    on_error: Literal["closed", "open"] = "closed"

    @property
    def fails_open(self) -> bool:
        """Whether a check that cannot be made counts as passed."""
        return self.on_error == "open"


class FileSearch(_Table):
    """`[file_search]`: whether a File search node keeps the text that it found."""

    keep_text: bool = False


class Rewrites(_Table):
    """`[rewrites]`: repairs that are not to be made, by name."""

    off: frozenset[str] = frozenset()


def _as_alias(value: Any) -> Any:
    match value:
        case str():
            return alias(value)
        case {"use": str(use), **rest} if rest.keys() <= {"drop", "effort"}:
            known: dict[Any, Any] = rest
            return alias(use, known.get("drop", ()), known.get("effort"))
        case ModelAlias():
            return value
        case _:
            raise ValueError('a model is replaced by "name", or by { use = "name", drop = ["temperature"] }')


class Configuration(_Table):
    """One configuration file; without one, the defaults."""

    workflow: About = About()
    agents: dict[str, AgentSettings] = Field(default_factory=dict)
    tools: dict[str, str] = Field(default_factory=dict)
    """Function tools without a body, by name: "module:function", or "client" for a tool of the page."""
    models: dict[str, Annotated[ModelAlias, BeforeValidator(_as_alias)]] = Field(default_factory=dict)
    ids: dict[str, str] = Field(default_factory=dict)
    limits: LimitsOfATurn = LimitsOfATurn()
    approvals: Approvals = Approvals()
    guardrails: Guardrails = Guardrails()
    file_search: FileSearch = FileSearch()
    rewrites: Rewrites = Rewrites()
    path: Path | None = Field(default=None, exclude=True)
    """The file it was read from; paths in it are relative to its folder."""

    def for_turns(self) -> WorkflowSettings:
        """What a turn has to know of it; raise `ConfigurationError` for a widget that cannot be used."""
        return WorkflowSettings(
            shown={name: agent.show for name, agent in self.agents.items() if agent.show is not None},
            widgets={
                name: WidgetTemplate.load(self.path.parent / agent.widget if self.path else agent.widget)
                for name, agent in self.agents.items()
                if agent.widget is not None
            },
            limits=Limits(**self.limits.model_dump()),
            on_message=self.approvals.on_new_message,
            tracing=self.workflow.tracing,
        )


def read_configuration(path: Path) -> Configuration:
    """Read such a file; raise `ConfigurationError` with a sentence for each thing that is wrong in it."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is no TOML: {error}.") from None
    try:
        return Configuration(**{**values, "path": path.resolve()})
    except ValidationError as error:
        raise ConfigurationError("\n".join(_sentence(path, problem) for problem in error.errors())) from None
    except TypeError:
        raise ConfigurationError(f"{path}: a key at the top is no name of a table.") from None


def _sentence(path: Path, problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "there is no such key; docs/agent-builder.md lists all of them"
    return f"{path}: {place}: {message}."
