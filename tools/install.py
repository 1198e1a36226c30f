"""Install pinned requirements into the environment this runs in, and show how far it is.

Owns the one way packages enter `.venv`: with hashes, by that environment's pip, whose own settings (mirrors,
proxies, certificates) apply. Must run on the standard library alone: it runs before anything is installed.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
PACKAGE = re.compile(
    r"(?:Collecting|Processing|Requirement already satisfied:) (?:\S*/)?([\w.-]+?)(?:==|-\d|\s)"
)
STEP_SECONDS = 3.0
"""How often a log, which cannot rewrite its last line, is told of progress."""


def main(arguments: list[str]) -> int:
    """Install the requirement files named after a label for people; return pip's exit code."""
    label, *files = arguments
    if subprocess.run([*PIP, "--version"], capture_output=True, check=False).returncode:
        subprocess.run([sys.executable, "-m", "ensurepip", "--upgrade"], check=True)
    total = sum(len(re.findall(r"^[\w.-]+==", Path(file).read_text(), re.MULTILINE)) for file in files)
    command = [*PIP, "install", "--require-hashes", "--progress-bar", "off"]
    for file in files:
        command += ["--requirement", file]
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert pip.stdout is not None
    lines = list(_report(label, total, pip.stdout))
    code = pip.wait()
    if code:
        print(f"==> {label}: pip could not install them; what it said:", *lines[-25:], sep="\n")
    return code


def _report(label: str, total: int, output: Iterator[str]) -> Iterator[str]:
    """Pass pip's lines on, telling the terminal at every package, or a log now and then, how far it is."""
    terminal = sys.stdout.isatty()
    seen, said = 0, 0.0
    _say(f"==> {label}: {total} packages", terminal)
    for line in output:
        if found := PACKAGE.match(line):
            seen += 1
            if terminal or time.monotonic() - said > STEP_SECONDS:
                _say(f"==> {label}: {seen} of {total}, {found[1]}", terminal)
                said = time.monotonic()
        elif line.startswith("Installing collected packages"):
            _say(f"==> {label}: unpacking", terminal)
        yield line.rstrip()
    if terminal:
        sys.stdout.write("\n")


def _say(text: str, terminal: bool) -> None:
    sys.stdout.write(f"\r\033[K{text}" if terminal else f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
