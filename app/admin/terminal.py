"""Stored text on a terminal: harmless, and no wider than it should be.

What is stored was written by users and models. No control character of theirs, escape sequences and changes
of direction included, reaches the terminal.
"""

import textwrap
import unicodedata

_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str) -> str:
    """Return `text` with line breaks kept, tabs as spaces, and every other control character as "�"."""
    text = text.replace("\r\n", "\n").expandtabs(4)
    return "".join(character if _is_printable(character) else "�" for character in text)


def one_line(text: str, width: int) -> str:
    """Return `text` on one line of at most `width` columns, cut with "…"."""
    line = " ".join(printable(text).split())
    if columns(line) <= width:
        return line
    cut, used = [], 1
    for character in line:
        used += columns(character)
        if used > width:
            break
        cut.append(character)
    return "".join(cut).rstrip() + "…"


def paragraphs(text: str, width: int, indent: int) -> str:
    """Return all of `text`, indented and wrapped, so that it cannot be mistaken for what we print."""
    margin = " " * indent
    lines: list[str] = []
    for line in printable(text).splitlines():
        lines += textwrap.wrap(line, width - indent, replace_whitespace=False, drop_whitespace=False) or [""]
    return "\n".join(f"{margin}{line}".rstrip() for line in lines)


def columns(text: str) -> int:
    """Return how many columns `text` takes on a terminal."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _is_printable(character: str) -> bool:
    if character == "\n":
        return True
    return unicodedata.category(character) not in _UNPRINTABLE and character not in _DIRECTION_MARKS
