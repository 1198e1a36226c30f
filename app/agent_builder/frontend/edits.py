"""Changes of a text, and the unified diff that makes them: for `patch -p1` and `git apply`.

Made from the changes themselves, not by comparing texts: as long as the text is, whatever it is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

CONTEXT = 3
STEERING = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
"""Characters that would steer the terminal on which a diff is printed."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` in the place of what stands from `start` to before `end`; nothing, for an insertion."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines `first` to before `end` of the old text, and the lines that come in their place."""

    first: int
    end: int
    lines: list[str]


def changed(text: str, edits: Iterable[Edit]) -> str:
    """Return the text after the changes, which must not overlap."""
    parts, at = [], 0
    for edit in _in_order(edits):
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def diff(name: str, text: str, edits: Iterable[Edit]) -> str:
    """Return the change of a file as a unified diff, with names for `-p1`."""
    old = _lines(text)
    changes = list(_changes(text, old, edits))
    header = f"--- {_named('a', name)}\n+++ {_named('b', name)}\n"
    return header + "".join(_hunks(old, changes))


def new_file(name: str, text: str) -> str:
    """Return a diff that makes a file."""
    lines = _lines(text)
    header = f"--- /dev/null\n+++ {_named('b', name)}\n@@ -0,0 +1,{len(lines)} @@\n"
    return header + "".join(_printed("+", line) for line in lines)


def _in_order(edits: Iterable[Edit]) -> list[Edit]:
    return sorted(edits, key=lambda edit: (edit.start, edit.end))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _changes(text: str, old: list[str], edits: Iterable[Edit]) -> Iterator[_Change]:
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    grouped: list[tuple[int, int, list[Edit]]] = []
    for edit in _in_order(edits):
        first = text.count("\n", 0, edit.start)
        end = first + text.count("\n", edit.start, edit.end) + 1
        if grouped and first < grouped[-1][1]:
            first, before, same = grouped.pop()
            grouped.append((first, max(before, end), [*same, edit]))
        else:
            grouped.append((first, end, [edit]))
    for first, end, same in grouped:
        end = min(end, len(old))
        start, stop = starts[first], starts[end]
        moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in same]
        yield _trimmed(_Change(first, end, _lines(changed(text[start:stop], moved))), old)


def _trimmed(change: _Change, old: list[str]) -> _Change:
    """Leave out of a change the lines at its ends that stay as they are."""
    first, end, lines = change.first, change.end, list(change.lines)
    while first < end and lines and old[first] == lines[0]:
        first, lines = first + 1, lines[1:]
    while first < end and lines and old[end - 1] == lines[-1]:
        end, lines = end - 1, lines[:-1]
    return _Change(first, end, lines)


def _hunks(old: list[str], changes: list[_Change]) -> Iterator[str]:
    number, grown = 0, 0
    numbers = []
    for before, change in zip([None, *changes], changes, strict=False):
        if before is not None and change.first - before.end > 2 * CONTEXT:
            number += 1
        numbers.append(number)
    for _, group in groupby(zip(numbers, changes, strict=True), key=lambda pair: pair[0]):
        together = [change for _, change in group]
        first = max(0, together[0].first - CONTEXT)
        end = min(len(old), together[-1].end + CONTEXT)
        growth = sum(len(change.lines) - (change.end - change.first) for change in together)
        sizes = end - first, end - first + growth
        at_old, at_new = first + (sizes[0] > 0), first + grown + (sizes[1] > 0)
        yield f"@@ -{at_old},{sizes[0]} +{at_new},{sizes[1]} @@\n"
        grown += growth
        at = first
        for change in together:
            yield from (_printed(" ", line) for line in old[at : change.first])
            yield from (_printed("-", line) for line in old[change.first : change.end])
            yield from (_printed("+", line) for line in change.lines)
            at = change.end
        yield from (_printed(" ", line) for line in old[at:end])


def _printed(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _named(side: str, name: str) -> str:
    """Return a file's name as both programs read it."""
    full = f"{side}/{name}"
    if re.search(r'[\x00-\x1f\x7f"\\]', full):
        escaped = full.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\{ord(found[0]):03o}", escaped) + '"'
    return f"{full}\t" if " " in full else full
