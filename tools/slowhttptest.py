"""Print the slowhttptest that tests of slow clients run; get one when this machine has none.

`tools/debian.py` says where it is looked for. Every candidate is started once.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator

from tools.debian import Wanted, find
from tools.tracked import ROOT

FETCHED = ROOT / ".venv/slowhttptest"


def installed() -> Iterator[str]:
    """Yield every slowhttptest on this machine that starts."""
    for candidate in (shutil.which("slowhttptest"), str(FETCHED / "usr/bin/slowhttptest")):
        if candidate and starts(candidate):
            yield candidate


def starts(executable: str) -> bool:
    """Say whether it runs here, with the libraries there are."""
    try:
        done = subprocess.run([executable, "-h"], capture_output=True, check=False)
    except OSError:
        return False
    return b"slow HTTP" in done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(find(Wanted("slowhttptest", "SLOWHTTPTEST", FETCHED, installed, starts)))
