"""Cut a page of the hosted API into its elements without changing a character of them.

Parsing and writing JSON again would lose key order, number spelling and duplicate keys; here each element is
the slice of the body that it came in. Must not know what the elements mean.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_BREAK = re.compile(r"[\r\n][ \t\r\n]*")
_LONGEST_NUMBER = 300


class UnreadablePage(Exception):
    """The body is not a JSON object with a `data` list."""


@dataclass(frozen=True)
class Element:
    """One thread or item: its JSON as received, on one line, and what it parses to."""

    line: bytes
    value: object

    @property
    def id(self) -> str | None:
        """The `id` it carries, if it carries one."""
        return _id(self.value)


@dataclass(frozen=True)
class Page:
    """One answer of a list call."""

    elements: list[Element]
    has_more: bool | None
    last_id: str | None
    request_id: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether the list ends here; a shape without `has_more` ends with an empty page."""
        return self.has_more is False or (self.has_more is None and not self.elements)

    def record(self) -> dict[str, object]:
        """What has to be remembered of the page besides its elements."""
        return {"after": self.cursor, "last": self.is_last, "request_id": self.request_id}

    @property
    def cursor(self) -> str | None:
        """The `after` of the next call; older shapes leave `last_id` out."""
        return self.last_id or (self.elements[-1].id if self.elements else None)


def read_page(body: bytes, request_id: str | None = None) -> Page:
    """Cut the body of a list call; raise `UnreadablePage` for anything that is not one."""
    try:
        text = body.decode("utf-8-sig")
        fields = dict(_members(text))
    except (ValueError, IndexError, RecursionError) as error:
        raise UnreadablePage(f"not readable as JSON: {type(error).__name__}") from None
    elements, has_more, last_id = fields.get("data"), fields.get("has_more"), fields.get("last_id")
    if not isinstance(elements, _Elements):
        raise UnreadablePage("no list of data in it")
    return Page(
        elements=elements.found,
        has_more=has_more if isinstance(has_more, bool) else None,
        last_id=last_id if isinstance(last_id, str) and last_id else None,
        request_id=request_id,
    )


def read_line(line: bytes) -> object:
    """Parse one line of JSON; a line that is not JSON reads as None."""
    try:
        return _JSON.decode(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def line_id(line: bytes) -> str | None:
    """The `id` of the object on a line, if it carries one."""
    return _id(read_line(line))


def _id(value: object) -> str | None:
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else None


@dataclass(frozen=True)
class _Elements:
    found: list[Element]


def _integer(digits: str) -> int | str:
    # Python refuses to read integers of thousands of digits; the raw text keeps them anyway.
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


_JSON = json.JSONDecoder(parse_int=_integer)


def _members(text: str) -> Iterator[tuple[str, object]]:
    at = _expect(text, _skip(text, 0), "{")
    while text[at] != "}":
        key, at = _JSON.raw_decode(text, at)
        at = _expect(text, _skip(text, at), ":")
        if key == "data" and text[at] == "[":
            value: object
            value, at = _elements(text, at)
        else:
            value, at = _JSON.raw_decode(text, at)
        yield str(key), value
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    if _skip(text, at + 1) != len(text):
        raise ValueError("something follows the object")


def _elements(text: str, at: int) -> tuple[_Elements, int]:
    found: list[Element] = []
    at = _expect(text, at, "[")
    while text[at] != "]":
        value, end = _JSON.raw_decode(text, at)
        found.append(Element(_LINE_BREAK.sub("", text[at:end]).encode(), value))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return _Elements(found), at + 1


def _expect(text: str, at: int, character: str) -> int:
    if text[at] != character:
        raise ValueError(f"expected {character}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
