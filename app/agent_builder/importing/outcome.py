"""What became of each thread of an archive, counted; as JSON, and for a person who reads one screen."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from app.agent_builder.importing.composing import Composed
from app.agent_builder.importing.saved import Finding
from app.agent_builder.terminal import one_line

SHOWN = 10
"""Lines of a kind that a person is shown."""

_WORDS = {
    "imported": "new here",
    "updated": "brought up to date",
    "unchanged": "here already, unchanged",
    "kept": "changed here since, and therefore left as they are",
    "deleted_here": "deleted here since, and not brought back",
    "unknown_user": "of users without an owner, not imported",
    "refused": "refused",
    "damaged": "damaged, not imported",
}


@dataclass(slots=True)
class Outcome:
    """Filled while an import runs."""

    dry_run: bool
    threads: Counter[str] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)
    """Of what was written, by hosted type."""
    files: Counter[str] = field(default_factory=Counter)
    losses: Counter[str] = field(default_factory=Counter)
    unknown_users: Counter[str] = field(default_factory=Counter)
    kept: dict[str, list[str]] = field(default_factory=dict)
    """Threads that were changed here, with what of them stays."""
    deleted_here: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether everything in the archive is here, but for what was changed here on purpose."""
        return not self.findings and not self.unknown_users

    def add(self, what: str, composed: Composed | None = None) -> None:
        """Count a thread, and what was written of it."""
        self.threads[what] += 1
        if composed is not None:
            self.items += composed.kinds
            self.losses += composed.losses
            self.files += composed.files

    def as_json(self) -> dict[str, Any]:
        """Return the outcome as `--json` prints it."""
        stored = self.files.get("", 0)
        unavailable = Counter({reason: count for reason, count in self.files.items() if reason})
        return {
            "complete": self.is_complete,
            "dry_run": self.dry_run,
            "threads": {name: self.threads[name] for name in _WORDS},
            "items": dict(sorted(self.items.items())),
            "attachments": {
                "stored": stored,
                "unavailable": unavailable.total(),
                "reasons": dict(unavailable.most_common()),
            },
            "lossy": dict(self.losses.most_common()),
            "unknown_users": [
                {"user": user, "threads": count} for user, count in self.unknown_users.most_common()
            ],
            "kept": [{"thread_id": thread, "changed": what} for thread, what in sorted(self.kept.items())],
            "deleted_here": sorted(self.deleted_here),
            "incomplete_in_archive": self.incomplete,
            "findings": [asdict(finding) for finding in _sorted(self.findings)],
            "seconds": round(self.seconds, 2),
        }

    def as_words(self) -> str:
        """Return the same for a person."""
        lines = ["Nothing was written: this is what an import would do." if self.dry_run else "Imported."]
        lines += [f"  {count:>8,} threads {_WORDS[name]}" for name in _WORDS if (count := self.threads[name])]
        unavailable = self.files.total() - self.files.get("", 0)
        lines.append(
            f"  {self.items.total():>8,} items, {self.files.get('', 0):,} files with their bytes, "
            f"{unavailable:,} without"
        )
        lines += _counted("What the ChatKit protocol has no place for (kept as raw JSON):", self.losses)
        lines += _counted("Files without bytes:", Counter({why: n for why, n in self.files.items() if why}))
        lines += _counted(
            "Users without an owner (--user-map, --user-template, --users-match):", self.unknown_users
        )
        if self.incomplete:
            lines.append(f"{len(self.incomplete):,} threads were not saved whole when the archive was made.")
        lines += _findings(self.findings)
        return "\n".join(lines)


def _counted(heading: str, counted: Counter[str]) -> list[str]:
    if not counted:
        return []
    lines = [f"  {count:>8,} {one_line(name)}" for name, count in counted.most_common(SHOWN)]
    more = [f"           and {len(counted) - SHOWN:,} more: see --json"] if len(counted) > SHOWN else []
    return [heading, *lines, *more]


def _findings(findings: Iterable[Finding]) -> list[str]:
    by_problem: dict[str, list[Finding]] = defaultdict(list)
    for finding in _sorted(findings):
        by_problem[finding.problem].append(finding)
    lines = ["Wrong:"] if by_problem else []
    for problem, found in by_problem.items():
        for finding in found[:SHOWN]:
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            thread = f" ({finding.thread_id})" if finding.thread_id else ""
            lines.append(f"  {one_line(where + thread)}: {one_line(problem)}")
        if len(found) > SHOWN:
            lines.append(f"  and {len(found) - SHOWN:,} more like this: see --json")
    return lines


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.file, finding.line, finding.problem))
