"""What can be found: the rules by name, how grave each is, and why it matters.

The only place that says so; a test holds `docs/doctor.md` to it.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Whether something has to be done."""

    PROBLEM = "problem"
    """Something does not work, will not, or is open to others."""
    NOTE = "note"
    """Cannot be looked at from here, or is fine for some and not for others."""


_PROBLEM, _NOTE = Severity.PROBLEM, Severity.NOTE

RULES: dict[str, tuple[Severity, str]] = {
    "unreachable": (_PROBLEM, "nobody can use a server that does not answer"),
    "not-this-server": (_PROBLEM, "something else answers at this address, so none of the rest applies"),
    "not-ready": (_PROBLEM, "a part that requests need is away, and balancers send nobody here"),
    "redirect": (_PROBLEM, "preflights fail on a redirect, and a message that is redirected is lost"),
    "plain-http": (_PROBLEM, "conversations and credentials can be read, and changed, on their way"),
    "certificate": (_PROBLEM, "browsers refuse the connection"),
    "certificate-ends": (_PROBLEM, "browsers refuse the connection from that day on"),
    "clock": (_PROBLEM, "tokens and signed addresses are refused, or live longer than they should"),
    "no-probe": (_NOTE, "streams could not be looked at"),
    "buffering": (_PROBLEM, "an answer arrives all at once at its end, and Stop comes too late"),
    "compression": (_PROBLEM, "what compresses a stream holds back its words until a block is full"),
    "idle-timeout": (_PROBLEM, "answers break off while a model or a tool thinks"),
    "request-headers": (_PROBLEM, "sign-in, Stop and resuming need them"),
    "response-headers": (_PROBLEM, "resuming needs them, and the request id finds the line in the log"),
    "host": (
        _PROBLEM,
        "the server takes its own page for a foreign one and refuses it, or names files wrongly",
    ),
    "scheme": (
        _PROBLEM,
        "the server refuses its own page, its cookies are not Secure, addresses of files are wrong",
    ),
    "body-limit": (_PROBLEM, "files and recordings are refused before the server sees them"),
    "cors": (_PROBLEM, "the browser keeps the page from using the chat"),
    "cors-exposed": (_PROBLEM, "the page cannot read what resuming needs"),
    "guest-cookies": (
        _PROBLEM,
        "a browser sends no cookie to another site, so each request is a new guest's",
    ),
    "page-unreachable": (_NOTE, "what the page needs could not be looked at"),
    "insecure-context": (
        _PROBLEM,
        "browsers keep what the widget needs (crypto.randomUUID, clipboard, microphone) from it",
    ),
    "mixed-content": (_PROBLEM, "browsers block requests from an https page to an http server"),
    "content-policy": (_PROBLEM, "the browser blocks what the chat needs, and says so only in its console"),
    "embedder-policy": (_PROBLEM, "the browser does not load the frame of OpenAI's element"),
    "openai-element": (
        _NOTE,
        "what OpenAI's element needs is checked by OpenAI, on the first https page only",
    ),
    "domain-key": (
        _PROBLEM,
        "OpenAI's element removes itself from the page when its domain key is not registered",
    ),
    "key-in-page": (_PROBLEM, "whoever opens the page has the key, and can act as you"),
    "guest-anywhere": (_PROBLEM, "everyone who reaches the server can use your model"),
    "any-image": (
        _PROBLEM,
        "an address that a model was talked into carries the conversation to whoever owns its host",
    ),
    "secret-key": (_NOTE, "a process with another key refuses the cookies and file addresses of the others"),
    "weak-key": (_PROBLEM, "a short or simple key can be guessed, and opens what it guards"),
    "public-url": (_NOTE, "addresses of files are built from what each request claims"),
    "local-files": (_NOTE, "a process on another machine does not find the files"),
    "debug-log": (_NOTE, "much is written, and slows the server down"),
    "database-not-running": (
        _NOTE,
        "the embedded database runs while a server does, so it was not looked at",
    ),
    "database-unreachable": (_PROBLEM, "nothing works without it"),
    "database-version": (_PROBLEM, "the server does not start on it"),
    "superuser": (_PROBLEM, "a mistake in one statement could reach everything in the whole cluster"),
    "owner-role": (
        _PROBLEM,
        "the server could drop its tables, switch row-level security off, and change the audit log",
    ),
    "row-security": (_PROBLEM, "only the application's own statements keep users apart"),
    "audit-log": (_PROBLEM, "who looked at whose threads could be changed afterwards"),
    "schema": (_PROBLEM, "the server migrates at its start or refuses it"),
    "connections": (_PROBLEM, "processes are refused by the database when all of them are busy"),
    "database-clock": (_PROBLEM, "leases of answers end too early or too late, and audit times are wrong"),
    "backups": (_NOTE, "nothing here can tell whether there are any, or whether they can be restored"),
    "storage": (_PROBLEM, "files cannot be sent, shown or removed"),
    "not-checked": (_PROBLEM, "what was not looked at may be wrong"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is broken: what was seen, and what to do. Never holds a secret."""

    rule: str
    what: str
    do: str

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return RULES[self.rule][0]

    @property
    def why(self) -> str:
        """What it costs."""
        return RULES[self.rule][1]

    def as_json(self) -> dict[str, str]:
        """Return it for scripts."""
        return {**asdict(self), "severity": self.severity, "why": self.why}


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found there, in the order of the checks."""

    looked_at: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_fine(self) -> bool:
        """Whether nothing has to be done."""
        return not any(finding.severity is Severity.PROBLEM for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        return {
            "looked_at": list(self.looked_at),
            "findings": [finding.as_json() for finding in self.findings],
            "fine": self.is_fine,
        }
