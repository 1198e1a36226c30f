"""`CHATKIT_AGENT=workflow.py`: exported files → an assistant that answers with them.

Says what was repaired in each: nothing is done silently.
"""

import logging
from collections.abc import Sequence
from types import ModuleType

from agents import Agent

from app.assistant import Assistant
from app.assistant.loading import completed
from app.assistant.models import ServerModels
from app.errors import ConfigurationError
from app.settings import Settings
from app.workflows.catalogue import versions_of
from app.workflows.current import CurrentVersions
from app.workflows.loaded import LoadedWorkflow
from app.workflows.loading import load_workflow
from app.workflows.namespace import forget_module
from app.workflows.registry import Workflows

logger = logging.getLogger(__name__)


class WorkflowModels(ServerModels):
    """The server's models, for workflows whose files may have made clients of their own: closed together."""

    def __init__(self, settings: Settings, modules: Sequence[ModuleType]) -> None:
        super().__init__(settings)
        self._modules = modules

    async def aclose(self) -> None:
        """Close every connection; nothing can be asked afterwards."""
        await super().aclose()
        for module in self._modules:
            await forget_module(module)


def load_workflows(settings: Settings) -> Assistant:
    """Return what answers with exported files; raise `ConfigurationError` for one that is unusable."""
    try:
        loaded = [load_workflow(version, settings) for version in versions_of(settings)]
    except ConfigurationError as error:
        raise ConfigurationError(f"CHATKIT_AGENT: {error}") from error
    for workflow in loaded:
        _say(workflow)
    first = loaded[0]
    workflows = Workflows(loaded, CurrentVersions(settings.data_dir))
    workflows.warn_of_endings()
    models = WorkflowModels(settings, [workflow.module for workflow in loaded if workflow.module])
    return completed(Assistant(_speaker(first), name=first.name, workflows=workflows), settings, models)


def _speaker(workflow: LoadedWorkflow) -> Agent[object]:
    """The agent whose model writes titles, and is named at start: the first that answers in text."""
    agents = list(workflow.agents.values())
    speaking = [agent for agent in agents if agent.output_type in (None, str)]
    return (speaking or agents or [Agent(name=workflow.name)])[0]


def _say(workflow: LoadedWorkflow) -> None:
    named = f"{workflow.name} ({workflow.workflow_id or 'without an id'}, version {workflow.version})"
    logger.info("%s is served as %s; the file stays as it is", workflow.path, named)
    for rewrite in workflow.rewrites:
        place = f"{workflow.path.name}:{rewrite.line}" if rewrite.line else workflow.path.name
        logger.log(
            logging.INFO if rewrite.done else logging.WARNING,
            "%s: %s [%s]",
            place,
            rewrite.what,
            rewrite.name,
        )
