"""A workflow that was loaded, and can be run."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from agents import Agent

from app.workflows.rewriting.tree import Rewrite
from app.workflows.settings import WorkflowSettings


@dataclass(frozen=True)
class LoadedWorkflow:
    """One version of one workflow; never changed while it runs."""

    name: str
    path: Path
    source_hash: str
    """The SHA-256 of the file."""
    run: Callable[[str], Awaitable[Any]]
    """Runs it with the text of a message; within `hosted_by`."""
    workflow_id: str | None = None
    version: str = "1"
    agents: Mapping[str, Agent[Any]] = field(default_factory=dict)
    """By their variables."""
    client_tools: frozenset[str] = frozenset()
    """Tools that the page runs, by the names that the model knows; each is marked as needing approval."""
    may_ask: bool = True
    """Whether it can wait for its user: then what it does comes in one order, to be gone through again."""
    rewrites: Sequence[Rewrite] = ()
    fallback: bool = False
    """Runs as it is, without a host; only its result can be shown."""
    settings: WorkflowSettings = field(default_factory=WorkflowSettings)
    models: Sequence[str] = ()
    """The names of the models that it asks, guardrails included."""
    module: ModuleType | None = field(default=None, repr=False)
    """What was imported; its names are never changed."""
