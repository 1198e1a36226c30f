"""Print the nginx that tests of `deploy/nginx.conf` run; get one when this machine has none.

`tools/debian.py` says where it is looked for. Every candidate is started once.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator

from tools.debian import Wanted, find
from tools.tracked import ROOT

FETCHED = ROOT / ".venv/nginx"
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


def installed() -> Iterator[str]:
    """Yield every nginx on this machine that starts."""
    found = shutil.which("nginx") or shutil.which("nginx", path=SYSTEM_PATH)
    for candidate in (found, str(FETCHED / "usr/sbin/nginx")):
        if candidate and starts(candidate):
            yield candidate


def starts(executable: str) -> bool:
    """Say whether it runs here, with the libraries there are."""
    try:
        return subprocess.run([executable, "-v"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(find(Wanted("nginx", "NGINX", FETCHED, installed, starts)))
