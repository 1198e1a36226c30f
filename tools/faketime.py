"""Print the libfaketime that gives a test's server another wall clock; get one when this machine has none.

`tools/debian.py` says where it is looked for. Every candidate is loaded once, and must move the wall clock
and leave the monotonic one.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.debian import Wanted, find
from tools.tracked import ROOT

FETCHED = ROOT / ".venv/libfaketime"
# The one for programs with threads.
NAME = "faketime/libfaketimeMT.so.1"
FOLDERS = ("/usr/local/lib", "/usr/lib64", "/usr/lib")

_DAY = 24 * 3600
_CLOCKS = "import time; print(time.time(), time.monotonic())"


def installed() -> Iterator[str]:
    """Yield every libfaketime on this machine that works."""
    for folder in (*FOLDERS, f"{FETCHED}/usr/lib"):
        for pattern in (NAME, f"*/{NAME}"):
            for candidate in sorted(ROOT.joinpath(folder).glob(pattern)):
                if works(str(candidate)):
                    yield str(candidate)


def works(library: str) -> bool:
    """Say whether a process that loads it lives in another day, and measures spans as others do."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CLOCKS],
            env=environment(library) | {"FAKETIME": f"+{_DAY}"},
            capture_output=True,
            text=True,
            check=True,
        )
        wall, monotonic = (float(clock) for clock in done.stdout.split())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return False
    return abs(wall - time.time() - _DAY) < _DAY / 2 and abs(monotonic - time.monotonic()) < _DAY / 2


def environment(library: str) -> dict[str, str]:
    """Return what a process needs in its environment to load it, apart from the time."""
    return {
        # By its name alone: a list of libraries is split at blanks, and a folder's path may have one.
        "LD_PRELOAD": Path(library).name,
        "LD_LIBRARY_PATH": str(Path(library).parent),
        "DONT_FAKE_MONOTONIC": "1",
        # A clock that jumps leaves the times of files as they are.
        "NO_FAKE_STAT": "1",
    }


if __name__ == "__main__":
    sys.exit(find(Wanted("libfaketime", "LIBFAKETIME", FETCHED, installed, works)))
