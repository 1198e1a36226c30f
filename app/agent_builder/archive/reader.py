"""Read an archive that `export` wrote, on this machine or another, this year or later.

Trusts nothing in it: a path the manifest names is used only if the format has such paths. Must not write.
"""

import hashlib
import json
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

from app.agent_builder.archive.layout import (
    ATTACHMENTS,
    FAILURES,
    FORMAT,
    ITEMS_DIRECTORY,
    MANIFEST,
    THREADS,
    VERSION,
    is_listed_path,
)


class ArchiveProblem(Exception):
    """The directory holds no archive that this release can read; the message is one sentence."""


class Archive:
    """A finished archive. Lines are handed out as bytes, because they are kept as they were received."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifest = _manifest(root)
        self._entries: dict[str, dict[str, Any]] = {}
        self._paths: dict[str, str] = {}
        self._spans: dict[str, tuple[int, int]] | None = None
        for entry in self.manifest["files"]:
            path = entry.get("path") if isinstance(entry, dict) else None
            if not isinstance(path, str) or not is_listed_path(path):
                raise ArchiveProblem(f"{root / MANIFEST} names {path!r}, which no archive contains.")
            self._entries[path] = entry
            if path.startswith(f"{ITEMS_DIRECTORY}/"):
                self._paths[str(entry.get("thread_id"))] = path

    @classmethod
    def open(cls, root: Path) -> "Archive | None":
        """The archive in a directory, or None where there is none; `ArchiveProblem` if it is broken."""
        return cls(root) if (root / MANIFEST).exists() else None

    def entry(self, path: str) -> dict[str, Any] | None:
        """What the manifest says of a file."""
        return self._entries.get(path)

    def items_entry(self, thread_id: str) -> dict[str, Any] | None:
        """What the manifest says of a thread's items."""
        path = self._paths.get(thread_id)
        return self._entries[path] if path else None

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every file of the archive but the manifest."""
        yield from self._entries.values()

    def threads(self) -> Iterator[bytes]:
        """The thread objects."""
        return self._lines(THREADS)

    def items(self, thread_id: str) -> Iterator[bytes]:
        """The items of one thread, in the API's ascending order; nothing if none were saved."""
        path = self._paths.get(thread_id)
        return self._lines(path) if path else iter(())

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
        for path, entry in self._entries.items():
            try:
                with self._open(path) as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                yield f"{path} is missing"
                continue
            if found != entry.get("sha256"):
                yield f"{path} is not what was saved: its SHA-256 is {found}"

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
        if path not in self._entries:
            return
        with self._open(path) as file:
            for line in file:
                yield line.removesuffix(b"\n")

    def _open(self, path: str) -> BufferedReader:
        if any(part.is_symlink() for part in (self.root / path, (self.root / path).parent)):
            raise ArchiveProblem(f"{self.root / path} is a link; an archive holds only files.")
        return (self.root / path).open("rb")


def _manifest(root: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((root / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ArchiveProblem(f"{root / MANIFEST} cannot be read: {error}.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveProblem(f"{root / MANIFEST} is not the manifest of a {FORMAT}.")
    version = manifest.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ArchiveProblem(
            f"{root} is an archive of version {version}; this release reads up to {VERSION}. Use a newer one."
        )
    if not isinstance(manifest.get("files"), list) or not isinstance(manifest.get("runs"), list):
        raise ArchiveProblem(f"{root / MANIFEST} lacks its list of files or runs.")
    return manifest
