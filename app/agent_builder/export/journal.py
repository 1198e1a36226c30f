"""Append-only files that survive a kill at any byte.

A `PageLog` holds the pages of one list call: what stands in it was received, is never asked for again, and a
page that was being written when the process died is cut off at the next start. Must not know what the lines
mean.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

_LINE = b"+"
_END_OF_PAGE = b"#"


class PageLog:
    """Lines as received, in pages, each page closed by a record of how to go on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cut_off_unfinished_page()

    def append(self, lines: Iterable[bytes], record: Mapping[str, object]) -> int:
        """Add one page, all or nothing; return the offset of its first line."""
        page = b"".join(_LINE + line + b"\n" for line in lines) + _END_OF_PAGE + json_line(record) + b"\n"
        return _append(self.path, page)

    @staticmethod
    def size_of(line: bytes) -> int:
        """How far the offset of the next line is from that of this one."""
        return len(_LINE) + len(line) + 1

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Every received line with its offset, in order."""
        return ((at, line[1:-1]) for at, line in _lines(self.path) if line.startswith(_LINE))

    def records(self) -> Iterator[dict[str, Any]]:
        """The record of every page, in order."""
        return (json.loads(line[1:]) for _, line in _lines(self.path) if line.startswith(_END_OF_PAGE))

    def line_at(self, offset: int) -> bytes:
        """The received line that starts at `offset`."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.readline()[1:-1]

    def remove(self) -> None:
        """Delete the log; nothing happens if there is none."""
        self.path.unlink(missing_ok=True)

    def _cut_off_unfinished_page(self) -> None:
        end = 0
        for at, line in _lines(self.path):
            if line.startswith(_END_OF_PAGE) and line.endswith(b"\n"):
                end = at + len(line)
        _truncate(self.path, end)


class RecordLog:
    """One JSON object a line, found again by offset."""

    def __init__(self, path: Path) -> None:
        self.path = path
        end = 0
        for at, line in _lines(path):
            if line.endswith(b"\n"):
                end = at + len(line)
        _truncate(path, end)

    def append(self, record: Mapping[str, object]) -> int:
        """Add a record; return its offset."""
        return _append(self.path, json_line(record) + b"\n")

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every record with its offset, in order of writing."""
        return ((at, json.loads(line)) for at, line in _lines(self.path))

    def at(self, offset: int) -> dict[str, Any]:
        """The record that starts at `offset`."""
        with self.path.open("rb") as file:
            file.seek(offset)
            found: dict[str, Any] = json.loads(file.readline())
        return found


def write_whole(path: Path, content: bytes) -> None:
    """Replace a small file in one step: a reader sees the old content or the new."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _append(path: Path, content: bytes) -> int:
    start = path.stat().st_size if path.exists() else 0
    try:
        with path.open("ab") as file:
            file.write(content)
    except OSError:
        # A full disk leaves half a line, and the next append of another thread would end up behind it.
        _truncate(path, start)
        raise
    return start


def json_line(value: Mapping[str, object]) -> bytes:
    """Write an object on one line, as every file of ours has it."""
    return json.dumps(value).encode()


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    if not path.exists():
        return
    at = 0
    with path.open("rb") as file:
        for line in file:
            yield at, line
            at += len(line)


def _truncate(path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size != size:
        os.truncate(path, size)
