"""Close a run: merge it with the archive there was, write the manifest, and swap the new files in.

Works on what the workspace holds, in the order of the list, so the result does not depend on how often the
run was killed or which thread came first. Must not ask the API anything.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from app.agent_builder.archive.layout import (
    ATTACHMENTS,
    FAILURES,
    FILES_BEGIN,
    FORMAT,
    MANIFEST,
    THREADS,
    VERSION,
    blob_path,
    earlier_path,
)
from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.journal import json_line
from app.agent_builder.export.pages import line_id, read_line
from app.agent_builder.export.workspace import Workspace, sync_to_disk


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
