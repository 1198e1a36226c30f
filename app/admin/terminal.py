"""Stored text on a terminal: harmless, and no wider than it should be.

What is stored was written by users and models. No control character of theirs, escape sequences and changes
of direction included, reaches the terminal.
"""

import unicodedata
from collections.abc import Iterable, Iterator

_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Return `text` with line breaks kept, tabs as spaces, and every other control character as "�"."""
    text = text.replace("\r\n", "\n").expandtabs(4)
    return "".join(character if _is_printable(character) else "�" for character in text)


def one_line(text: str, width: int) -> str:
    """Return `text` on one line of at most `width` columns, cut with "…"."""
    return _cut(" ".join(printable(text).split()), width)


def one_line_of(parts: Iterable[str | None], width: int) -> str:
    """Return what there is of `parts`, set apart from each other, on one line of at most `width` columns."""
    return _cut("  ".join(one_line(part, width) for part in parts if part), width)


def paragraphs(text: str, width: int, indent: int) -> str:
    """Return all of `text`, indented and wrapped, so that it cannot be mistaken for what we print."""
    margin = " " * indent
    lines = (part for line in printable(text).split("\n") for part in _wrapped(line, width - indent))
    return "\n".join(f"{margin}{line}".rstrip() for line in lines)


def columns(text: str) -> int:
    """Return how many columns `text` takes on a terminal."""
    return sum(_columns(character) for character in text)


def _wrapped(line: str, width: int) -> Iterator[str]:
    start = end = 0
    while start < len(line):
        used = 0
        while end < len(line) and (used := used + _columns(line[end])) <= width:
            end += 1
        if end < len(line):
            space = line.rfind(" ", start, end + 1)
            if line[start : max(space, start)].strip():
                end = space
        yield line[start:end]
        while end < len(line) and line[end] == " ":
            end += 1
        start = end
    if not line:
        yield ""


def _cut(line: str, width: int) -> str:
    if columns(line) <= width:
        return line
    kept, used = [], 1
    for character in line:
        used += columns(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "…"


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_printable(character: str) -> bool:
    if character == "\n":
        return True
    return unicodedata.category(character) not in _UNPRINTABLE and character not in _DIRECTION_MARKS
