"""Which version of a workflow is current: one small file per workflow in the data directory.

A command writes it, and every process on the data directory sees it at its next turn.
"""

import json
import os
import re
import tempfile
from pathlib import Path

from app.errors import ConfigurationError

_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}")


class CurrentVersions:
    """By workflow id, the version that was switched to; nothing where none ever was."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "workflows"
        self._read: dict[str, tuple[tuple[int, int], str | None]] = {}

    def get(self, workflow_id: str) -> str | None:
        """Return the version that was switched to. Reads the file only when it has changed."""
        path = self._path(workflow_id)
        try:
            found = path.stat()
        except OSError:
            return None
        stamp = (found.st_mtime_ns, found.st_ino)
        known = self._read.get(workflow_id)
        if known is None or known[0] != stamp:
            known = self._read[workflow_id] = (stamp, _versions(path)[0])
        return known[1]

    def switch(self, workflow_id: str, version: str, before: str) -> None:
        """Make a version current, from the next turn on, in place of the one that was `before`."""
        path = self._path(workflow_id)
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"current": version, "before": before})
        # Readers see the old file or the new one, and never a half.
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)

    def before(self, workflow_id: str) -> str | None:
        """Return the version that was current before the last switch."""
        return _versions(self._path(workflow_id))[1]

    def _path(self, workflow_id: str) -> Path:
        if not _ID.fullmatch(workflow_id) or workflow_id.startswith("."):
            raise ConfigurationError(f"{workflow_id!r} is no id of a workflow.")
        return self._folder / f"{workflow_id}.json"


def _versions(path: Path) -> tuple[str | None, str | None]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None, None
    if not isinstance(value, dict):
        return None, None
    current, before = value.get("current"), value.get("before")
    return current if isinstance(current, str) else None, before if isinstance(before, str) else None
