"""A file of a distribution's package, for tests that run it: the one there is, or one got for them.

Looked for in this order: an environment variable, where distributions put it, a copy fetched before. Fetched
as the package, which is unpacked into a folder of ours: installing might start a service, and would change
the machine. Ends with a sentence and exit code 1 when no candidate works, so that these tests are never left
out in silence.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    """What to look for, and how to tell that a candidate will do."""

    package: str
    variable: str
    """The environment variable that may name it."""
    fetched: Path
    """Where the package is unpacked."""
    installed: Callable[[], Iterable[str]]
    """Yields the working ones among those on this machine, unpacked ones included."""
    works: Callable[[str], bool]


def find(wanted: Wanted) -> int:
    """Print the path on standard output, progress on standard error; return the exit code."""
    if named := os.environ.get(wanted.variable):
        works = wanted.works(named)
        return _chosen(named) if works else _complain(f"{wanted.variable}={named} does not work.")
    for candidate in wanted.installed():
        return _chosen(candidate)
    if _unpack(wanted.package, wanted.fetched):
        for candidate in wanted.installed():
            return _chosen(candidate)
    return _complain(
        f"No {wanted.package} works here and none could be fetched; name one with {wanted.variable}=…"
    )


def _chosen(path: str) -> int:
    sys.stdout.write(f"{path}\n")
    return 0


def _complain(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    return 1


def _unpack(package: str, folder: Path) -> bool:
    """Say whether `package` was unpacked into `folder`; there may be none, or no means to get it."""
    apt, extract = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if apt is None or extract is None:
        return False
    sys.stderr.write(f"==> no {package} here: fetching the distribution's package\n")
    sys.stderr.flush()
    with tempfile.TemporaryDirectory() as downloads:
        download = [apt, "download", package]
        if not _succeeds(download, downloads) and not (_updated(apt) and _succeeds(download, downloads)):
            return False
        archive = next(Path(downloads).glob(f"{package}_*.deb"), None)
        return archive is not None and _succeeds([extract, "--extract", str(archive), str(folder)], downloads)


def _updated(apt: str) -> bool:
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    return not (sudo and shutil.which("sudo") is None) and _succeeds([*sudo, apt, "update"], "/")


def _succeeds(command: list[str], folder: str) -> bool:
    # Standard output is the caller's answer; what a package tool says goes where people read progress.
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    return done.returncode == 0
