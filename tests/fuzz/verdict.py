"""What an answer to any request may look like; everything else is a finding."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.chaos.report import Table

BUSY = 503
REFUSALS = frozenset({400, 401, 403, 404, 405, 409, 411, 413, 415, 422, 429, 431})


@dataclass
class Findings:
    """What was wrong, with what it takes to see it again."""

    found: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    """Cases, by what was done."""
    statuses: Counter[int] = field(default_factory=Counter)
    grown: str = ""
    """What the attack has left in memory."""

    @property
    def cases(self) -> int:
        """How many there were."""
        return self.kinds.total()

    async def judge(self, response: httpx2.Response, sent: object, kind: str = "cases") -> None:
        """Read a response to its end and note whatever it must not be."""
        self.count(response.status_code, kind)
        try:
            body = await response.aread()
        except httpx2.HTTPError as error:
            self.note(f"the response broke off: {error!r}", sent)
            return
        if problem := wrong_with(response, body):
            self.note(problem, sent)

    def count(self, status: int, kind: str) -> None:
        """Count an answer."""
        self.kinds[kind] += 1
        self.statuses[status] += 1

    def note(self, problem: str, sent: object) -> None:
        """Keep one finding."""
        self.found.append(f"{problem}\n    {str(sent)[:2_000]}")

    def report(self, table: Table, duty: str, attack: str) -> None:
        """Note the attack, what was done how often, and what was answered; fail where anything was wrong."""
        counted = (sorted(self.kinds.items()), sorted(self.statuses.items()))
        parts = [", ".join(f"{name} {count:,}" for name, count in counts) for counts in counted]
        measured = "; ".join([*parts, self.grown] if self.grown else parts)
        table.row(duty, attack, self.cases, self._all_found(), measured)

    def assert_nothing(self) -> None:
        """Fail with the first of what was found."""
        found = self._all_found()
        assert not found, f"{len(found)} of {self.cases}\n" + "\n".join(found[:10])

    def _all_found(self) -> list[str]:
        # On a machine that is busy with other tests the database is late now and then.
        busy = self.statuses[BUSY]
        return [*self.found, *([f"{busy} times {BUSY}"] if busy > 5 + self.cases // 100 else [])]


def wrong_with(response: httpx2.Response, body: bytes) -> str:
    """Say what is wrong with a response; an empty text for nothing."""
    status = response.status_code
    if status in REFUSALS and response.request.method == "HEAD":
        return "" if not body else f"an answer to HEAD with a body: {body[:300]!r}"
    if status in REFUSALS:
        return "" if status == 405 or _is_refusal(body) else f"{status} without our error: {body[:300]!r}"
    if status == BUSY and "retry-after" in response.headers:
        return "" if _is_refusal(body) or response.request.method == "HEAD" else f"{status}: {body[:300]!r}"
    if status >= 300 and status not in (304, 307):
        return f"{status}: {body[:300]!r}"
    kind = response.headers.get("content-type", "")
    if kind.startswith("text/event-stream"):
        return _wrong_events(body)
    if kind.startswith("application/json") and body:
        return "" if _json(body) is not None else f"no JSON: {body[:300]!r}"
    return ""


def _is_refusal(body: bytes) -> bool:
    match _json(body):
        case {"error": {"code": str(), "message": str(first), "retryable": bool()}, "message": str(second)}:
            return first == second and bool(first)
        case {"error": {"message": str(), "type": str()}}:
            return True
        case _:
            return False


def _wrong_events(body: bytes) -> str:
    lines = [line for line in body.split(b"\n") if line]
    frames = [line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: ")]
    others = [line for line in lines if not line.startswith((b"data: ", b":", b"id: ", b"retry: "))]
    if others or not body.removesuffix(b": end\n").endswith(b"\n\n"):
        return f"a broken stream: {(others or [body[-100:]])[0]!r}"
    return "" if all(_is_event(frame) for frame in frames) else "a frame that is no event"


def _is_event(frame: bytes) -> bool:
    event = _json(frame)
    return isinstance(event, dict) and isinstance(event.get("type"), str)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
