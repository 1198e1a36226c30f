"""The threads of an archive, line by line, with what is wrong in it noted by file and line.

A file that is not what the manifest says is used only where that is asked for: one changed character of a
user's id would hand a conversation to somebody else.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.agent_builder.archive.layout import (
    ATTACHMENTS,
    FAILURES,
    MANIFEST,
    THREADS,
    items_path,
)
from app.agent_builder.archive.reader import Archive, ArchiveProblem
from app.threads.importing.hosted import parsed

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and where: a path in the archive, and a line of it or 0 for the whole file."""

    file: str
    line: int
    problem: str
    thread_id: str | None = None


@dataclass(frozen=True, slots=True)
class SavedThread:
    """A line of the list of threads."""

    line: int
    id: str
    user: str | None
    raw: Record
    text: str


@dataclass(frozen=True, slots=True)
class SavedItems:
    """The items of one thread, in the API's order: as objects, and as they were sent."""

    sha256: str
    raws: list[Record] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class SavedThreads:
    """An archive that is being read. `despite_damage` uses what can be read of damaged files."""

    def __init__(self, root: Path, *, despite_damage: bool = False) -> None:
        """Raise `ArchiveProblem` where there is none, or none that this release can read."""
        self.findings: list[Finding] = []
        self._despite_damage = despite_damage
        if not (root / MANIFEST).exists():
            raise ArchiveProblem(f"{root} holds no archive: it has no {MANIFEST}.")
        self.archive = Archive(root, lambda line, problem: self.note(MANIFEST, line, problem))
        self._failed = self._failed_threads()
        self._files = self._file_records()

    @property
    def total(self) -> int:
        """How many threads the archive says it has."""
        counts = self.archive.manifest.get("counts")
        count = counts.get("threads") if isinstance(counts, dict) else None
        return count if isinstance(count, int) else 0

    def note(self, file: str, line: int, problem: str, thread_id: str | None = None) -> None:
        """Note something that is wrong."""
        self.findings.append(Finding(file, line, problem, thread_id))

    def threads(self) -> Iterator[SavedThread]:
        """Yield each thread once, in the order in which they were listed."""
        is_usable = self._is_usable(THREADS)
        seen = set[str]()
        for number, line in self._lines(THREADS):
            thread = self._thread(number, line)
            if thread is None or not is_usable:
                continue
            if thread.id in seen:
                self.note(THREADS, number, "the thread stands here a second time", thread.id)
                continue
            seen.add(thread.id)
            yield thread

    def items(self, thread: SavedThread) -> SavedItems | None:
        """Return the items of a thread; None, with a finding, where they cannot be relied on."""
        path = items_path(thread.id)
        entry = self.archive.entry(path)
        if entry is None:
            if thread.id in self._failed:
                return SavedItems(hashlib.sha256(b"").hexdigest())
            self.note(THREADS, thread.line, "its items are not in the archive", thread.id)
            return None
        try:
            data = self.archive.read(path)
        except OSError:
            self.note(path, 0, "the file is missing", thread.id)
            return None
        except ArchiveProblem as problem:
            self.note(path, 0, str(problem), thread.id)
            return None
        found = SavedItems(hashlib.sha256(data).hexdigest())
        is_usable = found.sha256 == entry["sha256"]
        if not is_usable:
            self.note(path, 0, f"it is not what was saved: its SHA-256 is {found.sha256}", thread.id)
        self._parse(path, data, found, thread.id)
        return found if is_usable or self._despite_damage else None

    def files_of(self, thread_id: str) -> list[Record]:
        """Return what became of the files of a thread."""
        return self._files.get(thread_id, [])

    def incomplete(self) -> list[str]:
        """Return the threads that could not be saved whole when the archive was made."""
        return sorted(self._failed)

    def _thread(self, number: int, line: bytes) -> SavedThread | None:
        try:
            raw, text = parsed(line), line.decode()
        except ValueError as error:
            self.note(THREADS, number, f"the line cannot be read: {error}")
            return None
        thread_id, user = raw.get("id"), raw.get("user")
        if not isinstance(thread_id, str) or not thread_id:
            self.note(THREADS, number, "the thread has no id")
            return None
        return SavedThread(number, thread_id, user if isinstance(user, str) else None, raw, text)

    def _parse(self, path: str, data: bytes, found: SavedItems, thread_id: str) -> None:
        for number, line in enumerate(data.split(b"\n"), 1):
            if not line:
                continue
            try:
                raw, text = parsed(line), line.decode()
            except ValueError as error:
                self.note(path, number, f"the line cannot be read: {error}", thread_id)
                continue
            found.raws.append(raw)
            found.texts.append(text)

    def _is_usable(self, path: str) -> bool:
        if self.archive.entry(path) is None:
            self.note(MANIFEST, 0, f"{path} is not listed")
            return False
        try:
            damage = self.archive.damage(path)
        except ArchiveProblem as problem:
            damage = str(problem)
        if damage is None:
            return True
        self.note(path, 0, damage)
        return self._despite_damage

    def _lines(self, path: str) -> Iterator[tuple[int, bytes]]:
        if self.archive.entry(path) is None:
            return
        try:
            data = self.archive.read(path)
        except (OSError, ArchiveProblem):
            return
        for number, line in enumerate(data.split(b"\n"), 1):
            if line:
                yield number, line

    def _failed_threads(self) -> set[str]:
        found = set[str]()
        for number, line in self._lines(FAILURES):
            if (record := self._record(FAILURES, number, line)) and isinstance(record.get("thread_id"), str):
                found.add(record["thread_id"])
        return found

    def _file_records(self) -> dict[str, list[Record]]:
        found = dict[str, list[Record]]()
        is_usable = self._is_usable(ATTACHMENTS)
        for number, line in self._lines(ATTACHMENTS):
            record = self._record(ATTACHMENTS, number, line)
            if record is not None and is_usable:
                found.setdefault(str(record.get("thread_id")), []).append(record)
        return found

    def _record(self, path: str, number: int, line: bytes) -> Record | None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            self.note(path, number, f"the line cannot be read: {error}")
            return None
        if not isinstance(record, dict):
            self.note(path, number, "the line is no object")
            return None
        return record
