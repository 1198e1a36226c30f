"""The workflows that this server has: by id and version, one version of each current.

Owns which of them answers a request. Must not load, and must not run.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from app.context import RequestContext
from app.errors import NotFound
from app.workflows.catalogue import current_of
from app.workflows.current import CurrentVersions
from app.workflows.loaded import LoadedWorkflow
from app.workflows.models import warn_of_endings

WEEK = 7 * 24 * 3600.0


class Workflows:
    """Made once at start. The first file that was named answers those who come without a session."""

    def __init__(self, loaded: Sequence[LoadedWorkflow], switched: CurrentVersions) -> None:
        """`loaded` has at least one, and no two of the same id and version."""
        self.all = tuple(loaded)
        self._switched = switched
        self._versions: dict[str | None, dict[str, LoadedWorkflow]] = {}
        self._warned = time.monotonic() - WEEK
        for workflow in loaded:
            self._versions.setdefault(workflow.workflow_id, {})[workflow.version] = workflow

    def find(self, workflow_id: str, version: str | None = None) -> LoadedWorkflow | None:
        """Return a version of a workflow, or without `version` the current one; None if there is none.

        Where no file has an id there is nothing to tell apart, and any id means what is there.
        """
        key = workflow_id if set(self._versions) != {None} else None
        return self._of(key, version)

    def current(self, workflow_id: str) -> LoadedWorkflow | None:
        """Return the current version of a workflow."""
        return self.find(workflow_id)

    async def known(self, workflow_id: str, version: str | None) -> bool:
        """Say whether a session may be made for this."""
        return self.find(workflow_id, version) is not None

    def choose(self, context: RequestContext, thread: object = None) -> LoadedWorkflow:  # noqa: ARG002
        """Return what answers a request: what its session is for, else the first file's current version."""
        self.warn_of_endings()
        session = context.session
        if session is None:
            found = self._of(self.all[0].workflow_id, None)
        else:
            found = self.find(session.workflow_id, session.workflow_version)
        if found is None:
            raise NotFound("This chat belongs to a workflow that is not here any more.")
        return found

    def _of(self, key: str | None, version: str | None) -> LoadedWorkflow | None:
        versions = self._versions.get(key)
        if versions is None:
            return None
        return versions.get(version or current_of(tuple(versions), key, self._switched))

    def with_source(self, source_hash: str) -> list[LoadedWorkflow]:
        """Return the workflows whose file has this hash: what waits goes on with the code that asked."""
        return [workflow for workflow in self.all if workflow.source_hash == source_hash]

    def warn_of_endings(self) -> None:
        """Say which models end: at start, and once a week for as long as anybody asks."""
        if time.monotonic() - self._warned >= WEEK:
            self._warned = time.monotonic()
            warn_of_endings(
                (name for workflow in self.all for name in workflow.models), datetime.now(UTC).date()
            )
