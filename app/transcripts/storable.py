"""An Agents SDK item as JSON that Postgres takes, whatever a model or a tool put into it.

Changes as little as it can: what `jsonb` refuses (NUL, lone surrogates, NaN), what has no JSON form, and what
has no place in a database (bytes that a tool has returned, texts of more than a million characters).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from app.transcripts.inline_bytes import without_bytes
from app.transcripts.shortening import shortened_text

MAX_DEPTH = 100
MAX_TEXT = 1_000_000


def storable(item: object) -> dict[str, Any]:
    """Return `item` (a dict or a model of the SDK) as a JSON object that can be stored."""
    plain = (
        item.model_dump(mode="json", exclude_unset=True, warnings=False)
        if isinstance(item, BaseModel)
        else item
    )
    if not isinstance(plain, Mapping):
        raise TypeError(f"an item is an object, not {type(item).__name__}")
    stored: dict[str, Any] = _clean(plain, MAX_DEPTH)
    return stored if "role" in stored else dict(without_bytes(stored))


def _clean(value: object, depth: int) -> Any:
    match value:
        case str():
            return _clean_text(value)
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case BaseModel():
            return _clean(value.model_dump(mode="json", exclude_unset=True, warnings=False), depth)
        case Mapping() | Sequence() if depth == 0:
            return None
        case Mapping():
            return {_clean_text(str(key)): _clean(part, depth - 1) for key, part in value.items()}
        case bytes() | bytearray():
            return None
        case Sequence():
            return [_clean(part, depth - 1) for part in value]
        case _:
            return _clean_text(str(value))


def _clean_text(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= MAX_TEXT else shortened_text(text, MAX_TEXT)
