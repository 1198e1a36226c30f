"""What became of each thread that was to be deleted; as JSON, and for a person who reads one screen."""

from dataclasses import dataclass, field
from typing import Any

from app.agent_builder.terminal import one_line
from app.audit.verified import Verified

SHOWN = 20


@dataclass(slots=True)
class Outcome:
    """Filled while a deletion runs."""

    archive: str
    dry_run: bool
    verified: Verified
    journal: str
    to_delete: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    deleted_before: list[str] = field(default_factory=list)
    """By earlier runs, or since one was killed."""
    gone: list[str] = field(default_factory=list)
    """By somebody else."""
    refused: dict[str, str] = field(default_factory=dict)
    """Threads that stay, with the reason."""
    lost_files: int = 0
    stopped: str = ""
    """Why it ended before it was done."""

    @property
    def phrase(self) -> str:
        """What has to be typed."""
        count = len(self.to_delete)
        return f"delete {count} hosted thread{'' if count == 1 else 's'}"

    @property
    def left(self) -> int:
        """How many are still to be deleted."""
        done = {*self.deleted, *self.gone, *self.deleted_before, *self.refused}
        return sum(thread_id not in done for thread_id in self.to_delete)

    @property
    def is_fine(self) -> bool:
        """Whether nothing stays that was to go."""
        return not self.refused and not self.stopped and (self.dry_run or not self.left)

    def as_json(self) -> dict[str, Any]:
        """Return the outcome as `--json` prints it."""
        return {
            "fine": self.is_fine,
            "dry_run": self.dry_run,
            "archive": self.archive,
            "verified_at": self.verified.at.isoformat(),
            "verified_by": self.verified.by,
            "phrase": self.phrase,
            "threads": {
                "to_delete": len(self.to_delete),
                "deleted": len(self.deleted),
                "deleted_before": len(self.deleted_before),
                "gone": len(self.gone),
                "refused": len(self.refused),
                "left": self.left,
            },
            "files_lost": self.lost_files,
            "refused": [{"thread_id": found, "reason": why} for found, why in self.refused.items()],
            "stopped": self.stopped or None,
            "journal": self.journal,
        }

    def as_words(self) -> str:
        """Return the same for a person."""
        lines = [
            f"Verified at {self.verified.at:%Y-%m-%d %H:%M} UTC by {one_line(self.verified.by)}.",
            *self.plan(),
        ]
        if self.dry_run:
            how = f" To do it, say: --confirm '{self.phrase}'" if self.to_delete else ""
            lines.append(f"Nothing was deleted.{how}")
        else:
            lines.append(f"  {len(self.deleted):>8,} threads deleted at OpenAI; {self.journal} lists them")
        if self.left and not self.dry_run:
            lines.append(f"  {self.left:>8,} threads not deleted yet: run the same command again")
        if self.stopped:
            lines.append(self.stopped)
        return "\n".join(lines)

    def plan(self) -> list[str]:
        """Return what is to be said before anything is deleted."""
        lines = [f"  {len(self.to_delete):>8,} threads may be deleted at OpenAI, with their items and files"]
        if self.deleted_before:
            lines.append(f"  {len(self.deleted_before):>8,} were deleted before")
        if self.gone:
            lines.append(f"  {len(self.gone):>8,} are not there any more")
        if self.lost_files:
            lines.append(
                f"  {self.lost_files:>8,} files of these were never to be had, and go for good: only what a "
                "preview shows, or their names, is saved"
            )
        if self.refused:
            lines.append(f"  {len(self.refused):>8,} kept there:")
        for thread_id, why in list(self.refused.items())[:SHOWN]:
            lines.append(f"           {one_line(thread_id)}: {one_line(why)}")
        if len(self.refused) > SHOWN:
            lines.append(f"           and {len(self.refused) - SHOWN:,} more: see --json")
        return lines
