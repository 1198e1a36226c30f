"""What a person has to do or know: the rules by name. The only place that says how grave each is."""

from dataclasses import asdict, dataclass
from typing import Any

RULES: dict[str, tuple[bool, str]] = {
    "server-url": (True, "the address of the server is not known"),
    "domain-key": (True, "the domain key is not known"),
    "unreadable": (True, "a file cannot be read"),
    "too-large": (True, "a file is too large, or there are too many"),
    "built": (True, "a file was made by a build"),
    "broken": (True, "a file does not hold together"),
    "control-characters": (True, "a change would print characters that steer a terminal"),
    "options": (True, "hosted mode is used in a way that is not understood"),
    "element-script": (True, "the element is loaded in a way that is not understood"),
    "client": (True, "the client that makes sessions is not understood"),
    "sessions-address": (True, "the address at which sessions are made is not understood"),
    "workflow-id": (True, "the id of a workflow is refused by this server"),
    "key-in-page": (True, "a key stands in a file, and whoever gets that file has it"),
    "copy": (True, "the fetch helper cannot be laid beside the page"),
    "element": (False, "which element the page loads, and what that needs"),
    "uploads": (False, "what the widget shows of uploads is now said by the page"),
    "environment": (False, "what the back-end's environment needs"),
}
"""Whether somebody has to act, and what it is about."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in one place; never holds a secret."""

    rule: str
    what: str
    do: str
    file: str | None = None
    line: int | None = None

    @property
    def needs_somebody(self) -> bool:
        """Whether the diff does not do it."""
        return RULES[self.rule][0]

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        return {**asdict(self), "needs_somebody": self.needs_somebody}
