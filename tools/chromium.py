"""Print the Chromium that browser tests drive; install one when this machine has none.

Looked for in this order: `$CHROMIUM`, the PATH, Playwright's own download. Installed in this order: the
distribution's package where we may, else Playwright's. Every candidate is started once, because a name on the
PATH may be a stub (Ubuntu's package only points to a snap) or lack libraries. Ends with a sentence and exit
code 1 when none starts, so that the browser is never left out in silence.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 60


def main() -> int:
    """Print the path on standard output, progress on standard error; return the exit code."""
    if named := os.environ.get("CHROMIUM"):
        return _chosen(named) if starts(named) else _say(f"CHROMIUM={named} does not start.", code=1)
    for candidate in installed():
        if starts(candidate):
            return _chosen(candidate)
    for install in (from_distribution, from_playwright):
        if install():
            for candidate in installed():
                if starts(candidate):
                    return _chosen(candidate)
    return _say("No Chromium starts here and none could be installed; name one with CHROMIUM=…", code=1)


def installed() -> Iterator[str]:
    """Yield what looks like a Chromium on this machine."""
    for name in NAMES:
        if found := shutil.which(name):
            yield found
    # Imported here, so that a machine with its own browser is not slowed down by it.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def starts(executable: str) -> bool:
    """Say whether it renders an empty page without a screen."""
    command = [executable, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]
    try:
        page = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "<html>" in page.stdout


def from_distribution() -> bool:
    """Install the Debian package; False where there is no apt-get or no right to use it."""
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if apt is None or (sudo and shutil.which("sudo") is None):
        return False
    _say("==> no Chromium here: installing the distribution's package")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*sudo, apt, "install", "--yes", "--no-install-recommends", "chromium"]
    return _succeeds(install, environment) or (
        _succeeds([*sudo, apt, "update"], environment) and _succeeds(install, environment)
    )


def from_playwright() -> bool:
    """Install Playwright's build, with the libraries it needs where we may."""
    _say("==> installing Playwright's Chromium")
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    may_install_libraries = os.geteuid() == 0 and shutil.which("apt-get") is not None
    return (may_install_libraries and _succeeds([*command, "--with-deps"])) or _succeeds(command)


def _succeeds(command: list[str], environment: dict[str, str] | None = None) -> bool:
    # Standard output is kept for the answer; what an installer says goes where people read progress.
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    return done.returncode == 0


def _chosen(executable: str) -> int:
    sys.stdout.write(f"{executable}\n")
    return 0


def _say(text: str, code: int = 0) -> int:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
