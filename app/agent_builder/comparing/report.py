"""What came of a comparison, counted; as JSON, and for a person who reads one screen."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_args

from app.agent_builder.comparing.chat import Answer, State
from app.agent_builder.comparing.questions import Question, SavedConversation
from app.agent_builder.comparing.said import Said, answer_text
from app.agent_builder.importing.saved import Finding
from app.agent_builder.terminal import one_line

STATES: Sequence[State] = get_args(State)
WORDS: Mapping[State, str] = {
    "answered": "answered",
    "failed": "failed",
    "waits": "waiting for the page or the user",
    "skipped": "skipped",
    "not_asked": "not asked",
}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its two answers."""

    question: Question
    answer: Answer

    @property
    def old_text(self) -> str:
        """The answer that it had."""
        return answer_text(self.question.old)

    @property
    def new_text(self) -> str:
        """The answer that it has now."""
        return answer_text(self.answer.parts)

    @property
    def is_same(self) -> bool:
        """Whether both answers are the same text, but for blanks."""
        return self.answer.state == "answered" and self.old_text.split() == self.new_text.split()

    def as_json(self) -> dict[str, Any]:
        """Return it as `--json` prints it."""
        answer, message = self.answer, self.question.message
        return {
            "number": self.question.number,
            "item_id": message.id,
            "question": {
                "text": self.question.text,
                "quoted_text": message.quoted_text,
                "files": [asdict(file) for file in answer.files],
            },
            "old": {"text": self.old_text, "parts": _parts(self.question.old)},
            "new": {
                "state": answer.state,
                "why": answer.why or None,
                "text": self.new_text,
                "parts": _parts(answer.parts),
                "model": answer.model,
                "input_tokens": answer.input_tokens,
                "output_tokens": answer.output_tokens,
                "seconds": round(answer.seconds, 2),
            },
            "same_text": self.is_same,
        }


@dataclass(slots=True)
class Compared:
    """A thread, with what came of each of its questions."""

    conversation: SavedConversation
    rows: list[Row] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as `--json` prints it."""
        return {
            "thread_id": self.conversation.thread.id,
            "user": self.conversation.thread.user,
            "title": self.conversation.title,
            "turns": [row.as_json() for row in self.rows],
        }


@dataclass(slots=True)
class Report:
    """Filled while a comparison runs."""

    archive: str
    content_sha256: str
    agent: str
    seed: int
    in_archive: int = 0
    """Threads."""
    threads: list[Compared] = field(default_factory=list)
    without_questions: int = 0
    findings: list[Finding] = field(default_factory=list)
    stopped_by: str = ""
    """Why not everything that was chosen was asked."""
    is_interrupted: bool = False
    not_removed: int = 0
    """Conversations of the comparison that are still there."""
    seconds: float = 0.0

    @property
    def rows(self) -> Iterator[Row]:
        """All questions."""
        return (row for thread in self.threads for row in thread.rows)

    @property
    def states(self) -> Counter[State]:
        """How many questions are in which state."""
        return Counter(row.answer.state for row in self.rows)

    @property
    def tokens(self) -> tuple[int, int]:
        """What was sent and received, as the provider counted it."""
        rows = list(self.rows)
        return sum(row.answer.input_tokens for row in rows), sum(row.answer.output_tokens for row in rows)

    @property
    def models(self) -> list[str]:
        """Which models have answered."""
        return sorted({row.answer.model for row in self.rows if row.answer.model})

    @property
    def is_fine(self) -> bool:
        """Whether nothing has failed."""
        return not self.states["failed"] and not self.findings and not self.not_removed

    def as_json(self) -> dict[str, Any]:
        """Return the report as `--json` prints it."""
        states, (sent, received) = self.states, self.tokens
        return {
            "fine": self.is_fine,
            "archive": self.archive,
            "content_sha256": self.content_sha256,
            "agent": self.agent,
            "models": self.models,
            "seed": self.seed,
            "turns": {state: states[state] for state in STATES},
            "same_text": sum(row.is_same for row in self.rows),
            "tokens": {"input": sent, "output": received},
            "stopped_by": self.stopped_by or None,
            "interrupted": self.is_interrupted,
            "threads_in_archive": self.in_archive,
            "threads_without_questions": self.without_questions,
            "conversations_not_removed": self.not_removed,
            "findings": [asdict(finding) for finding in self.findings],
            "threads": [thread.as_json() for thread in self.threads],
            "seconds": round(self.seconds, 2),
        }

    def as_words(self) -> str:
        """Return the same for a person."""
        states, (sent, received) = self.states, self.tokens
        asked = sum(states[state] for state in STATES if state not in ("skipped", "not_asked"))
        lines = [
            f"Asked {asked:,} questions of {len(self.threads):,} threads "
            f"(of {self.in_archive:,} in the archive, --seed {self.seed})."
        ]
        lines += [f"  {states[state]:>8,} {WORDS[state]}" for state in STATES if states[state]]
        lines.append(f"  {sum(row.is_same for row in self.rows):>8,} with the same text as before")
        lines.append(f"  {sent:>8,} tokens sent, {received:,} received")
        if self.stopped_by:
            lines.append(f"Not everything was asked: {self.stopped_by}.")
        if self.is_interrupted:
            lines.append("Interrupted: what is not asked was not compared.")
        if self.not_removed:
            left = f"{self.not_removed:,} conversations of this comparison could not be removed"
            lines.append(f"{left}; the next one does.")
        lines += self._troubles()
        return "\n".join(lines)

    def _troubles(self) -> list[str]:
        lines = [
            f"  {one_line(thread.conversation.thread.id)}, question {row.question.number}: "
            f"{WORDS[row.answer.state]}: {one_line(row.answer.why)}"
            for thread in self.threads
            for row in thread.rows
            if row.answer.state in ("failed", "waits")
        ]
        more = [f"  and {len(lines) - SHOWN:,} more: see --json"] if len(lines) > SHOWN else []
        for finding in self.findings[:SHOWN]:
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            more.append(f"  {one_line(where)}: {one_line(finding.problem)}")
        return lines[:SHOWN] + more


def _parts(parts: Sequence[Said]) -> list[dict[str, str]]:
    return [asdict(part) for part in parts]
