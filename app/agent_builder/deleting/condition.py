"""What must hold for an archive before anything that it has may be deleted elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from app.agent_builder.archive.reader import ArchiveProblem, manifest_sha256
from app.agent_builder.export.stopping import EXIT_USAGE, ExportStopped
from app.agent_builder.export.workspace import Workspace
from app.agent_builder.importing.saved import SavedThreads
from app.audit.verified import Verified, last_verification
from app.db.engine import Database


@dataclass(frozen=True, slots=True)
class Condition:
    """An archive that was verified on this database, and has not changed since."""

    saved: SavedThreads
    manifest_sha256: str
    verified: Verified


async def checked(root: Path, workspace: Workspace, database: Database) -> Condition:
    """Return the archive; raise `ArchiveProblem` with a sentence where nothing of it may be deleted."""
    if workspace.unfinished:
        raise ArchiveProblem(f"An export into {root} is not finished: finish it, import and verify it first.")
    manifest = manifest_sha256(root)
    verified = await last_verification(database, manifest)
    if verified is None:
        raise ArchiveProblem(
            f"This archive, as it is, was not verified on this database: run `agent-builder verify {root}`."
        )
    if not verified.is_same:
        raise ArchiveProblem(
            f"The last verification of this archive, at {verified.at:%Y-%m-%d %H:%M} UTC, found differences: "
            f"mend them, and run `agent-builder verify {root}`."
        )
    saved = SavedThreads(root)
    if saved.findings:
        finding = saved.findings[0]
        raise ArchiveProblem(f"The archive is damaged: {finding.file}: {finding.problem}.")
    return Condition(saved, manifest, verified)


def check_source(saved: SavedThreads, base_url: str, project: str | None) -> None:
    """Raise `ExportStopped` where not the API and project would be asked that the archive is from."""
    manifest = saved.archive.manifest
    if manifest.get("base_url") != base_url:
        raise ExportStopped(
            f"The archive was read from {manifest.get('base_url')}, but {base_url} would be asked: set "
            "OPENAI_BASE_URL to where it comes from.",
            EXIT_USAGE,
        )
    if project is not None and manifest.get("project") not in (None, project):
        raise ExportStopped(
            f"The archive is of project {manifest['project']}, but this key reads project {project}.",
            EXIT_USAGE,
        )
