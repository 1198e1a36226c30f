"""The unfinished export beside the archive: everything a killed run leaves for the next one.

The archive itself is not touched until `finish` swaps the new files in, so at every moment the directory
holds a whole archive, or none yet. Owns paths, resuming and the lock; must not know the API.
"""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.agent_builder.archive.layout import MANIFEST, WORK_DIRECTORY, blob_path, file_stem
from app.agent_builder.export.journal import PageLog, RecordLog, write_whole
from app.agent_builder.export.pages import line_id
from app.agent_builder.export.stopping import EXIT_USAGE, ExportStopped


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
