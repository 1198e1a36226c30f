"""`run --explain`, `versions` and `use`: what is known of exported files without running them."""

import sys
from collections.abc import Sequence
from pathlib import Path

from app.errors import ConfigurationError
from app.settings import Settings, load_settings
from app.workflows.catalogue import Version, current_of, versions_of, workflow_files
from app.workflows.configured import configurations
from app.workflows.current import CurrentVersions
from app.workflows.preparing import explained


def explain(files: Sequence[Path], config: Sequence[Path]) -> int:
    """Print what would be changed in each file, and its code as it would run."""
    for path, configuration in zip(files, configurations(files, config), strict=True):
        sys.stdout.write(explained(path, configuration))
    return 0


def list_versions() -> int:
    """Print each version of each workflow, the current ones marked."""
    settings = load_settings()
    found = _versions(settings)
    for version in found:
        is_current = version.version == _current(found, version.workflow_id, settings)
        mark = "  current" if is_current else ""
        sys.stdout.write(f"{version.workflow_id or '(no id)'}  {version.version}{mark}  {version.path}\n")
    return 0


def use_version(workflow_id: str, version: str | None, *, back: bool) -> int:
    """Make a version current, and say which one."""
    settings = load_settings()
    known = {found.version: found for found in _versions(settings) if found.workflow_id == workflow_id}
    if not known:
        raise ConfigurationError(f"CHATKIT_AGENT names no file with the workflow {workflow_id}.")
    switched = CurrentVersions(settings.data_dir)
    wanted = switched.before(workflow_id) if back else version
    if wanted is None:
        raise ConfigurationError(
            f"{workflow_id} was never switched: there is nothing to go back to."
            if back
            else f"Which version of {workflow_id}? It has {', '.join(known)}; or --back."
        )
    if wanted not in known:
        raise ConfigurationError(f"{workflow_id} has no version {wanted}; it has {', '.join(known)}.")
    switched.switch(workflow_id, wanted, before=_current(list(known.values()), workflow_id, settings))
    sys.stdout.write(f"{workflow_id} is answered by version {wanted} from now on: {known[wanted].path}\n")
    return 0


def _versions(settings: Settings) -> list[Version]:
    if not workflow_files(settings.agent):
        raise ConfigurationError(
            "CHATKIT_AGENT names no exported workflow, such as v1/workflow.py,v2/workflow.py."
        )
    return versions_of(settings)


def _current(versions: Sequence[Version], workflow_id: str | None, settings: Settings) -> str:
    of_id = [found.version for found in versions if found.workflow_id == workflow_id]
    return current_of(of_id, workflow_id, CurrentVersions(settings.data_dir))
