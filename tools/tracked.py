"""Which files make up the repository. Must not read them."""

import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GENERATED = {".git", ".venv", ".chatkit", "node_modules", "static", "__pycache__", "dist", "test-results"}
"""Folders that are never part of it, for a copy that came without git."""


def tracked_files(*patterns: str) -> list[Path]:
    """Return the files git tracks, or would once added, that match one of `patterns`; all without any.

    Paths are absolute and sorted; a `*` stands for anything, folders included. In a copy without git, every
    file outside the generated folders counts.
    """
    found = sorted(set(_from_git()) or set(_from_disk(ROOT)))
    if not patterns:
        return found
    names = [path.relative_to(ROOT).as_posix() for path in found]
    return [ROOT / name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def _from_git() -> Iterator[Path]:
    # The checkout may belong to another user than the one who runs the gate, which git refuses by default.
    git = ["git", "-c", "safe.directory=*"]
    command = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            yield ROOT / name


def _from_disk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in GENERATED and not path.name.endswith("_cache"):
            yield from _from_disk(path)
        elif path.is_file():
            yield path
