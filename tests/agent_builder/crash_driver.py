"""Exports in children that kill themselves at a chosen touch of the disk: `crash_driver.py DIR [POINT…]`.

Without points, exports into DIR/whole and says how often that touched the disk. With points, exports into
DIR/POINT, is killed at that touch, exports again if that left it unfinished, and says of each the exit code,
and whether there was a whole archive, or none, at the moment of the kill. Where there is a DIR/before, each
export begins with a copy of it.
A program of its own, because forking is only safe where no other thread runs.
"""

import contextlib
import itertools
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.agent_builder.archive.layout import MANIFEST
from app.agent_builder.archive.reader import Archive
from app.agent_builder.export.clock import Clock
from app.agent_builder.export.command import main
from app.agent_builder.export.workspace import Workspace

TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"}
OPTIONS = os.environ.get("EXPORT_OPTIONS", "").split()
CLOCK = Clock(now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))


def export(out: Path) -> int:
    """Export without a word; return the exit code."""
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        return main(["--out", str(out), "--concurrency", "2", *OPTIONS], CLOCK)


def export_in_child(out: Path, point: int) -> tuple[int, int]:
    """Export in a child that dies at its touch number `point` (0: never); return exit code and touches."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        with os.fdopen(reader, "rb") as touched:
            touches = len(touched.read())
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), touches
    count = itertools.count(1)

    def die_at_the_point(event: str, arguments: tuple[object, ...]) -> None:
        if event in TOUCHES and str(out) in str(arguments[0]):
            os.write(writer, b".")
            if next(count) == point:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die_at_the_point)
    os._exit(export(out))


def is_complete(out: Path) -> bool:
    """Whether the kill came after the archive was made: exporting again would be one run more."""
    finished = len(Archive(out).manifest["runs"]) if (out / MANIFEST).exists() else 0
    begun_with = out.parent / "before"
    before = len(Archive(begun_with).manifest["runs"]) if begun_with.exists() else 0
    return finished > before and not Workspace(out).committing.exists()


def is_whole(out: Path) -> bool:
    """Whether the archive, if there is one, is what its manifest says, or is being swapped for the next."""
    if not (out / MANIFEST).exists() or Workspace(out).committing.exists():
        return True
    return list(Archive(out).damages()) == []


def run(out: Path, points: list[int]) -> None:
    """See the module."""
    # The client imports most of itself at first use: once here instead of once in every child.
    export(out / "imports")
    if not points:
        code, touches = export_in_child(begin(out, "whole"), 0)
        sys.stdout.write(f"{code} {touches}\n")
    for point in points:
        folder = begin(out, str(point))
        code, _ = export_in_child(folder, point)
        if code == -signal.SIGKILL:
            whole = is_whole(folder)
            if not is_complete(folder):
                code, _ = export_in_child(folder, 0)
            sys.stdout.write(f"{point} {code} {int(whole)}\n")


def begin(out: Path, name: str) -> Path:
    """The folder for an export of that name, with what is there before."""
    if (out / "before").exists():
        shutil.copytree(out / "before", out / name)
    return out / name


if __name__ == "__main__":
    run(Path(sys.argv[1]), [int(point) for point in sys.argv[2:]])
