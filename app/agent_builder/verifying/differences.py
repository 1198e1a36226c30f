"""Where two values differ: JSON of whatever shape, compared field by field. Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHOWN = 200
"""Characters of a value that a report shows."""

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which something is not what it should be."""

    thread_id: str
    item_id: str | None
    place: str
    in_archive: str
    here: str


def compared(archive: Any, here: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """Yield place, value in the archive and value here, for each leaf that differs."""
    match archive, here:
        case dict(), dict():
            for name in [*archive, *(name for name in here if name not in archive)]:
                yield from compared(
                    archive.get(name, _NOTHING), here.get(name, _NOTHING), f"{place}.{name}"[:SHOWN]
                )
        case list(), list():
            for index in range(max(len(archive), len(here))):
                yield from compared(_at(archive, index), _at(here, index), f"{place}[{index}]"[:SHOWN])
        case _ if not _equal(archive, here):
            yield place, *_excerpts(archive, here)
        case _:
            return


def fields_in(value: Any) -> int:
    """Return how many leaves a value has."""
    match value:
        case dict():
            return sum(map(fields_in, value.values()))
        case list():
            return sum(map(fields_in, value))
        case _:
            return 1


class TextHash:
    """A SHA-256 over texts in their order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, text: str | None) -> None:
        """Take the next one."""
        self._hash.update((text or "").encode("utf-8", "surrogatepass") + b"\0")

    @property
    def value(self) -> str:
        """The hash in hexadecimal."""
        return self._hash.hexdigest()


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _NOTHING


def _equal(archive: Any, here: Any) -> bool:
    # True and 1 are equal to Python, and not the same JSON.
    return archive == here and isinstance(archive, bool) == isinstance(here, bool)


def _excerpts(archive: Any, here: Any) -> tuple[str, str]:
    """Return two values as text, from a little before the point where they part."""
    left, right = _text(archive), _text(here)
    common = next(
        (at for at, (one, other) in enumerate(zip(left, right, strict=False)) if one != other),
        min(len(left), len(right)),
    )
    start = max(0, common - 40)
    return _cut(left, start), _cut(right, start)


def _cut(text: str, start: int) -> str:
    end = start + SHOWN
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def _text(value: Any) -> str:
    match value:
        case datetime():
            return value.isoformat()
        case _ if value is _NOTHING:
            return "(nothing)"
        case _:
            # With its quotation marks: a space at the end is a difference too.
            return repr(value)
