"""How a workflow is served: what is shown of it, and what a turn of it may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.assistant.widget_templates import WidgetTemplate


@dataclass(frozen=True, slots=True)
class Limits:
    """What one turn may use; None is no limit."""

    loop_iterations: int = 100
    agent_runs: int = 50
    seconds: float = 600.0
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class WorkflowSettings:
    """By the name of an agent: whether it is `shown`, and which widget its output fills."""

    shown: Mapping[str, bool] = field(default_factory=dict)
    widgets: Mapping[str, WidgetTemplate] = field(default_factory=dict)
    limits: Limits = Limits()
    on_message: Literal["withdraw", "refuse"] = "withdraw"
    """What a message does that comes while the user is asked for approval."""
    tracing: bool = True
    """Whether its runs may be traced at all."""
