"""Which files are read: those that are named, and those of a folder that could hold a page or a back-end.

Only as many and as large as people write; what is generated, installed or linked is passed by.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.agent_builder.frontend.findings import Finding

SCRIPTS = frozenset((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"))
PAGES = frozenset((".html", ".htm", ".vue", ".svelte", ".astro"))
PYTHON = frozenset((".py",))
KINDS = SCRIPTS | PAGES | PYTHON
PASSED_BY = frozenset(
    (
        "node_modules",
        "bower_components",
        "dist",
        "build",
        "out",
        "coverage",
        "vendor",
        "venv",
        "__pycache__",
        "site-packages",
        "target",
        "storybook-static",
    )
)
LARGEST = 500_000
"""Bytes of a file that somebody writes."""
LARGEST_SEARCHED = 20_000_000
MOST_FILES = 20_000
LONGEST_LINE = 1_000
"""Of a place that is changed; longer ones come from builds."""

MARKS = (b"getClientSecret", b"chatkit", b"sk-")
"""Nothing is changed or said of a file without any of these."""


@dataclass
class Files:
    """What was found to read: texts by path, and what could not be read."""

    texts: dict[Path, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    seen: int = 0


class Missing(Exception):
    """A path that was named is not there, or is nothing that is read; the message is a sentence."""


def read(paths: list[Path]) -> Files:
    """Read what is named; raise `Missing` where there is nothing of that name."""
    files = Files()
    for path in paths:
        if path.is_dir():
            for found in _below(path, files):
                _read(found, files, is_named=False)
        elif not path.exists():
            raise Missing(f"{path} is not there.")
        elif path.suffix.lower() not in KINDS:
            raise Missing(f"{path} is none of {', '.join(sorted(KINDS))}.")
        else:
            _read(path, files, is_named=True)
    return files


def _below(folder: Path, files: Files) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in PASSED_BY and not name.startswith("."))
        for name in sorted(names):
            path = Path(place) / name
            if path.suffix.lower() not in KINDS or name.endswith((".min.js", ".d.ts")) or path.is_symlink():
                continue
            files.seen += 1
            if files.seen > MOST_FILES:
                what = f"There are more than {MOST_FILES:,} files; the rest was not read."
                files.findings.append(Finding("too-large", what, "Name the folder of the page.", str(folder)))
                return
            yield path


def _read(path: Path, files: Files, *, is_named: bool) -> None:
    try:
        if not path.is_file():
            raise OSError(0, "it is no file")
        size = path.stat().st_size
        with path.open("rb") as file:
            data = file.read(LARGEST_SEARCHED)
    except OSError as error:
        what = f"It cannot be read: {error.strerror}."
        files.findings.append(Finding("unreadable", what, "Make it readable, or leave it out.", str(path)))
        return
    is_meant = is_named or b"getClientSecret" in data
    if not any(mark in data for mark in MARKS):
        return
    if size > LARGEST:
        if is_meant:
            what = f"It has {size:,} bytes, more than {LARGEST:,}."
            files.findings.append(
                Finding("too-large", what, "Name the source that it is built from.", str(path))
            )
        return
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" not in text:
        files.texts.setdefault(path, text)
    elif is_meant:
        do = "Save it as UTF-8, or leave it out."
        files.findings.append(Finding("unreadable", "It is no text in UTF-8.", do, str(path)))
