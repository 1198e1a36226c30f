"""What a workflow has returned, as text for its user: an answer, and never what is not one.

What is not: the message itself, the inside of a guardrail, and structured output, which is shown where it is
made if an agent is set to.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

_TEXT_KEYS = ("output_text", "message", "text", "answer", "response", "output", "result")
_KINDS_OF_CHECKS = {
    "pii",
    "moderation",
    "jailbreak",
    "hallucination",
    "nsfw",
    "url_filter",
    "custom_prompt_check",
    "prompt_injection",
}


def answer_of(value: Any, said: str) -> str | None:
    """Return the text of a returned value; None where it holds none. `said` is the user's message.

    Called where no agent's answer was shown: nothing is to be said twice.
    """
    text = _text(value)
    return text if text and text.strip() and text.strip() != said.strip() else None


def is_blocked(value: Any) -> bool:
    """Whether a returned value is what guardrails give where a check has failed."""
    if not isinstance(value, Mapping):
        return False
    if "failures" in value and "failed" in value:
        return bool(value["failed"])
    checks = [found for kind, found in value.items() if kind in _KINDS_OF_CHECKS]
    return len(checks) == len(value) and any(
        isinstance(check, Mapping) and check.get("failed") for check in checks
    )


def _text(value: Any) -> str | None:
    match value:
        case None | bool() | BaseModel():
            return None
        case str():
            return value
        case int() | float():
            return str(value)
        case {"input_as_text": _} | {"output_parsed": _} | {"safe_text": _}:
            return None
        case Mapping():
            return None if not value or _is_guardrail_output(value) else _of_object(value)
        case list() | tuple():
            return "\n".join(f"- {_inline(one)}" for one in value) or None
        case _:
            return None


def _is_guardrail_output(value: Mapping[Any, Any]) -> bool:
    return value.keys() <= _KINDS_OF_CHECKS or value.keys() == {"failed", "failures"}


def _of_object(value: Mapping[Any, Any]) -> str | None:
    """The text of an End node: the one that it has, or each of its values by name."""
    texts = [value[key] for key in _TEXT_KEYS if isinstance(value.get(key), str)]
    if len(value) == 1 or (texts and "output_text" in value):
        only = texts[0] if texts else next(iter(value.values()))
        return None if only is None else _inline(only)
    lines = [f"**{name}:** {_inline(found)}" for name, found in value.items() if found is not None]
    return "\n\n".join(lines) or None


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
