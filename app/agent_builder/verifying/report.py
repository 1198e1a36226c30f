"""What a verification has found, counted; as JSON, and for a person who reads one screen."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from app.agent_builder.importing.saved import Finding
from app.agent_builder.terminal import one_line
from app.agent_builder.verifying.comparing import Verdict
from app.agent_builder.verifying.differences import Difference

SHOWN = 20
STATES = ("same", "different", "missing", "damaged", "changed_here", "deleted_here")
_WORDS = {
    "same": "as they were saved",
    "different": "different",
    "missing": "not here",
    "damaged": "damaged in the archive, not compared",
    "changed_here": "changed here since, the rest as it was saved",
    "deleted_here": "deleted here since",
}
_FAILURES = ("different", "missing", "damaged")
_CHANGES = ("changed_here", "deleted_here")


@dataclass(slots=True)
class Report:
    """Filled while a verification runs."""

    archive: str
    content_sha256: str
    strict: bool = False
    verdicts: list[Verdict] = field(default_factory=list)
    files: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    shared_owners: dict[str, list[str]] = field(default_factory=dict)
    """Owners that have threads of several hosted users."""
    is_recorded: bool = False
    """Whether the result stands in the audit log."""
    seconds: float = 0.0

    @property
    def threads(self) -> Counter[str]:
        """How many threads are in which state."""
        return Counter(verdict.state for verdict in self.verdicts)

    @property
    def differences(self) -> list[Difference]:
        """All differences that are reported."""
        return [difference for verdict in self.verdicts for difference in verdict.differences]

    @property
    def losses(self) -> Counter[str]:
        """What the ChatKit protocol has no place for, and how often."""
        return sum((verdict.losses for verdict in self.verdicts), Counter[str]())

    @property
    def items(self) -> list[tuple[str, int, int]]:
        """Types with their number in the archive and here."""
        archive = sum((verdict.in_archive for verdict in self.verdicts), Counter[str]())
        here = sum((verdict.here for verdict in self.verdicts), Counter[str]())
        return [(kind, archive[kind], here[kind]) for kind in sorted(archive.keys() | here.keys())]

    @property
    def is_same(self) -> bool:
        """Whether everything in the archive is here as it was; in a strict one, changed by nobody."""
        counted = self.threads
        return self.is_whole and not (self.strict and any(counted[state] for state in _CHANGES))

    @property
    def is_whole(self) -> bool:
        """Whether everything in the archive is here as it was, but for what was changed here on purpose."""
        counted = self.threads
        return not self.findings and not any(counted[state] for state in _FAILURES)

    def as_json(self) -> dict[str, Any]:
        """Return the report as `--json` prints it."""
        counted = self.threads
        return {
            "same": self.is_same,
            "recorded": self.is_recorded,
            "archive": self.archive,
            "content_sha256": self.content_sha256,
            "threads": {state: counted[state] for state in STATES},
            "items": {kind: {"archive": saved, "here": here} for kind, saved, here in self.items},
            "attachments": dict(sorted(self.files.items())),
            "fields_compared": sum(verdict.fields for verdict in self.verdicts),
            "lossy": dict(self.losses.most_common()),
            "differences": [asdict(difference) for difference in self.differences],
            "differences_not_shown": sum(verdict.not_shown for verdict in self.verdicts),
            "changed_here": [
                {"thread_id": verdict.thread_id, "changed": verdict.changed_here}
                for verdict in self.verdicts
                if verdict.changed_here
            ],
            "incomplete_in_archive": self.incomplete,
            "shared_owners": self.shared_owners,
            "findings": [asdict(finding) for finding in self.findings],
            "per_thread": [_of_thread(verdict) for verdict in self.verdicts],
            "sample": [
                {"thread_id": verdict.thread_id, "items": verdict.lines}
                for verdict in self.verdicts
                if verdict.lines
            ],
            "seconds": round(self.seconds, 2),
        }

    def as_words(self) -> str:
        """Return the same for a person."""
        counted = self.threads
        lines = ["All of it is here." if self.is_same else "Not all of it is here as it was saved."]
        lines += [f"  {counted[state]:>8,} threads {_WORDS[state]}" for state in STATES if counted[state]]
        lines += [f"  {saved:>8,} {kind} in the archive, {here:,} here" for kind, saved, here in self.items]
        lines += [f"  {count:>8,} files {one_line(what)}" for what, count in sorted(self.files.items())]
        for difference in self.differences[:SHOWN]:
            where = " ".join(filter(None, (difference.thread_id, difference.item_id)))
            lines.append(
                f"  {one_line(where)}: {one_line(difference.place)}: {one_line(difference.in_archive)!r} "
                f"in the archive, {one_line(difference.here)!r} here"
            )
        missing = [verdict for verdict in self.verdicts if verdict.state == "missing"]
        lines += [
            f"  {one_line(verdict.thread_id)} of {one_line(str(verdict.user))}: not here"
            for verdict in missing[:SHOWN]
        ]
        for finding in self.findings[:SHOWN]:
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            lines.append(f"  {one_line(where)}: {one_line(finding.problem)}")
        if self.losses:
            lines.append("What the ChatKit protocol has no place for (kept as raw JSON):")
            lines += [f"  {n:>8,} {one_line(what)}" for what, n in self.losses.most_common(SHOWN)]
        return "\n".join(lines)


def _of_thread(verdict: Verdict) -> dict[str, Any]:
    return {
        "thread_id": verdict.thread_id,
        "user": verdict.user,
        "owner": verdict.owner,
        "state": verdict.state,
        "items_in_archive": dict(sorted(verdict.in_archive.items())),
        "items_here": dict(sorted(verdict.here.items())),
        "text_sha256_in_archive": verdict.text_in_archive,
        "text_sha256_here": verdict.text_here,
    }
