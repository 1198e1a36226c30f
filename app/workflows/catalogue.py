"""Which exported files `CHATKIT_AGENT` names, as which versions of which workflows. Runs none of them.

Versions of one id are numbered in the order of the files, unless their configurations name them; the last one
is current until another is switched to.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigurationError
from app.settings import Settings
from app.workflows.configuration import Configuration
from app.workflows.configured import configurations
from app.workflows.current import CurrentVersions
from app.workflows.preparing import PreparedWorkflow, prepare


@dataclass(frozen=True)
class Version:
    """One file, read and repaired in memory, as a version of a workflow."""

    path: Path
    configuration: Configuration
    prepared: PreparedWorkflow
    workflow_id: str | None
    version: str


def workflow_files(agent: str | None) -> list[Path]:
    """Return the files that `CHATKIT_AGENT` names if it names exported workflows; else none."""
    parts = [part.strip() for part in (agent or "").split(",") if part.strip()]
    return [Path(part) for part in parts] if parts and all(part.endswith(".py") for part in parts) else []


def versions_of(settings: Settings) -> list[Version]:
    """Read every file that is named; raise `ConfigurationError` where two have the same id and version."""
    files = workflow_files(settings.agent)
    seen: Counter[str | None] = Counter()
    found: dict[tuple[str | None, str], Version] = {}
    for path, configuration in zip(files, configurations(files, settings.workflow_config), strict=True):
        prepared = prepare(path, configuration)
        workflow_id = configuration.workflow.id or next(iter(prepared.workflow.ids), None)
        seen[workflow_id] += 1
        version = configuration.workflow.version or str(seen[workflow_id])
        if (other := found.get((workflow_id, version))) is not None:
            raise ConfigurationError(
                f"{other.path} and {path} are both version {version} of "
                f"{workflow_id or 'a workflow without an id'}: "
                "name another `version` or `id` under [workflow] in the configuration of one of them."
            )
        found[workflow_id, version] = Version(path, configuration, prepared, workflow_id, version)
    return list(found.values())


def current_of(versions: Sequence[str], workflow_id: str | None, switched: CurrentVersions) -> str:
    """Return which of the versions of an id is current.

    One that was switched to and is not there any more leaves the last.
    """
    chosen = switched.get(workflow_id) if workflow_id is not None else None
    return chosen if chosen is not None and chosen in versions else versions[-1]
