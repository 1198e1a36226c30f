"""Print the nginx that tests of `deploy/nginx.conf` run; get one when this machine has none.

Looked for in this order: `$NGINX`, the PATH and where distributions put it, a copy fetched before. Fetched as
the distribution's package, which is unpacked below `.venv` and not installed: that would start a service on
port 80. Every candidate is started once. Ends with a sentence and exit code 1 when none starts, so that these
tests are never left out in silence.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from tools.debian import unpack
from tools.tracked import ROOT

FETCHED = ROOT / ".venv/nginx"
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


def main() -> int:
    """Print the path on standard output, progress on standard error; return the exit code."""
    if named := os.environ.get("NGINX"):
        return _chosen(named) if starts(named) else _say(f"NGINX={named} does not start.", code=1)
    for candidate in installed():
        return _chosen(candidate)
    if unpack("nginx", FETCHED):
        for candidate in installed():
            return _chosen(candidate)
    return _say("No nginx starts here and none could be fetched; name one with NGINX=…", code=1)


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


def _chosen(executable: str) -> int:
    sys.stdout.write(f"{executable}\n")
    return 0


def _say(text: str, code: int = 0) -> int:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
