"""`make audit`: licences, the age of the pins, and known vulnerabilities of what is pinned.

The last needs databases of other people, asked through pip-audit and npm: where one cannot be reached this
says so and ends with 3. `make check` works without a network, and claims no more than it looked at.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tools.hardening import all_broken
from tools.licences import refused
from tools.tracked import ROOT

PINS = ("requirements/run.txt", "requirements/litellm.txt", "requirements/guardrails.txt")
OLDEST_DAYS = 90
"""After so long pins have missed repairs, whether or not a database knows of them."""
SECONDS = 300
SILENT = "No database of vulnerabilities could be reached, so nothing is known of it."

PIP_AUDIT = (sys.executable, "-m", "pip_audit", "--format", "json", "--disable-pip", "--require-hashes")
NPM_AUDIT = (sys.executable, "tools/npm.py", "audit", "--json", "--omit=dev")

FINE, FOUND, NOT_ASKED = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What a database said of what was asked of it; `asked` is false where it could not be reached."""

    what: str
    asked: bool
    found: tuple[str, ...] = ()


def main() -> int:
    """Print what was found, and return the exit code."""
    problems = [*all_broken(), *refused(), *_old_pins(datetime.now(UTC))]
    answers = [*(python_advisories(pins) for pins in PINS), page_advisories()]
    for answer in answers:
        if not answer.asked:
            print(f"NOT ASKED: {answer.what}. {SILENT}")
        elif not answer.found:
            print(f"fine: {answer.what}: no known vulnerability")
        problems += answer.found
    print(*problems, sep="\n", end="\n" if problems else "")
    if problems:
        return FOUND
    return FINE if all(answer.asked for answer in answers) else NOT_ASKED


def python_advisories(pins: str, command: Sequence[str] = PIP_AUDIT) -> Answer:
    """Ask for the packages of a file of pins."""
    told = _told([*command, "--requirement", pins])
    if told is None or "dependencies" not in told:
        return Answer(pins, asked=False)
    found = tuple(
        f"{package['name']} {package.get('version', '')}: {advisory['id']}"
        f", repaired in {', '.join(advisory.get('fix_versions') or ['no version yet'])}"
        for package in told["dependencies"]
        for advisory in package.get("vulns", ())
    )
    return Answer(pins, asked=True, found=found)


def page_advisories(command: Sequence[str] = NPM_AUDIT) -> Answer:
    """Ask for the packages that the page is built from."""
    told = _told(command)
    if told is None or "vulnerabilities" not in told:
        return Answer("web/package-lock.json", asked=False)
    found = tuple(
        f"{name}: {of['severity']}, {of.get('range', '')}" for name, of in told["vulnerabilities"].items()
    )
    return Answer("web/package-lock.json", asked=True, found=found)


def _told(command: Sequence[str]) -> dict[str, Any] | None:
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
        told = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _old_pins(now: datetime) -> list[str]:
    uv = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]
    age = (now - datetime.fromisoformat(uv["exclude-newer"])).days
    print(f"The pins are {age} days old.")
    return (
        [f"the pins are older than {OLDEST_DAYS} days: move exclude-newer on, and `make pins`"]
        if age > OLDEST_DAYS
        else []
    )


if __name__ == "__main__":
    sys.exit(main())
