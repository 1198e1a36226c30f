"""Values as JSON text that `jsonb` takes and that can be read again."""

from collections.abc import Mapping

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from app.errors import Malformed
from app.threads.characters import storable_text
from app.threads.unknown_fields import complete, complete_json

_SAFE_DEPTH = 150
"""Levels that every parser on the way back out reads; a text with fewer brackets needs no look."""


def json_text(value: object, *, exclude_none: bool = True) -> str:
    """Return `value` as JSON; raise `Malformed` if it is nested too deeply to be read again.

    NUL characters are dropped, halves of surrogate pairs become "?", NaN and infinity null, an object that
    has no JSON form its `str()`. `exclude_none` leaves out fields of models that are None, as streaming does.
    """
    try:
        text = _dump(value, exclude_none)
        if text is None or "\\u0000" in text:
            text = to_json(_storable(_plain(value, exclude_none)), inf_nan_mode="null", fallback=str).decode()
        if text.count("[") + text.count("{") > _SAFE_DEPTH:
            from_json(text)
    except (ValueError, RecursionError):
        raise Malformed("This value cannot be stored: it is nested too deeply.") from None
    return text


def _dump(value: object, exclude_none: bool) -> str | None:
    try:
        if isinstance(value, BaseModel):
            return complete_json(value, by_alias=True, exclude_none=exclude_none, fallback=str)
        return to_json(value, inf_nan_mode="null", fallback=str).decode()
    except ValueError:
        return None


def _plain(value: object, exclude_none: bool) -> object:
    return (
        complete(value, by_alias=True, exclude_none=exclude_none) if isinstance(value, BaseModel) else value
    )


def _storable(value: object) -> object:
    match value:
        case str():
            return storable_text(value)
        case Mapping():
            return {_storable(key): _storable(part) for key, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_storable(part) for part in value]
        case bytes():
            return storable_text(value.decode("utf-8", "replace"))
        case _:
            return value
