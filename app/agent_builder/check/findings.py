"""What a check can find: the rules by name, and the findings they make.

The only place that says how grave a rule is and who repairs it; a test holds `docs/check.md` to it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Who has to do something about a finding."""

    ACTION = "action"
    """You: nothing repairs it."""
    REPAIRED = "repaired"
    """`agent-builder run`: it breaks or misleads elsewhere, and is repaired when the file is served here."""
    NOTE = "note"
    """Nobody: good to know."""


RULES: dict[str, tuple[Severity, str]] = {
    "syntax": (Severity.ACTION, "the file does not parse"),
    "encoding": (Severity.ACTION, "the file is not text in the encoding it claims"),
    "field-name": (Severity.ACTION, "a schema property is no Python name, so the file does not parse"),
    "no-entry-point": (Severity.ACTION, "there is no `run_workflow` to call"),
    "unknown-name": (Severity.ACTION, "a name is used that nothing defines"),
    "unknown-import": (Severity.ACTION, "a name is imported that the installed package does not have"),
    "missing-package": (Severity.ACTION, "a package is imported that is not installed here"),
    "missing-extra": (
        Severity.ACTION,
        "guardrails need a package, or a language model, that is not installed here",
    ),
    "secret-in-file": (Severity.ACTION, "a token or key stands in clear text"),
    "stub-tool": (Severity.ACTION, "a function tool has no body"),
    "prompt-object": (Severity.ACTION, "a reusable prompt is named, and those end with Agent Builder"),
    "model-gone": (Severity.ACTION, "a model is named that has been shut down"),
    "model-retires": (Severity.ACTION, "a model is named that will be shut down"),
    "widget-lost": (Severity.ACTION, "an agent filled a widget whose template is not in the export"),
    "hidden-answer": (
        Severity.ACTION,
        "the answer of the workflow is structured output, which is hidden by default",
    ),
    "braces-in-instructions": (Severity.ACTION, "literal braces in instructions became Python expressions"),
    "id-missing": (Severity.ACTION, "a vector store, file or container does not exist for this key"),
    "typescript": (Severity.ACTION, "this is a TypeScript export, and only Python runs here"),
    "approval-always-yes": (Severity.REPAIRED, "an approval stub grants every approval"),
    "file-search-node": (
        Severity.REPAIRED,
        "a File search node iterates an asynchronous result and always fails",
    ),
    "guardrail-crash": (
        Severity.REPAIRED,
        "the guardrail result is built from checks that are not configured",
    ),
    "guardrail-fails-open": (Severity.REPAIRED, "a guardrail that cannot be asked counts as passed"),
    "masking-fails-open": (Severity.REPAIRED, "personal data that cannot be masked is passed on"),
    "no-answer": (Severity.REPAIRED, "the workflow can end without returning anything"),
    "loop-without-limit": (Severity.REPAIRED, "a While node has no limit"),
    "key-at-import": (Severity.REPAIRED, "importing the file fails without OPENAI_API_KEY"),
    "forgets-messages": (Severity.NOTE, "the history starts anew with every message; here it is filled in"),
    "forgets-state": (Severity.NOTE, "state starts anew with every message; here it is kept per thread"),
    "old-pydantic": (Severity.NOTE, "`.json()` of pydantic 1 is used, which only warns"),
    "tool-approval": (Severity.NOTE, "an MCP tool asks for approval; the question is shown in the chat"),
    "no-workflow-id": (
        Severity.NOTE,
        "no workflow id is named; `run` needs it given to serve sessions for it",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One place where a rule applies. `message` never holds a secret."""

    rule: str
    line: int | None
    message: str
    advice: str | None = None

    @property
    def severity(self) -> Severity:
        """Who has to act."""
        return RULES[self.rule][0]
