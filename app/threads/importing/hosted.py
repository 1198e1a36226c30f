"""A hosted object, read leniently: any field may be missing, null, or of another type than documented."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from app.threads.characters import storable_text

Raw = Mapping[str, Any]

COMMON = frozenset({"id", "object", "created_at", "thread_id", "type"})
"""Fields that every hosted item has."""

_MILLISECONDS_FROM = 10**11
_LATEST = 253_402_300_000
"""Seconds of the last day that a `datetime` has."""


def parsed(line: bytes) -> dict[str, Any]:
    """Return the object on a line; raise `ValueError` with a reason where there is none."""
    try:
        value = from_json(line)
    except ValueError:
        # Deeper than the quick parser goes, or with half a surrogate pair.
        try:
            value = _storable(json.loads(line))
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError(f"it is a {type(value).__name__}, not an object")
    return value


def text_of(raw: Raw, *names: str) -> str | None:
    """Return the first of these fields that is a text."""
    return next((value for name in names if isinstance(value := raw.get(name), str)), None)


def kind_of(raw: Raw) -> str:
    """Return the type of an object without the prefix that some answers have."""
    kind = raw.get("type")
    return kind.removeprefix("chatkit.") if isinstance(kind, str) and kind else "item without a type"


def moment_of(value: object) -> datetime | None:
    """Return the time that a field means: Unix seconds, milliseconds, or ISO 8601; None for anything else."""
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None


def parts_of(value: object) -> list[Any]:
    """Return the parts of a message, whose content may also be one text."""
    match value:
        case list():
            return value
        case None:
            return []
        case _:
            return [value]


def object_in(value: object) -> dict[str, Any]:
    """Return an object that may be spelt as JSON text; anything else as the only field of one."""
    found = json_in(value)
    if isinstance(found, dict):
        return found
    return {} if found in (None, "") else {"value": found}


def json_in(value: object) -> Any:
    """Return what a JSON text says; any other value as it is."""
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError:
        return value


def note_unknown(raw: Raw, known: Iterable[str], losses: list[str], what: str) -> None:
    """Note the fields that have no place here; their values stay in the JSON that is kept."""
    unknown = sorted(str(name)[:60] for name in raw.keys() - COMMON - set(known) if raw[name] is not None)
    losses.extend(f"{what}: field {name}" for name in unknown)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable_text(value)
        case dict():
            return {storable_text(name): _storable(part) for name, part in value.items()}
        case list():
            return [_storable(part) for part in value]
        case _:
            return value
