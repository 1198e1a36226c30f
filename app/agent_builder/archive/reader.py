"""Read an archive that `export` wrote, on this machine or another, this year or later.

Trusts nothing in it: a path the manifest names is used only if the format has such paths. Must not write.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

from app.agent_builder.archive.layout import (
    ATTACHMENTS,
    FAILURES,
    FILES_BEGIN,
    FORMAT,
    MANIFEST,
    THREADS,
    VERSION,
    is_listed_path,
    items_path,
)


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
