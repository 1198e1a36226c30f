#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["openai>=2.2"]
# ///
# ruff: noqa
# fmt: off
"""Save every thread of a hosted ChatKit (OpenAI Agent Builder) before it is gone. This file is all you need:

    export OPENAI_API_KEY=...        a key of the project whose threads you want
    uv run export.py                 or: pipx run export.py
                                     or: pip install openai, then: python export.py

Sends only GET requests, changes nothing at OpenAI; run again, it goes on where it was. The result is the
folder chatkit-archive; `uv run export.py --help` lists the options. Part of chatkit-server, MIT license.

Assembled by tools/standalone.py from app/agent_builder: edit it there.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    sys.exit("export.py needs Python 3.11 or newer; `uv run export.py` brings it along.")

import argparse
import asyncio
import contextlib
import dataclasses
import email.utils
import errno
import hashlib
import http.client
import itertools
import json
import math
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, TYPE_CHECKING, TextIO, TypeVar
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    import openai


# --- app/agent_builder/archive/layout.py
#
# Where things stand in an archive, and which version of the format this is.
#
# `docs/archive.md` says the same in words. A change here that an older reader cannot follow raises `VERSION`.


FORMAT = "chatkit-archive"
VERSION = 1

MANIFEST = "manifest.json"
THREADS = "threads.jsonl"
ATTACHMENTS = "attachments.jsonl"
FAILURES = "failures.jsonl"
ITEMS_DIRECTORY = "items"
BLOBS_DIRECTORY = "attachments"
EARLIER_DIRECTORY = "earlier"
WORK_DIRECTORY = ".export"

FILES_BEGIN = b'"files": [\n'
"""Behind this in the manifest each file stands on a line of its own, so that it can be read line by line."""

_PLAIN_ID = re.compile(r"[a-z0-9_-]{1,100}")
_LISTED_PATH = re.compile(
    rf"({THREADS}|{ATTACHMENTS}|{FAILURES}"
    rf"|{ITEMS_DIRECTORY}/[A-Za-z0-9_~-]{{1,128}}\.jsonl"
    rf"|{EARLIER_DIRECTORY}/[A-Za-z0-9_~-]{{1,128}}\.[0-9a-f]{{12}}\.jsonl"
    rf"|{BLOBS_DIRECTORY}/[0-9a-f]{{64}})"
)


def file_stem(thread_id: str) -> str:
    """Name the files of a thread: its id, or a readable form and a hash where the id is no safe file name.

    Upper case counts as unsafe, because two ids that differ only in case are one file on many machines.
    """
    if _PLAIN_ID.fullmatch(thread_id):
        return thread_id
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", thread_id)[:80]
    return f"{readable}~{hashlib.sha256(thread_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def items_path(thread_id: str) -> str:
    """Path of a thread's items, relative to the archive."""
    return f"{ITEMS_DIRECTORY}/{file_stem(thread_id)}.jsonl"


def earlier_path(thread_id: str, sha256: str) -> str:
    """Path at which a superseded version of a thread's items is kept."""
    return f"{EARLIER_DIRECTORY}/{file_stem(thread_id)}.{sha256[:12]}.jsonl"


def blob_path(sha256: str) -> str:
    """Path of the bytes of an attachment."""
    return f"{BLOBS_DIRECTORY}/{sha256}"


def is_listed_path(path: str) -> bool:
    """Say whether a manifest may name this path; anything else could point outside the archive."""
    return _LISTED_PATH.fullmatch(path) is not None


# --- app/agent_builder/archive/reader.py
#
# Read an archive that `export` wrote, on this machine or another, this year or later.
#
# Trusts nothing in it: a path the manifest names is used only if the format has such paths. Must not write.


class ArchiveProblem(Exception):
    """The directory holds no archive that this release can read; the message is one sentence."""


NoteProblem = Callable[[int, str], None]
"""Told of a line of the manifest that cannot be used, by its number, and why."""


class Archive:
    """A finished archive. Lines are handed out as bytes, because they are kept as they were received.

    Holds a number per file in memory, not the manifest: there may be a file for each of very many threads.
    """

    def __init__(self, root: Path, note_problem: NoteProblem | None = None) -> None:
        """With `note_problem` a file that is listed wrongly is passed over; without, it is the end."""
        self.root = root
        self.manifest, self._offsets = _read_manifest(root / MANIFEST, note_problem)
        self._spans: dict[str, tuple[int, int]] | None = None

    @classmethod
    def open(cls, root: Path) -> "Archive | None":
        """The archive in a directory, or None where there is none; `ArchiveProblem` if it is broken."""
        return cls(root) if (root / MANIFEST).exists() else None

    def entry(self, path: str) -> dict[str, Any] | None:
        """What the manifest says of a file."""
        offset = self._offsets.get(path)
        if offset is None:
            return None
        with (self.root / MANIFEST).open("rb") as file:
            file.seek(offset)
            return _entry(file.readline())

    def items_entry(self, thread_id: str) -> dict[str, Any] | None:
        """What the manifest says of a thread's items."""
        return self.entry(items_path(thread_id))

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every file of the archive but the manifest."""
        with (self.root / MANIFEST).open("rb") as file:
            for offset in self._offsets.values():
                file.seek(offset)
                if entry := _entry(file.readline()):
                    yield entry

    def threads(self) -> Iterator[bytes]:
        """The thread objects."""
        return self._lines(THREADS)

    def items(self, thread_id: str) -> Iterator[bytes]:
        """The items of one thread, in the API's ascending order; nothing if none were saved."""
        return self._lines(items_path(thread_id))

    def attachments(self) -> Iterator[bytes]:
        """What became of each attachment, in the order of threads and items."""
        return self._lines(ATTACHMENTS)

    def attachments_of(self, thread_id: str) -> list[dict[str, Any]]:
        """What became of each attachment of one thread."""
        spans = self._attachment_spans()
        if thread_id not in spans:
            return []
        start, end = spans[thread_id]
        with self._open(ATTACHMENTS) as file:
            file.seek(start)
            return [json.loads(line) for line in file.read(end - start).splitlines()]

    def failures(self) -> Iterator[bytes]:
        """What could not be saved, and why."""
        return self._lines(FAILURES)

    def damages(self) -> Iterator[str]:
        """Compare every file with the manifest; one sentence for each that is missing or altered."""
        for entry in self.entries():
            if damage := self.damage(entry["path"]):
                yield damage

    def damage(self, path: str) -> str | None:
        """Compare one file with the manifest; None if it is what was saved."""
        entry = self.entry(path)
        if entry is None:
            return f"{path} is not listed"
        try:
            with self._open(path) as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return f"{path} is missing"
        return None if found == entry["sha256"] else f"{path} is not what was saved: its SHA-256 is {found}"

    def read(self, path: str) -> bytes:
        """The content of a file, whatever it is; raises `OSError`, or `ArchiveProblem` for what is none."""
        if not is_listed_path(path):
            raise ArchiveProblem(f"{path!r} is no path of an archive.")
        with self._open(path) as file:
            return file.read()

    def _attachment_spans(self) -> dict[str, tuple[int, int]]:
        if self._spans is None:
            self._spans = {}
            at = 0
            for line in self._lines(ATTACHMENTS):
                thread_id, end = str(json.loads(line)["thread_id"]), at + len(line) + 1
                self._spans[thread_id] = (self._spans.get(thread_id, (at, at))[0], end)
                at = end
        return self._spans

    def _lines(self, path: str) -> Iterator[bytes]:
        # Only "\n" ends a line: JSON text may hold other characters that split lines elsewhere.
        if path not in self._offsets:
            return
        with self._open(path) as file:
            for line in file:
                yield line.removesuffix(b"\n")

    def _open(self, path: str) -> BufferedReader:
        if any(part.is_symlink() for part in (self.root / path, (self.root / path).parent)):
            raise ArchiveProblem(f"{self.root / path} is a link; an archive holds only files.")
        return (self.root / path).open("rb")


def manifest_sha256(root: Path) -> str:
    """The hash of a manifest, which holds those of all files; `ArchiveProblem` where there is none."""
    try:
        with (root / MANIFEST).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise ArchiveProblem(f"{root} holds no archive: it has no {MANIFEST}.") from None


def _read_manifest(path: Path, note_problem: NoteProblem | None) -> tuple[dict[str, Any], dict[str, int]]:
    """The manifest without its list of files, and the offset of each file's line in it."""
    header, offsets, at = b"", dict[str, int](), 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                in_list = header.endswith(FILES_BEGIN)
                try:
                    entry = _entry(line) if in_list else None
                except (ValueError, RecursionError) as error:
                    if note_problem is None:
                        raise
                    note_problem(number, str(error))
                else:
                    if entry:
                        offsets[entry["path"]] = at
                    else:
                        header += line
                at += len(line)
        manifest = json.loads(header)
    except (OSError, ValueError, RecursionError) as error:
        raise ArchiveProblem(f"{path} cannot be read: {error}.") from None
    return _checked(path, manifest), offsets


def _entry(line: bytes) -> dict[str, Any] | None:
    """The file that a line of the manifest describes; None for any other line. Raises `ValueError`."""
    text = line.strip().removesuffix(b",")
    if not text.startswith(b"{"):
        return None
    entry = json.loads(text)
    if not (isinstance(entry.get("bytes"), int) and isinstance(entry.get("sha256"), str)):
        raise ValueError("a file is listed without its size or hash")
    if not isinstance(entry.get("path"), str) or not is_listed_path(entry["path"]):
        raise ValueError(f"it names {entry.get('path')!r}, which no archive contains")
    return dict(entry)


def _checked(path: Path, manifest: Any) -> dict[str, Any]:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveProblem(f"{path} is not the manifest of a {FORMAT}.")
    version = manifest.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ArchiveProblem(
            f"{path.parent} is an archive of version {version}; this release reads up to {VERSION}. "
            "Use a newer one."
        )
    if manifest.get("files") != [] or not isinstance(manifest.get("runs"), list) or not manifest["runs"]:
        raise ArchiveProblem(f"{path} is not laid out as `export` writes it.")
    return manifest


# --- app/agent_builder/export/stopping.py
#
# The ways in which an export can fail for good.
#
# ExportStopped   nothing more can be saved now: the whole export ends, with one sentence and an exit code
# DiskFailed      the same, found while a download was being written
# Refused         this one thread or attachment cannot be had: it is recorded and the rest goes on


EXIT_COMPLETE = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class ExportStopped(Exception):
    """Ends the export; the message is one sentence for the person who runs it."""

    def __init__(self, sentence: str, exit_code: int = EXIT_FINDINGS) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class Refused(Exception):
    """A permanent refusal of one request.

    `reason` is recorded, so it holds no secret and is the same on every attempt; `said` is the API's own
    sentence, to be shown but not recorded.
    """

    def __init__(self, reason: str, *, status: int | None = None, said: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.said = said


class DiskFailed(Exception):
    """Writing failed while a download was under way; `cause` tells why."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


# --- app/agent_builder/export/clock.py
#
# Time, as far as an export depends on it: tests hand in another one.


SHUTDOWN = date(2026, 11, 30)


@dataclass(frozen=True)
class Clock:
    """Now, in UTC; seconds that only grow; and waiting."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


def timestamp(moment: datetime) -> str:
    """Write a moment as archives and messages do: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- app/agent_builder/export/pages.py
#
# Cut a page of the hosted API into its elements without changing a character of them.
#
# Parsing and writing JSON again would lose key order, number spelling and duplicate keys; here each element is
# the slice of the body that it came in. Must not know what the elements mean.


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


# --- app/agent_builder/export/journal.py
#
# Append-only files that survive a kill at any byte.
#
# A `PageLog` holds the pages of one list call: what stands in it was received, is never asked for again, and a
# page that was being written when the process died is cut off at the next start. Must not know what the lines
# mean.


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


# --- app/agent_builder/export/workspace.py
#
# The unfinished export beside the archive: everything a killed run leaves for the next one.
#
# The archive itself is not touched until `finish` swaps the new files in, so at every moment the directory
# holds a whole archive, or none yet. Owns paths, resuming and the lock; must not know the API.


@dataclass(frozen=True)
class Scope:
    """What one run asks for; a resumed run must ask for the same."""

    users: list[str] = field(default_factory=list)
    since: str | None = None
    delta: bool = False

    def words(self) -> str:
        """Name the scope as its command line options."""
        parts = [f"--user {user}" for user in self.users]
        parts += [f"--since {self.since}"] if self.since else []
        parts += ["--delta"] if self.delta else []
        return " ".join(parts) or "no --user, --since or --delta"


class Workspace:
    """One run in progress: which threads were listed, which are done, and what they left."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.work = root / WORK_DIRECTORY
        self._run_file = self.work / "run.json"
        self.committing = self.work / "commit"

    @property
    def unfinished(self) -> bool:
        """Whether an earlier run was interrupted here."""
        return self._run_file.exists()

    def begin(self, scope: Scope, base_url: str, started_at: str) -> None:
        """Start a run, or go on with the interrupted one; `ExportStopped` if that had another scope."""
        for directory in (self.work / "items", self.work / "staged", self.work / "blobs"):
            directory.mkdir(parents=True, exist_ok=True)
        self.listing = PageLog(self.work / "threads.log")
        if not self.unfinished or next(self.listing.records(), None) is None:
            self._keep(
                {"scope": asdict(scope), "base_url": base_url, "started_at": started_at, "project": None}
            )
        run = self.run
        if run["scope"] != asdict(scope) or run["base_url"] != base_url:
            raise ExportStopped(
                f"{self.root} holds an unfinished export of {run['base_url']} with "
                f"{Scope(**run['scope']).words()}. Finish it with that command, or choose another --out.",
                EXIT_USAGE,
            )
        self.done = RecordLog(self.work / "done.log")
        self.listed: dict[str, int] = {}
        self.finished: dict[str, int] = {}
        for offset, line in self.listing.lines():
            if thread_id := line_id(line):
                self.listed.setdefault(thread_id, offset)
        for offset, record in self.done.records():
            if self._is_intact(record):
                self.finished[str(record["thread_id"])] = offset

    @property
    def run(self) -> dict[str, Any]:
        """Scope, API, start and project of this run."""
        found: dict[str, Any] = json.loads(self._run_file.read_bytes())
        return found

    def keep_project(self, project: str | None) -> None:
        """Remember which project answered, and refuse to mix two in one archive."""
        run = self.run
        if project and run["project"] and run["project"] != project:
            raise other_project(self.root, run["project"], project)
        if project and not run["project"]:
            self._keep({**run, "project": project})

    @property
    def users(self) -> list[str | None]:
        """Whose threads are listed, one list after the other; None means everybody's."""
        return self.run["scope"]["users"] or [None]

    def last_page(self, user: str | None) -> dict[str, Any] | None:
        """The newest page of the thread list, of one user or of all."""
        found = None
        for page in self.listing.records():
            found = page if page["user"] == user else found
        return found

    @property
    def listing_complete(self) -> bool:
        """Whether the list of threads was read to its end."""
        pages = [self.last_page(user) for user in self.users]
        return all(page is not None and page["last"] for page in pages)

    def unsaved(self) -> list[str]:
        """Threads that were listed and are not done."""
        return [thread_id for thread_id in self.listed if thread_id not in self.finished]

    def item_log(self, thread_id: str) -> PageLog:
        """The pages of a thread that is being read."""
        return PageLog(self.work / "items" / f"{file_stem(thread_id)}.log")

    def staged_items(self, thread_id: str) -> Path:
        """Where the items of a thread wait for the end of the run."""
        return self.work / "staged" / f"{file_stem(thread_id)}.jsonl"

    def staged_blob(self, sha256: str) -> Path:
        """Where the bytes of an attachment wait for the end of the run."""
        return self.work / "blobs" / sha256

    def finish_thread(self, record: dict[str, Any]) -> None:
        """Write down that a thread needs no further request."""
        self.finished[record["thread_id"]] = self.done.append(record)

    def record(self, thread_id: str) -> dict[str, Any] | None:
        """What became of a thread in this run, or None if it is not done."""
        offset = self.finished.get(thread_id)
        return None if offset is None else self.done.at(offset)

    def remove(self) -> None:
        """Forget the run; the archive is complete."""
        # The commit mark goes last: while it stands, a new start finishes the swap instead of reading again.
        for path in sorted(self.work.iterdir()):
            if path != self.committing:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.committing.unlink(missing_ok=True)
        self.work.rmdir()

    def _keep(self, run: dict[str, Any]) -> None:
        write_whole(self._run_file, json.dumps(run).encode())

    def _is_intact(self, record: dict[str, Any]) -> bool:
        # After a power cut a file may be shorter than the log believes; such a thread is read again.
        files = [(self.staged_items(record["thread_id"]), record["file"])] if record["staged"] else []
        kinds = [attachment[kind] for attachment in record["attachments"] for kind in ("preview", "file")]
        blobs = [blob for blob in kinds if blob and not (self.root / blob_path(blob["sha256"])).exists()]
        files += [(self.staged_blob(blob["sha256"]), blob) for blob in blobs]
        return all(path.exists() and path.stat().st_size == file["bytes"] for path, file in files)


def other_project(root: Path, kept: str, found: str) -> ExportStopped:
    """The refusal to mix two projects in one archive."""
    return ExportStopped(
        f"{root} holds threads of project {kept}, but this key reads project {found}. Choose another --out.",
        EXIT_USAGE,
    )


@contextlib.contextmanager
def opened(root: Path) -> Iterator[Workspace]:
    """Lock a directory for one export; raise `ExportStopped` if it is in use or holds something else."""
    workspace = Workspace(root)
    if root.exists() and not root.is_dir():
        raise ExportStopped(f"{root} is a file. Choose another --out.", EXIT_USAGE)
    if root.exists() and _is_foreign(workspace):
        raise ExportStopped(f"{root} is not empty and is not an archive. Choose another --out.", EXIT_USAGE)
    # Conversations are nobody else's business: only the owner of the directory may look inside.
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _open_lock(root)
    try:
        _lock(lock)
    except OSError:
        os.close(lock)
        raise ExportStopped(f"Another export is writing to {root}.", EXIT_USAGE) from None
    try:
        yield workspace
    finally:
        os.close(lock)


def _is_foreign(workspace: Workspace) -> bool:
    names = {path.name for path in workspace.root.iterdir()}
    is_ours = bool(names & {MANIFEST, WORK_DIRECTORY})
    # Hidden files are of the desktop's making, and a lock may be all that a killed first run left.
    return not is_ours and not all(name.startswith(".") for name in names)


def sync_to_disk() -> None:
    """Have everything written so far survive a power cut."""
    if hasattr(os, "sync"):
        os.sync()


_LOCK_FILE = ".export.lock"

if sys.platform == "win32":
    import msvcrt

    def _open_lock(root: Path) -> int:
        return os.open(root / _LOCK_FILE, os.O_RDWR | os.O_CREAT)

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _open_lock(root: Path) -> int:
        return os.open(root, os.O_RDONLY)

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


# --- app/agent_builder/export/patience.py
#
# Wait out what passes: rate limits, server errors, dropped connections.
#
# Every request goes through one `Patience`, so that no more than the allowed number are under way and a rate
# limit holds all of them back, not just the one that met it. Must not decide what a permanent refusal means.


ATTEMPTS = 8
ATTEMPTS_AT_START = 4
LONGEST_BACKOFF = 30.0
LONGEST_OUTAGE = 1800.0
NOTABLE_SILENCE = 3.0
LONGEST_OBEYED_WAIT = 3600.0
RATE_LIMITS_IN_A_ROW = 50

T = TypeVar("T")


class Passing(Exception):
    """A failure that may pass. `limited` means the server asked for fewer requests."""

    def __init__(self, reason: str, *, retry_after: float | None = None, limited: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.limited = limited


class Patience:
    """Sends requests, at most `concurrency` at once, and repeats what fails in passing."""

    def __init__(
        self,
        concurrency: int,
        clock: Clock,
        on_wait: Callable[[float, str], None] = lambda _seconds, _why: None,
    ) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._on_wait = on_wait
        self._closed_until = 0.0
        self._last_success: float | None = None
        self.probe: Callable[[], Awaitable[object]] | None = None
        """A request that works whenever the API does; tells a broken thread from a broken API."""

    async def send(self, request: Callable[[], Awaitable[T]], attempts: int | None = None) -> T:
        """Send until it succeeds; raise `Refused` if only this request keeps failing, else `ExportStopped`.

        With `attempts` the request is one that can be done without: after that many failures it is refused.
        """
        failures = limits = alive = 0
        while True:
            await self._until_open()
            try:
                return await self._send_once(request)
            except Passing as passing:
                limits += passing.limited
                failures += not passing.limited
                if attempts is not None and failures >= attempts:
                    raise Refused(f"still failing after {attempts} attempts: {passing.reason}") from None
                if limits >= RATE_LIMITS_IN_A_ROW:
                    raise _keeps_limiting(passing) from None
                if failures >= (ATTEMPTS_AT_START if self._last_success is None else ATTEMPTS):
                    alive += await self._api_is_alive(passing)
                if alive > 1:
                    raise Refused(f"still failing after {ATTEMPTS} attempts: {passing.reason}") from None
                await self._wait(passing, failures + limits)

    async def _send_once(self, request: Callable[[], Awaitable[T]]) -> T:
        async with self._slots:
            answer = await request()
        self._last_success = self._clock.monotonic()
        return answer

    async def _until_open(self) -> None:
        while (left := self._closed_until - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)

    async def _wait(self, passing: Passing, attempt: int) -> None:
        asked = passing.retry_after
        if asked is not None and asked > LONGEST_OBEYED_WAIT:
            raise ExportStopped(
                f"The API asks to wait {round(asked / 60)} minutes. Everything saved so far is kept: "
                "run the same command again after that."
            )
        seconds = asked if asked is not None else min(LONGEST_BACKOFF, 0.5 * 2.0 ** min(attempt, 10))
        if passing.limited or asked is not None:
            self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)
        if self._concerns_everything(passing):
            self._on_wait(seconds, passing.reason)
        await self._clock.sleep(seconds)

    def _concerns_everything(self, passing: Passing) -> bool:
        """Whether the person who waits should know: one request that is repeated is not worth a word."""
        silent = self._last_success is None or self._clock.monotonic() - self._last_success > NOTABLE_SILENCE
        return silent or passing.limited or passing.retry_after is not None

    async def _api_is_alive(self, passing: Passing) -> bool:
        silent_since = self._last_success
        if silent_since is None or self.probe is None:
            raise _does_not_answer(passing)
        try:
            await self._send_once(self.probe)
        except Passing:
            if self._clock.monotonic() - silent_since > LONGEST_OUTAGE:
                raise _does_not_answer(passing) from None
            return False
        return True


def _does_not_answer(passing: Passing) -> ExportStopped:
    return ExportStopped(
        f"The API does not answer ({passing.reason}). Everything saved so far is kept: run the same command "
        "again to go on."
    )


def _keeps_limiting(passing: Passing) -> ExportStopped:
    return ExportStopped(
        f"The API keeps limiting the rate ({passing.reason}). Everything saved so far is kept: run the same "
        "command again later, with a lower --concurrency."
    )


# --- app/agent_builder/export/api.py
#
# The hosted API as an export needs it: four reads, each a GET through the vendor's own client.
#
# Every failure leaves here as `Passing`, `Refused` or `ExportStopped`. The key is sent to the API's own origin
# only.


PAGE_SIZE = 100
REQUEST_TIMEOUT = 60.0
FILE_TIMEOUT = 1800.0
FILE_ATTEMPTS = 3
PASSING_STATUSES = (408, 409, 429)

Receive = Callable[[bytes], None]


class HostedApi:
    """Reads threads, items and attachments; `project` is known after the first answer."""

    def __init__(self, client: openai.AsyncOpenAI, web: Any, patience: Patience, clock: Clock) -> None:
        self._client = client
        self._web = web
        self._patience = patience
        self._clock = clock
        self.project: str | None = client.project
        patience.probe = lambda: self._page(self._threads, order="asc", limit=1)

    @property
    def base_url(self) -> str:
        """Where the API is, without what an address may carry of secrets."""
        parts = urlsplit(str(self._client.base_url))
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))

    async def list_threads(self, user: str | None, after: str | None) -> Page:
        """One page of threads, oldest first; of one user, or of all."""
        query = _given(user=user, after=after)
        return await self._patience.send(
            lambda: self._page(self._threads, order="asc", limit=PAGE_SIZE, **query)
        )

    async def list_items(self, thread_id: str, after: str | None) -> Page:
        """One page of a thread's items, oldest first."""
        query = _given(after=after)
        return await self._patience.send(
            lambda: self._page(self._items, thread_id, order="asc", limit=PAGE_SIZE, **query)
        )

    async def read_file(self, file_id: str, receive: Receive, restart: Callable[[], None]) -> str | None:
        """Stream the content of a file of the Files API; return its media type."""

        async def attempt() -> str | None:
            restart()
            with self._failures_translated():
                files = self._client.files.with_streaming_response
                async with (
                    asyncio.timeout(FILE_TIMEOUT),
                    files.content(file_id, timeout=REQUEST_TIMEOUT) as answer,
                ):
                    return await _stream(answer.headers, answer.iter_bytes(), receive)

        return await self._patience.send(attempt, attempts=FILE_ATTEMPTS)

    async def read_url(self, url: str, receive: Receive, restart: Callable[[], None]) -> str | None:
        """Stream what a preview URL gives; return its media type."""
        if not _is_web_address(url):
            raise Refused("the preview address is not a web address")
        own = _origin(url) == _origin(self.base_url)
        headers = {"Authorization": f"Bearer {self._client.api_key}"} if own else {}

        async def attempt() -> str | None:
            restart()
            with self._failures_translated():
                async with (
                    asyncio.timeout(FILE_TIMEOUT),
                    self._web.stream("GET", url, headers=headers) as answer,
                ):
                    if answer.status_code >= 300:
                        # Another host's wish to be asked later must not hold the API's requests back.
                        raise self._from_status(answer.status_code, answer.headers, own=own)
                    return await _stream(answer.headers, answer.aiter_bytes(), receive)

        return await self._patience.send(attempt, attempts=FILE_ATTEMPTS)

    @property
    def _threads(self) -> Callable[..., Any]:
        return self._client.beta.chatkit.threads.with_raw_response.list

    @property
    def _items(self) -> Callable[..., Any]:
        return self._client.beta.chatkit.threads.with_raw_response.list_items

    async def _page(self, call: Callable[..., Awaitable[Any]], *path: str, **query: object) -> Page:
        try:
            with self._failures_translated():
                answer = await call(*path, timeout=REQUEST_TIMEOUT, **query)
                self.project = answer.headers.get("openai-project") or self.project
                return read_page(answer.http_response.content, answer.headers.get("x-request-id"))
        except Refused as refusal:
            if refusal.status == 401:
                raise self._key_refused(refusal) from None
            raise

    def _key_refused(self, refusal: Refused) -> ExportStopped:
        key = self._client.api_key
        # A restricted key is refused with the same status; then the API's sentence says what it lacks.
        said = f' It said: "{refusal.said}"' if refusal.said and key not in refusal.said else ""
        return ExportStopped(
            f"{self.base_url} refused the key ending in ...{key[-4:]} (401).{said} Set OPENAI_API_KEY to "
            "a key of the project whose threads you want, and run this command again.",
            EXIT_USAGE,
        )

    @contextlib.contextmanager
    def _failures_translated(self) -> Iterator[None]:
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._from_status(error.status_code, error.response.headers, error) from None
        except (openai.APIConnectionError, UnreadablePage) as error:
            raise Passing(_words(error)) from None
        except (Passing, Refused, ExportStopped, DiskFailed):
            raise
        except ValueError:
            raise Refused("its id or address cannot be asked for") from None
        except Exception as error:
            # The HTTP library under the client changed its name between releases: no one base for errors.
            raise Passing(f"connection lost ({type(error).__name__})") from None

    def _from_status(
        self, status: int, headers: Any, error: openai.APIStatusError | None = None, *, own: bool = True
    ) -> Exception:
        if status in PASSING_STATUSES or status >= 500:
            asked = retry_after(headers, self._clock) if own else None
            return Passing(str(status), retry_after=asked, limited=status == 429 and own)
        said = error.body.get("message") if error and isinstance(error.body, dict) else None
        reason = " ".join([str(status), http.client.responses.get(status, ""), (error and error.code) or ""])
        return Refused(reason.strip(), status=status, said=str(said)[:300] if said else None)


async def _stream(headers: Any, chunks: AsyncIterator[bytes], receive: Receive) -> str | None:
    async for chunk in chunks:
        receive(chunk)
    media_type = headers.get("content-type")
    return str(media_type) if media_type else None


def retry_after(headers: Any, clock: Clock) -> float | None:
    """Seconds the server asks to wait, from `retry-after-ms` or `Retry-After` in seconds or as a date."""
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        with contextlib.suppress(TypeError, ValueError):
            seconds = float(headers.get(name)) / divisor
            return max(0.0, seconds) if math.isfinite(seconds) else None
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after"))
        return max(0.0, (moment - clock.now()).total_seconds())
    return None


def _words(error: Exception) -> str:
    cause = error.__cause__
    return f"{error}".rstrip(".") + (f": {type(cause).__name__}" if cause else "")


def _given(**query: str | None) -> dict[str, str]:
    return {name: value for name, value in query.items() if value is not None}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


# --- app/agent_builder/export/paging.py
#
# Follow a list to its end, whatever the API does meanwhile.
#
# Elements may vanish while they are read, the one a cursor points at included; a page may repeat; older shapes
# leave fields out. Must not store anything: the caller keeps each page before it asks for the next.


Fetch = Callable[[str | None], Awaitable[Page]]


async def follow(fetch: Fetch, after: str | None, fallbacks: list[str]) -> AsyncIterator[Page]:
    """Yield the pages behind `after` (None: from the first on).

    `fallbacks` are ids before `after`, nearest last, to go on from should `after` have been deleted. The last
    resort is to start over, so elements can come twice. Raises `Refused` if the list cannot be had, or does
    not end.
    """
    used: set[str] = set()
    started_over = False
    while True:
        try:
            page = await fetch(after)
        except Refused as refusal:
            if after is None or started_over or refusal.status not in (400, 404):
                raise
            after = fallbacks.pop() if fallbacks else None
            started_over = after is None
            used.clear()
            continue
        yield page
        if page.is_last:
            return
        cursor = page.cursor
        if not page.elements or cursor is None or cursor in used:
            raise Refused("the list says that there is more but does not go on")
        used.add(cursor)
        after, fallbacks = cursor, fallback_ids([element.id for element in page.elements])


def fallback_ids(ids: Sequence[str | None]) -> list[str]:
    """Choose a few ids to go on from if the last one is gone: the first, the middle, the last but one."""
    known = [found for found in ids if found]
    return [known[at] for at in sorted({0, len(known) // 2, len(known) - 2}) if 0 <= at < len(known) - 1]


# --- app/agent_builder/export/attachments.py
#
# Fetch what there is of an attachment: its preview, and its file where the Files API knows its id.
#
# Each attachment ends in exactly one state: `downloaded` (some bytes), `metadata_only` (there was nothing to
# fetch) or `failed` (there was, and it could not be had). Must not trust names or types: bytes are kept under
# their hash.


LARGEST_FILE = 512 * 2**20
"""The hosted API takes no larger upload."""

Read = Callable[[Callable[[bytes], None], Callable[[], None]], Awaitable[str | None]]


def attachments_of(item: Element) -> list[dict[str, Any]]:
    """The attachments an item carries, whatever its type."""
    listed = item.value.get("attachments") if isinstance(item.value, dict) else None
    return [found for found in listed if isinstance(found, dict)] if isinstance(listed, list) else []


class AttachmentSaver:
    """Downloads attachments into the workspace, at most `concurrency` at once."""

    def __init__(self, api: HostedApi, workspace: Workspace, concurrency: int) -> None:
        self._api = api
        self._workspace = workspace
        self._open_files = asyncio.Semaphore(concurrency)

    async def save_page(
        self, thread_id: str, items: list[Element], known: dict[str, dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Fetch the attachments of a page at once, because preview addresses expire; one record for each.

        `known` are records of an earlier run by attachment id; what it downloaded is not fetched again.
        """
        wanted = [(item, attachment) for item in items for attachment in attachments_of(item)]
        async with asyncio.TaskGroup() as tasks:
            saved = [tasks.create_task(self._save(thread_id, item, found, known)) for item, found in wanted]
        return [task.result() for task in saved]

    async def _save(
        self, thread_id: str, item: Element, attachment: dict[str, Any], known: dict[str, dict[str, Any]]
    ) -> dict[str, Any]:
        url, file_id = attachment.get("preview_url"), attachment.get("id")
        earlier = known.get(str(file_id))
        if earlier and earlier["state"] == "downloaded":
            return earlier
        refusals: dict[str, Refused] = {}
        preview = original = None
        if isinstance(url, str) and url:
            preview = await self._fetch("preview", refusals, lambda *sink: self._api.read_url(url, *sink))
        if isinstance(file_id, str) and file_id:
            original = await self._fetch("file", refusals, lambda *sink: self._api.read_file(file_id, *sink))
        return {
            "thread_id": thread_id,
            "item_id": item.id,
            "attachment_id": file_id,
            **{name: attachment.get(name) for name in ("name", "mime_type", "type")},
            "state": _state(bool(preview or original), bool(url), refusals),
            "reason": "; ".join(f"{what}: {refusal.reason}" for what, refusal in refusals.items()) or None,
            "preview": preview,
            "file": original,
        }

    async def _fetch(self, what: str, refusals: dict[str, Refused], read: Read) -> dict[str, Any] | None:
        async with self._open_files:
            with _Blob(self._workspace.work / "blobs") as blob:
                try:
                    media_type = await read(blob.write, blob.restart)
                except Refused as refusal:
                    refusals[what] = refusal
                    return None
                blob.keep()
        return {"sha256": blob.sha256, "bytes": blob.size, "content_type": media_type}


def _state(has_bytes: bool, had_preview: bool, refusals: dict[str, Refused]) -> str:
    if has_bytes:
        return "downloaded"
    # Without a preview address, a Files API that does not know the id is the expected answer, not a failure.
    unexpected = had_preview or any(refusal.status not in (400, 404) for refusal in refusals.values())
    return "failed" if unexpected else "metadata_only"


class _Blob:
    """A download in progress; its file is named by its hash if it is kept, and deleted if not."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> "_Blob":
        descriptor, name = tempfile.mkstemp(dir=self._directory, prefix="part-")
        self._path = Path(name)
        self._file = os.fdopen(descriptor, "wb")
        self.restart()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def restart(self) -> None:
        """Begin again with nothing: the previous attempt broke off."""
        self._file.seek(0)
        self._file.truncate()
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Take the next bytes; raise `Refused` beyond the largest file there can be."""
        self.size += len(chunk)
        if self.size > LARGEST_FILE:
            raise Refused(f"larger than {LARGEST_FILE // 2**20} MB")
        self._hash.update(chunk)
        try:
            self._file.write(chunk)
        except OSError as error:
            raise DiskFailed(error) from error

    @property
    def sha256(self) -> str:
        """The hash of what was taken."""
        return self._hash.hexdigest()

    def keep(self) -> None:
        """Give the file its final name."""
        self._file.close()
        self._path.replace(self._directory / self.sha256)


# --- app/agent_builder/export/staging.py
#
# Turn the pages of one thread into its file, next to what an earlier run saved of it.
#
# What was saved is never lost: an empty answer, or a broken-off one that lacks something, does not replace it,
# and a version that is replaced without being contained in the new one is kept. Must not ask the API anything.


class Stager:
    """Writes down what became of threads, in the workspace."""

    def __init__(self, workspace: Workspace, previous: Archive | None) -> None:
        self._workspace = workspace
        self._previous = previous

    def settle(self, thread_id: str, log: PageLog, refusal: Refused | None) -> dict[str, Any]:
        """Turn the pages in a log into the thread's file, and write down the outcome."""
        pages = list(log.records())
        old = self._previous.items_entry(thread_id) if self._previous else None
        staged = self._stage(thread_id, log, base=base_of(pages), complete=refusal is None)
        staged.file["request_ids"] = [page["request_id"] for page in pages if page["request_id"]]
        stays = staged.outcome == "unchanged" or (refusal is not None and not staged.file["items"])
        record = {
            "thread_id": thread_id,
            "outcome": "failed" if refusal else staged.outcome,
            "staged": not stays,
            "file": old if stays else staged.file,
            "replaces": staged.replaces,
            "attachments": self._attachment_records(thread_id, pages),
            "failure": _failure(thread_id, refusal, staged.file["items"]) if refusal else None,
        }
        self._workspace.finish_thread(record)
        log.remove()
        return record

    def _stage(self, thread_id: str, log: PageLog, *, base: int, complete: bool) -> "_Staged":
        path = self._workspace.staged_items(thread_id)
        lines = (line for _, line in log.lines())
        old_lines = self.old_items(thread_id)
        digest, count, size, diverged = hashlib.sha256(), 0, 0, False
        with path.open("wb") as file:
            for new in itertools.chain(itertools.islice(self.old_items(thread_id), base), lines):
                old = next(old_lines, None)
                line = (old if old is not None and same_item(old, new) else new) + b"\n"
                diverged |= old is not None and line != old + b"\n"
                file.write(line)
                digest.update(line)
                count, size = count + 1, size + len(line)
        entry = {"path": items_path(thread_id), "thread_id": thread_id, "items": count, "bytes": size}
        staged = _Staged({**entry, "sha256": digest.hexdigest()}, "added", None)
        known = self._previous.items_entry(thread_id) if self._previous else None
        if known is None:
            return staged
        loses = diverged or next(old_lines, None) is not None
        if staged.file["sha256"] == known["sha256"] or count == base or (loses and not complete):
            path.unlink()
            return dataclasses.replace(staged, outcome="unchanged")
        return dataclasses.replace(staged, outcome="changed", replaces=known["sha256"] if loses else None)

    def _attachment_records(self, thread_id: str, pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        records = {_attachment_key(record): record for record in self.old_attachments(thread_id)}
        for page in pages:
            records.update({_attachment_key(record): record for record in page["attachments"]})
        return list(records.values())

    def old_items(self, thread_id: str) -> Iterator[bytes]:
        """The lines an earlier run saved of a thread."""
        return self._previous.items(thread_id) if self._previous else iter(())

    def old_attachments(self, thread_id: str) -> list[dict[str, Any]]:
        """The attachment records of an earlier run."""
        return self._previous.attachments_of(thread_id) if self._previous else []


@dataclass(frozen=True)
class _Staged:
    """A thread's new file; `replaces` is the hash of an older version that it does not contain."""

    file: dict[str, Any]
    outcome: str
    replaces: str | None


def same_item(old: bytes, new: bytes) -> bool:
    """Whether two lines are the same item; preview addresses are signed anew at every read."""
    return old == new or (
        b"preview_url" in old
        and without_previews(read_line(old)) == without_previews(read_line(new)) is not None
    )


def without_previews(value: object) -> object:
    """The same JSON without addresses of previews."""
    if isinstance(value, dict):
        return {key: without_previews(found) for key, found in value.items() if key != "preview_url"}
    return [without_previews(found) for found in value] if isinstance(value, list) else value


def base_of(pages: list[dict[str, Any]]) -> int:
    """How many lines of the earlier file stand before what the pages hold."""
    return int(pages[-1]["base"]) if pages else 0


def _attachment_key(record: dict[str, Any]) -> str:
    return json.dumps([record["item_id"], record["attachment_id"]])


def _failure(thread_id: str, refusal: Refused, saved: int) -> dict[str, Any]:
    return {"thread_id": thread_id, "status": refusal.status, "reason": refusal.reason, "items_saved": saved}


# --- app/agent_builder/export/threads.py
#
# Save one thread: read its items page by page, with their attachments.
#
# A page is written down only after its attachments were fetched, so nothing of it is ever asked for again.


USER_MESSAGES = ("chatkit.user_message", "user_message")


class ThreadSaver:
    """Saves threads one at a time; many may be saved at once through one saver."""

    def __init__(
        self, api: HostedApi, workspace: Workspace, attachments: AttachmentSaver, stager: Stager
    ) -> None:
        self._api = api
        self._workspace = workspace
        self._attachments = attachments
        self._stager = stager

    async def save(self, thread_id: str, *, delta: bool) -> dict[str, Any]:
        """Read what is missing of a thread and write down its outcome; return that record.

        With `delta`, a thread saved before is read from its last user message on.
        """
        log = self._workspace.item_log(thread_id)
        refusal = None
        try:
            await self._read(thread_id, log, delta=delta)
        except Refused as caught:
            refusal = caught
        return self._stager.settle(thread_id, log, refusal)

    async def _read(self, thread_id: str, log: PageLog, *, delta: bool) -> None:
        pages = list(log.records())
        if pages and pages[-1]["last"]:
            return
        ids = [line_id(line) for _, line in log.lines()]
        seen = set(ids)
        base, after = self._delta_start(thread_id) if delta and not pages else (base_of(pages), None)
        if pages:
            after = pages[-1]["after"]
        known = {str(record["attachment_id"]): record for record in self._stager.old_attachments(thread_id)}

        async def fetch(cursor: str | None) -> Page:
            nonlocal base
            if cursor is None and base:
                # The place to go on from is gone at the other end: read the whole thread instead.
                base = 0
                seen.clear()
                log.remove()
            return await self._api.list_items(thread_id, cursor)

        async for page in follow(fetch, after, fallback_ids(ids[-PAGE_SIZE:])):
            new = [element for element in page.elements if element.id is None or element.id not in seen]
            seen.update(element.id for element in new)
            saved = await self._attachments.save_page(thread_id, new, known)
            record = {"base": base, "attachments": saved, **page.record()}
            log.append([element.line for element in new], record)

    def _delta_start(self, thread_id: str) -> tuple[int, str | None]:
        """Where a thread saved before may have changed: from its last user message on.

        Returns how many saved lines stand before that, and the id of the last of them.
        """
        base, after, last = 0, None, None
        for at, line in enumerate(self._stager.old_items(thread_id)):
            value = read_line(line)
            if at and isinstance(value, dict) and value.get("type") in USER_MESSAGES:
                base, after = at, last
            last = line_id(line)
        return (base, after) if after else (0, None)


# --- app/agent_builder/export/progress.py
#
# Show how far an export is: one line redrawn on a terminal, a plain line now and then elsewhere.
#
# Counts and words only; must not influence the export.


REDRAW_SECONDS = 0.2
PLAIN_LINE_SECONDS = 15.0
RATE_WINDOW_SECONDS = 60.0
BAR_WIDTH = 20


class Progress:
    """What the export has done so far, and the task that shows it."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._total_known = False
        self._threads = self._done = self._items = self._attachments = self._failed = 0
        self._waiting_until = 0.0
        self._why = ""
        self._samples: deque[tuple[float, int]] = deque()
        self._drawn = 0

    def say(self, sentence: str) -> None:
        """Print a sentence of its own line."""
        self._erase()
        self._stream.write(sentence + "\n")
        self._stream.flush()

    def listed(self, record: dict[str, Any] | None) -> None:
        """A thread was listed; `record` tells that an interrupted run had already saved it."""
        self._threads += 1
        if record:
            self._count(record)

    def listing_finished(self) -> None:
        """All threads are listed, so the total is known."""
        self._total_known = True

    def saved(self, record: dict[str, Any]) -> None:
        """A thread is done, whatever its outcome."""
        self._count(record)

    def waiting(self, seconds: float, why: str) -> None:
        """A request will be repeated after so many seconds."""
        self._waiting_until = max(self._waiting_until, self._clock.monotonic() + seconds)
        self._why = why

    async def show(self) -> None:
        """Keep showing; runs until cancelled."""
        interval = REDRAW_SECONDS if self._terminal else PLAIN_LINE_SECONDS
        while True:
            self._draw()
            await asyncio.sleep(interval)

    def close(self) -> None:
        """Remove the line that is redrawn."""
        self._erase()
        self._stream.flush()

    def line(self, width: int) -> str:
        """The state in one line of at most `width` characters, what matters most first."""
        now = self._clock.monotonic()
        total = f"{self._threads:,}" if self._total_known else f"{self._threads:,} or more"
        parts = [f"{self._done:,} of {total} threads"]
        if now < self._waiting_until:
            parts.append(f"waiting {self._waiting_until - now:.0f} s ({self._why})")
        elif rate := self._rate(now):
            parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
            if self._total_known:
                parts.append(f"{duration((self._threads - self._done) / rate)} left")
        parts.append(f"{self._items:,} items")
        parts += [f"{self._attachments:,} attachments"] if self._attachments else []
        parts += [f"{self._failed:,} failed"] if self._failed else []
        return (self._bar() + " " + ", ".join(parts))[:width]

    def _count(self, record: dict[str, Any]) -> None:
        self._done += 1
        self._items += record["file"]["items"] if record["file"] else 0
        self._attachments += len(record["attachments"])
        self._failed += record["failure"] is not None

    def _bar(self) -> str:
        filled = BAR_WIDTH * self._done // max(1, self._threads) if self._total_known else 0
        return f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]"

    def _rate(self, now: float) -> float:
        self._samples.append((now, self._done))
        while len(self._samples) > 2 and now - self._samples[0][0] > RATE_WINDOW_SECONDS:
            self._samples.popleft()
        started, done = self._samples[0]
        return (self._done - done) / (now - started) if now - started > 1 else 0.0

    def _draw(self) -> None:
        if not self._terminal:
            if self._threads or self._clock.monotonic() < self._waiting_until:
                self.say(self.line(200))
            return
        text = self.line(shutil.get_terminal_size().columns - 1)
        self._stream.write("\r" + text.ljust(self._drawn))
        self._stream.flush()
        self._drawn = len(text)

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._drawn = 0


def duration(seconds: float) -> str:
    """Say how long, to the precision a person waits with."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


# --- app/agent_builder/export/run.py
#
# One run: list the threads, save them concurrently, hand over to `finish`.
#
# The list runs ahead of the threads, so that the total, and with it the time left, is known early. Owns the
# tasks; must not touch the archive.


END = None


class Run:
    """Reads everything in scope that the workspace does not hold yet."""

    def __init__(
        self, api: HostedApi, workspace: Workspace, previous: Archive | None, scope: Scope, progress: Progress
    ) -> None:
        self._api = api
        self._workspace = workspace
        self._previous = previous
        self._scope = scope
        self._progress = progress
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    async def read(self, concurrency: int) -> None:
        """Return when every thread in scope is done; raise `ExportStopped` or `OSError` otherwise."""
        attachments = AttachmentSaver(self._api, self._workspace, concurrency)
        stager = Stager(self._workspace, self._previous)
        saver = ThreadSaver(self._api, self._workspace, attachments, stager)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._list(concurrency))
            for _ in range(concurrency):
                tasks.create_task(self._save(saver))

    async def _save(self, saver: ThreadSaver) -> None:
        while (thread_id := await self._queue.get()) is not END:
            self._progress.saved(await saver.save(thread_id, delta=self._scope.delta))

    async def _list(self, workers: int) -> None:
        for thread_id in self._workspace.listed:
            self._enlist(thread_id)
        for user in self._workspace.users:
            page = self._workspace.last_page(user)
            if page is None or not page["last"]:
                await self._list_user(user, page["after"] if page else None)
        self._progress.listing_finished()
        for _ in range(workers):
            self._queue.put_nowait(END)

    async def _list_user(self, user: str | None, after: str | None) -> None:
        fallbacks = fallback_ids(list(self._workspace.listed)[-PAGE_SIZE:]) if after else []

        async def fetch(cursor: str | None) -> Page:
            return await self._api.list_threads(user, cursor)

        try:
            async for page in follow(fetch, after, fallbacks):
                self._same_project()
                self._keep(page, user)
        except Refused as refusal:
            raise ExportStopped(_list_refused(refusal, self._api.base_url), EXIT_USAGE) from None

    def _keep(self, page: Page, user: str | None) -> None:
        new = [element for element in self._unlisted(page.elements) if in_scope(element, self._scope.since)]
        record = {"user": user, **page.record()}
        offset = self._workspace.listing.append([element.line for element in new], record)
        for element in new:
            if element.id:
                self._workspace.listed[element.id] = offset
                self._enlist(element.id)
            offset += self._workspace.listing.size_of(element.line)

    def _unlisted(self, elements: list[Element]) -> Iterator[Element]:
        seen = set[str]()
        for element in elements:
            if element.id is None or (element.id not in self._workspace.listed and element.id not in seen):
                yield element
            seen.add(element.id or "")

    def _enlist(self, thread_id: str) -> None:
        done = self._workspace.record(thread_id)
        self._progress.listed(done)
        if done is None:
            self._queue.put_nowait(thread_id)

    def _same_project(self) -> None:
        found, kept = self._api.project, self._previous.manifest.get("project") if self._previous else None
        if found and kept and found != kept:
            raise other_project(self._workspace.root, kept, found)
        self._workspace.keep_project(found)


def in_scope(thread: Element, since: str | None) -> bool:
    """Whether a thread was created at or after `since`; one that does not say when is in."""
    created = thread.value.get("created_at") if isinstance(thread.value, dict) else None
    if since is None or not isinstance(created, int | float):
        return True
    return created >= datetime.fromisoformat(since).timestamp()


def _list_refused(refusal: Refused, base_url: str) -> str:
    said = f' It said: "{refusal.said}"' if refusal.said else ""
    if refusal.status == 403:
        return f"{base_url} does not let this key list ChatKit threads ({refusal.reason}).{said}"
    if refusal.status == 404:
        return (
            f"{base_url} has no ChatKit threads to list ({refusal.reason}): the address is not OpenAI's, "
            f"or the API is gone.{said} To make an archive of what was saved before, run this with --finish."
        )
    return f"{base_url} refuses to list threads ({refusal.reason}).{said}"


# --- app/agent_builder/export/finish.py
#
# Close a run: merge it with the archive there was, write the manifest, and swap the new files in.
#
# Works on what the workspace holds, in the order of the list, so the result does not depend on how often the
# run was killed or which thread came first. Must not ask the API anything.


def finish(workspace: Workspace, previous: Archive | None, run: dict[str, Any]) -> None:
    """Make the archive; `run` goes into its manifest with the outcome counted. Complete or not at all."""
    _Merge(workspace, previous).write(run)
    sync_to_disk()
    (workspace.work / "moves").replace(workspace.committing)
    swap(workspace)


def swap(workspace: Workspace) -> None:
    """Move the finished files to their places; may be repeated after a kill at any point."""
    with workspace.committing.open("rb") as moves:
        for line in moves:
            move = json.loads(line)
            source, target = workspace.work / move["from"], workspace.root / move["to"]
            if not source.exists():
                continue
            target.parent.mkdir(exist_ok=True)
            earlier = workspace.root / move["earlier"] if move["earlier"] else None
            if earlier and target.exists() and not earlier.exists():
                earlier.parent.mkdir(exist_ok=True)
                target.replace(earlier)
            source.replace(target)
    sync_to_disk()
    workspace.remove()


class _Output:
    """A new top-level file of JSON lines, hashed while it is written."""

    def __init__(self, directory: Path, name: str) -> None:
        self._name = name
        self._file: BinaryIO = (directory / name).open("wb")
        self._hash = hashlib.sha256()
        self.lines = self.bytes = 0

    def write(self, line: bytes) -> None:
        self._file.write(line + b"\n")
        self._hash.update(line + b"\n")
        self.lines, self.bytes = self.lines + 1, self.bytes + len(line) + 1

    def close(self) -> dict[str, Any]:
        self._file.close()
        return {
            "path": self._name,
            "lines": self.lines,
            "bytes": self.bytes,
            "sha256": self._hash.hexdigest(),
        }


class _Merge:
    """Puts the run and the earlier archive together, thread by thread, holding none of them in memory."""

    def __init__(self, workspace: Workspace, previous: Archive | None) -> None:
        self._workspace = workspace
        self._previous = previous
        self._final = workspace.work / "final"
        self._final.mkdir(exist_ok=True)
        self._whole = not (workspace.run["scope"]["users"] or workspace.run["scope"]["since"])
        self._outcomes: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._attachment_states: Counter[str] = Counter()
        self._users: set[bytes] = set()
        self._blobs: set[str] = set()
        self._old_failures = {_thread_of(line): line for line in previous.failures()} if previous else {}

    def write(self, run: dict[str, Any]) -> None:
        threads, attachments, failures = (
            _Output(self._final, name) for name in (THREADS, ATTACHMENTS, FAILURES)
        )
        with (
            (self._final / "entries").open("wb") as self._entries,
            (self._workspace.work / "moves").open("wb") as self._moves,
        ):
            for line in self._threads():
                threads.write(line)
                for record in self._merge_thread(line, failures):
                    attachments.write(json_line(record))
            for entry in self._previous.entries() if self._previous else ():
                if entry["path"].startswith("earlier/"):
                    self._entry(entry)
            tops = [output.close() for output in (threads, attachments, failures)]
            tops[0]["request_ids"] = [page["request_id"] for page in self._workspace.listing.records()]
            for top in tops:
                self._move(f"final/{top['path']}", str(top["path"]))
            self._move(f"final/{MANIFEST}", MANIFEST)
        self._write_manifest(run, tops, failed=failures.lines)

    def _threads(self) -> Iterator[bytes]:
        """The thread objects of both, as last read, in the order in which they were first listed."""
        listing, known = self._workspace.listing, set[str]()
        for line in self._previous.threads() if self._previous else ():
            thread_id = line_id(line)
            known.add(thread_id or line.decode())
            offset = self._workspace.listed.get(thread_id or "")
            self._outcomes["not_listed"] += offset is None and self._whole
            yield line if offset is None else listing.line_at(offset)
        for _, line in listing.lines():
            key = line_id(line) or line.decode()
            if key not in known:
                known.add(key)
                yield line

    def _merge_thread(self, line: bytes, failures: _Output) -> list[dict[str, Any]]:
        """Count a thread, name its files, and return the records of its attachments."""
        thread, thread_id = read_line(line), line_id(line)
        user = thread.get("user") if isinstance(thread, dict) else None
        self._users.add(hashlib.sha256(json.dumps(user).encode()).digest())
        if thread_id is None:
            failures.write(json_line({"thread_id": None, "status": None, "reason": "listed without an id"}))
            return []
        record = self._workspace.record(thread_id)
        if record is None:
            if thread_id in self._old_failures:
                failures.write(self._old_failures[thread_id])
            entry = self._previous.items_entry(thread_id) if self._previous else None
            attachments = self._previous.attachments_of(thread_id) if self._previous else []
        else:
            entry, attachments = record["file"], record["attachments"]
            self._outcomes[record["outcome"]] += 1
            self._adopt(thread_id, record, failures)
        if entry:
            self._counts["items"] += entry["items"]
            self._entry(entry)
        for attachment in attachments:
            self._attachment_states[attachment["state"]] += 1
            self._name_blobs(attachment)
        return attachments

    def _adopt(self, thread_id: str, record: dict[str, Any], failures: _Output) -> None:
        if record["failure"]:
            failures.write(json_line(record["failure"]))
        if not record["staged"]:
            return
        earlier = earlier_path(thread_id, record["replaces"]) if record["replaces"] else None
        old = self._previous.items_entry(thread_id) if self._previous else None
        if earlier and old and not (self._previous and self._previous.entry(earlier)):
            self._entry({**old, "path": earlier})
        self._move(f"staged/{self._workspace.staged_items(thread_id).name}", record["file"]["path"], earlier)

    def _name_blobs(self, attachment: dict[str, Any]) -> None:
        for blob in (attachment["preview"], attachment["file"]):
            if blob and blob["sha256"] not in self._blobs:
                self._blobs.add(blob["sha256"])
                path = blob_path(blob["sha256"])
                self._entry({"path": path, "bytes": blob["bytes"], "sha256": blob["sha256"]})
                if self._workspace.staged_blob(blob["sha256"]).exists():
                    self._move(f"blobs/{blob['sha256']}", path)

    def _entry(self, entry: dict[str, Any]) -> None:
        self._entries.write(json_line(entry) + b"\n")

    def _move(self, source: str, target: str, earlier: str | None = None) -> None:
        self._moves.write(json_line({"from": source, "to": target, "earlier": earlier}) + b"\n")

    def _write_manifest(self, run: dict[str, Any], tops: list[dict[str, Any]], failed: int) -> None:
        earlier_runs = self._previous.manifest["runs"] if self._previous else []
        entries = self._final / "entries"
        header = {
            "format": FORMAT,
            "version": VERSION,
            "project": run.pop("project") or (self._previous and self._previous.manifest["project"]),
            "base_url": run.pop("base_url"),
            "content_sha256": _content_hash(tops, entries),
            "counts": {
                "threads": tops[0]["lines"],
                "items": self._counts["items"],
                "users": len(self._users),
                "attachments": {
                    state: self._attachment_states[state]
                    for state in ("downloaded", "metadata_only", "failed")
                },
                "failures": failed,
            },
            "runs": [*earlier_runs, {**run, "threads": {name: self._outcomes[name] for name in OUTCOMES}}],
        }
        with (self._final / MANIFEST).open("wb") as manifest:
            manifest.write(
                json.dumps(header, indent=2).encode().removesuffix(b"\n}") + b",\n  " + FILES_BEGIN
            )
            manifest.write(b",\n".join(b"    " + json_line(top) for top in tops))
            for line in _read_lines(entries):
                manifest.write(b",\n    " + line)
            manifest.write(b"\n  ]\n}\n")


OUTCOMES = ("added", "changed", "unchanged", "failed", "not_listed")


def _content_hash(tops: list[dict[str, Any]], entries: Path) -> str:
    """One hash for all content: of what `sha256sum` prints for the files in the manifest's order."""
    digest = hashlib.sha256()
    for top in tops:
        digest.update(f"{top['sha256']}  {top['path']}\n".encode())
    for line in _read_lines(entries):
        entry = json.loads(line)
        digest.update(f"{entry['sha256']}  {entry['path']}\n".encode())
    return digest.hexdigest()


def _read_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line.removesuffix(b"\n")


def _thread_of(line: bytes) -> str | None:
    found = json.loads(line).get("thread_id")
    return found if isinstance(found, str) else None


# --- app/agent_builder/export/summary.py
#
# The closing words of an export: what is saved, what is not and why, and what only a person can still save.
#
# Speaks from the finished archive alone, so it says the same after a run that only had to put files in place.


EXAMPLES = 3

BY_HAND = (
    "the code of every workflow, of every published version: Code > Agents SDK, as Python and as TypeScript",
    "every widget: download its .widget file, the code export does not contain it",
    "the tokens and logins of MCP servers and connectors: they cannot be read back later",
    "each workflow as JSON: open it with the browser's network panel on, and save the response that holds "
    '"nodes" and "edges" (it has what the code lost: visibility, widgets, layout)',
    "Evals, datasets and reusable prompts (pmpt_...) that you still need: they end on the same day",
)


def describe(archive: Archive, today: date) -> dict[str, Any]:
    """The outcome as data; `words` says the same to a person."""
    counts, run = archive.manifest["counts"], archive.manifest["runs"][-1]
    failures = [json.loads(line) for line in archive.failures()]
    lost = [record for record in map(json.loads, archive.attachments()) if record["state"] == "failed"]
    return {
        "archive": str(archive.root),
        "complete": run["listing_complete"] and not failures and not lost,
        "listing_complete": run["listing_complete"],
        "counts": counts,
        "this_run": run["threads"],
        "bytes": sum(entry["bytes"] for entry in archive.entries()),
        "content_sha256": archive.manifest["content_sha256"],
        "failures": failures,
        "failed_attachments": [
            {name: record[name] for name in ("thread_id", "attachment_id", "name", "reason")}
            for record in lost
        ],
        "shutdown": SHUTDOWN.isoformat(),
        "days_left": (SHUTDOWN - today).days,
        "save_by_hand": list(BY_HAND),
    }


def words(outcome: dict[str, Any]) -> str:
    """The outcome for a person who is in a hurry."""
    counts, files = outcome["counts"], outcome["counts"]["attachments"]
    lines = [
        f"Saved in {outcome['archive']} ({size(outcome['bytes'])}):",
        f"  {number(counts['threads'], 'thread')} of {number(counts['users'], 'user')}, "
        f"with {number(counts['items'], 'item')}",
        f"  {number(files['downloaded'], 'attachment')} with bytes, {files['metadata_only']:,} of which "
        f"OpenAI gives only name and type, {files['failed']:,} failed",
        f"  this run: {_this_run(outcome['this_run'])}",
        "",
    ]
    if not counts["threads"]:
        lines.append("There are no threads. One key sees one project: is it the one your ChatKit uses?")
    elif outcome["complete"]:
        lines.append("Nothing failed.")
    else:
        lines += [] if outcome["listing_complete"] else ["The list of threads was not read to its end."]
        lines += _failed("thread", "not saved whole", outcome["failures"], "thread_id")
        lines += _failed("attachment", "not saved", outcome["failed_attachments"], "attachment_id")
        lines.append("  To try these again, and to fetch what is new, add --delta to the same command.")
    private = "These are your users' conversations: keep the folder private, and a second copy of it."
    return "\n".join([*lines, private, "", *_deadline(outcome), *_by_hand(outcome)])


def _this_run(run: dict[str, int]) -> str:
    parts = [f"{run[name]:,} {name}" for name in ("added", "changed", "unchanged", "failed")]
    if run["not_listed"]:
        parts.append(f"{run['not_listed']:,} no longer listed by OpenAI (kept here)")
    return ", ".join(parts)


def _failed(what: str, how: str, failures: list[dict[str, Any]], name: str) -> list[str]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for failure in failures:
        by_reason[failure["reason"] or "no reason given"].append(str(failure[name]))
    lines = [f"{number(len(failures), what)} {how}:"] if failures else []
    for reason, names in sorted(by_reason.items(), key=lambda found: -len(found[1])):
        more = f" and {len(names) - EXAMPLES:,} more" if len(names) > EXAMPLES else ""
        lines.append(f"  {len(names):,} x {reason}: {', '.join(names[:EXAMPLES])}{more}")
    return lines


def _deadline(outcome: dict[str, Any]) -> list[str]:
    left, day = outcome["days_left"], SHUTDOWN.strftime("%d %B %Y")
    if left < 0:
        return [f"Agent Builder shut down on {day}. What still opens, save by hand now:"]
    days = "TODAY is the last day" if left == 0 else "1 day is left" if left == 1 else f"{left} days are left"
    return [f"{days} until Agent Builder shuts down on {day}. What no program can save, save by hand:"]


def _by_hand(outcome: dict[str, Any]) -> list[str]:
    return [f"  [ ] {what}" for what in outcome["save_by_hand"]]


def number(count: int, what: str) -> str:
    """A count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def size(count: float) -> str:
    """A number of bytes for a person."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


# --- app/agent_builder/export/session.py
#
# Put an export together: the client, the reading, the closing of a run. Options and errors: `command`.


TOOL = "chatkit-server agent-builder export"
TOOL_VERSION = "1.0.0"


@dataclass(frozen=True)
class Session:
    """One call of the command."""

    out: Path
    scope: Scope
    concurrency: int
    clock: Clock
    progress: Progress

    def export(self, key: str) -> Archive:
        """Read what is missing and make the archive."""
        with opened(self.out) as workspace:
            if not self._finish_swap(workspace):
                previous = Archive.open(self.out)
                asyncio.run(self._read(workspace, previous, key))
                self._close(workspace, previous, listing_complete=True)
        return Archive(self.out)

    def finish_unread(self) -> Archive:
        """Make an archive of what an interrupted run has saved, without asking for more."""
        with opened(self.out) as workspace:
            if not self._finish_swap(workspace):
                if not workspace.unfinished:
                    raise ExportStopped(f"{self.out} holds no interrupted export to finish.", EXIT_USAGE)
                previous = Archive.open(self.out)
                begun = workspace.run
                workspace.begin(Scope(**begun["scope"]), begun["base_url"], begun["started_at"])
                stager = Stager(workspace, previous)
                for thread_id in workspace.unsaved():
                    unread = Refused("not read to its end: the export was closed before")
                    stager.settle(thread_id, workspace.item_log(thread_id), unread)
                self._close(workspace, previous, listing_complete=workspace.listing_complete)
        return Archive(self.out)

    def _finish_swap(self, workspace: Workspace) -> bool:
        if not workspace.committing.exists():
            return False
        self.progress.say("The last export was read to its end; putting its files in place.")
        swap(workspace)
        return True

    async def _read(self, workspace: Workspace, previous: Archive | None, key: str) -> None:
        async with connected(key) as (client, web):
            patience = Patience(self.concurrency, self.clock, self.progress.waiting)
            api = HostedApi(client, web, patience, self.clock)
            workspace.begin(self.scope, api.base_url, timestamp(self.clock.now()))
            self.progress.say(_opening(key, api.base_url, workspace, previous))
            show = asyncio.create_task(self.progress.show())
            try:
                await Run(api, workspace, previous, self.scope, self.progress).read(self.concurrency)
            finally:
                show.cancel()
                self.progress.close()

    def _close(self, workspace: Workspace, previous: Archive | None, *, listing_complete: bool) -> None:
        begun = workspace.run
        finish(
            workspace,
            previous,
            {
                "project": begun["project"],
                "base_url": begun["base_url"],
                "started_at": begun["started_at"],
                "finished_at": timestamp(self.clock.now()),
                "tool": TOOL,
                "tool_version": TOOL_VERSION,
                "scope": begun["scope"],
                "listing_complete": listing_complete,
            },
        )


@contextlib.asynccontextmanager
async def connected(
    key: str, methods: tuple[str, ...] = ("GET",)
) -> AsyncIterator[tuple[openai.AsyncOpenAI, Any]]:
    """The vendor's client, and the HTTP client under it for addresses outside the API; both send no more."""
    try:
        import openai
    except ImportError:
        raise ExportStopped(
            "The openai package is missing. Run this with `uv run` or `pipx run`, or: pip install openai",
            EXIT_USAGE,
        ) from None

    async def refuse_to_write(request: Any) -> None:
        if request.method not in methods:
            raise RuntimeError(f"an export only reads, but was about to send {request.method} {request.url}")

    web = openai.DefaultAsyncHttpxClient(timeout=REQUEST_TIMEOUT, event_hooks={"request": [refuse_to_write]})
    async with openai.AsyncOpenAI(
        api_key=key, max_retries=0, timeout=REQUEST_TIMEOUT, http_client=web
    ) as client:
        if not hasattr(client.beta, "chatkit"):
            raise ExportStopped(
                f"openai {openai.__version__} does not know ChatKit yet. Upgrade it: pip install -U openai",
                EXIT_USAGE,
            )
        yield client, web


def _opening(key: str, base_url: str, workspace: Workspace, previous: Archive | None) -> str:
    where = f"with the key ending in ...{key[-4:]}, from {base_url} into {workspace.root}"
    if workspace.listed:
        done, listed = len(workspace.finished), len(workspace.listed)
        begun = workspace.run["started_at"]
        return f"Going on {where}: of the export begun at {begun}, {done:,} of {listed:,} threads are saved."
    if previous:
        last = previous.manifest["runs"][-1]["finished_at"]
        return f"Adding to the archive of {last}, {where}. Nothing that is in it gets lost."
    return f"Saving ChatKit threads {where}. Only GET requests are sent; interrupt whenever you like."


# --- app/agent_builder/export/command.py
#
# The `export` command: options in, archive and closing words out.
#
# Everything that can go wrong ends here in one sentence and an exit code.


PURPOSE = (
    "Save every hosted ChatKit thread that OPENAI_API_KEY can read, with its items, user, title, status and "
    "attachments. Sends only GET requests and changes nothing at OpenAI. Interrupt it whenever you like: run "
    "it again to go on."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("chatkit-archive"),
        metavar="DIR",
        help="where to save (default: %(default)s)",
    )
    parser.add_argument(
        "--user", action="append", default=[], metavar="ID", help="only threads of this user; may be repeated"
    )
    parser.add_argument(
        "--since",
        type=_moment,
        metavar="DATE",
        help="only threads created on or after this day or time, UTC, like 2026-11-01",
    )
    parser.add_argument(
        "--delta",
        action="store_true",
        help="go through an archive again, quickly: fetch new threads, and of saved ones only what follows "
        "their last user message",
    )
    parser.add_argument(
        "--concurrency",
        type=_at_least_one,
        default=8,
        metavar="N",
        help="requests at once (default: %(default)s)",
    )
    parser.add_argument(
        "--finish",
        action="store_true",
        help="ask OpenAI nothing more: make an archive of what an interrupted export has saved",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")


def main(argv: list[str] | None = None, clock: Clock | None = None) -> int:
    """Run as a program of its own; return the exit code."""
    parser = argparse.ArgumentParser(prog="export.py", description=PURPOSE)
    add_arguments(parser)
    return run(parser.parse_args(argv), clock)


def run(options: argparse.Namespace, clock: Clock | None = None) -> int:
    """Export as the options say: 0 everything is saved, 1 something is not, 2 it could not start."""
    clock = clock or Clock()
    scope = Scope(options.user, options.since, options.delta)
    session = Session(options.out, scope, options.concurrency, clock, Progress(sys.stderr, clock))
    try:
        archive = session.finish_unread() if options.finish else session.export(read_key())
        outcome = describe(archive, clock.now().date())
    except (Exception, KeyboardInterrupt) as error:
        sentence, exit_code = _sentence(error, options.out)
        sys.stderr.write(sentence + "\n")
        return exit_code
    sys.stdout.write((json.dumps(outcome, indent=2) if options.json else words(outcome)) + "\n")
    return EXIT_COMPLETE if outcome["complete"] else EXIT_FINDINGS


def read_key() -> str:
    """The key of the environment; raise `ExportStopped` where there is none, or what cannot be one."""
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if not key:
        raise ExportStopped(
            "OPENAI_API_KEY is not set. Set it to a key of the project whose threads you want: "
            "one key sees one project.",
            EXIT_USAGE,
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ExportStopped(
            "OPENAI_API_KEY holds characters that no key has; was it copied whole?", EXIT_USAGE
        )
    return key


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day or time like 2026-11-01") from None
    return timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def _sentence(error: BaseException, out: Path) -> tuple[str, int]:
    """Say what ended the export; an error that nobody foresaw is raised again, for a bug report."""
    causes = list(_leaves(error))
    for cause in causes:
        if isinstance(cause, ExportStopped):
            return str(cause), cause.exit_code
        if isinstance(cause, ArchiveProblem):
            return str(cause), EXIT_USAGE
        if isinstance(cause, DiskFailed | OSError):
            return _disk_sentence(cause.cause if isinstance(cause, DiskFailed) else cause, out), EXIT_FINDINGS
        if isinstance(cause, KeyboardInterrupt):
            return (
                "Stopped. Everything saved so far is kept: run the same command again to go on.",
                EXIT_INTERRUPTED,
            )
    raise causes[0]


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _disk_sentence(error: OSError, out: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {out} is full. Everything saved so far is kept: free some space and "
            "run the same command again."
        )
    return f"Cannot use {error.filename or out}: {error.strerror or error}."


if __name__ == "__main__":
    raise SystemExit(main())
