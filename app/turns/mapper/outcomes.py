"""How a call ended, as far as its output says so.

The output of a function tool is a text for the model, and the only mark of a failure is the sentence that the
Agents SDK puts in its place. A tool that words its own failures has ended like any other.
"""

import re

from app.turns.mapper.raw import field
from app.turns.mapper.wording import Outcome

OUTPUTS = (
    "function_call_output",
    "custom_tool_call_output",
    "computer_call_output",
    "local_shell_call_output",
    "shell_call_output",
    "apply_patch_call_output",
    "program_output",
)
"""Types of items that end a call; some come from the provider, and the others from tools that run here."""

_SENTENCES: tuple[tuple[Outcome, str], ...] = (
    ("failed", r"An error occurred while running the tool\. Please try again\."),
    ("failed", r"Tool '[^']*' not found\."),
    ("failed", r"Multiple handoffs detected, ignoring this one\."),
    ("late", r"Tool '[^']*' timed out after [0-9.e+-]+ seconds\."),
    ("rejected", r"Tool execution was not approved\."),
)
_LONGEST = 1000


def outcome_of(output: object) -> Outcome:
    """Return how the call ended whose output item this is; `done` where nothing is known."""
    if field(output, "status") in ("failed", "incomplete"):
        return "failed"
    given = field(output, "output")
    if isinstance(given, str):
        return _said(given)
    if isinstance(given, list) and any(_timed_out(part) for part in given):
        return "late"
    return "done"


def call_id_of(item: object) -> str | None:
    """Return the id that a call and its output have in common."""
    # The output of a local shell has the call's id for its own.
    call_id = field(item, "call_id") or field(item, "id")
    return call_id if isinstance(call_id, str) else None


def _said(text: str) -> Outcome:
    if len(text) <= _LONGEST:
        for outcome, sentence in _SENTENCES:
            if re.fullmatch(sentence, text):
                return outcome
    return "done"


def _timed_out(part: object) -> bool:
    return bool(field(field(part, "outcome"), "type") == "timeout")
