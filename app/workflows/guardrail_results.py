"""Results of guardrails as the code of an export reads them, as JSON for the journal, and by kind.

Knows nothing of `openai-guardrails` but the attributes of its results, so that it need not be installed.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from app.workflows.host import WorkflowHost, current_host
from app.workflows.reading.guardrails import KINDS


class _Info(dict[str, Any]):
    """What a check that was not made has to say: nothing, under any name."""

    def __missing__(self, name: str) -> None:
        return None


class CheckNotMade(Exception):
    """A check has come to no result."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One result, with the attributes of the package's own."""

    tripwire_triggered: bool = False
    info: dict[str, Any] = field(default_factory=dict)
    execution_failed: bool = False
    original_exception: Exception | None = None


_tripped: ContextVar[tuple[WorkflowHost, list[str]] | None] = ContextVar("tripped_guardrails", default=None)


def as_json(results: Sequence[Any]) -> JsonValue:
    """Results as JSON; what is no JSON in them becomes text."""
    return [
        {
            "tripwire_triggered": bool(getattr(result, "tripwire_triggered", False)),
            "execution_failed": bool(getattr(result, "execution_failed", False)),
            "info": to_jsonable_python(getattr(result, "info", None) or {}, fallback=str),
        }
        for result in results or []
    ]


def check_made(results: Sequence[Any]) -> None:
    """Raise `CheckNotMade` for a result that says neither that it failed nor that its check was made.

    Moderation gives one where the answer of its model holds nothing.
    """
    for result in results or []:
        info = getattr(result, "info", None) or {}
        if "error" in info and "guardrail_name" not in info:
            raise CheckNotMade(str(info["error"]))


def from_json(value: JsonValue) -> list[CheckResult]:
    """The results again; what is no result is left out."""
    found = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
    return [
        CheckResult(
            tripwire_triggered=bool(one.get("tripwire_triggered")),
            info=info if isinstance(info := one.get("info"), dict) else {},
            execution_failed=bool(one.get("execution_failed")),
        )
        for one in found
    ]


def kinds(results: Sequence[CheckResult]) -> list[str]:
    """The kinds of checks that have failed."""
    return [str(result.info.get("guardrail_name", "")) for result in results if result.tripwire_triggered]


def remember(failed: list[str]) -> None:
    """Keep, for the run at hand, which checks have failed last."""
    if failed:
        _tripped.set((current_host(), failed))


def tripped() -> list[str]:
    """The kinds of checks that have failed last in the run at hand."""
    last = _tripped.get()
    return last[1] if last is not None and last[0] is current_host() else []


def with_stand_ins(results: Sequence[Any] | None) -> list[Any]:
    """Results, with one that has not failed for each kind of check that is not among them."""
    made = {(getattr(result, "info", None) or {}).get("guardrail_name") for result in results or []}
    return [
        *(results or []),
        *(CheckResult(info=_Info(guardrail_name=kind)) for kind in sorted(KINDS - made)),
    ]
