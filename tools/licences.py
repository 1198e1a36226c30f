"""The licences of what the server and the page are shipped with: `python -m tools.licences`.

Read from what is installed, and from the lock file of the page. Whoever ships the server must be able to: a
licence that asks for more than its text to be kept is refused until somebody has read it.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from tools.tracked import ROOT

RUN = ROOT / "requirements/run.txt"
LOCK = ROOT / "web/package-lock.json"

PERMITTED = {
    *("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "PSF-2.0", "Apache-2.0"),
    # Of files: their own changes stay open. We change none.
    "MPL-2.0",
    "PostgreSQL",
}
CLASSIFIED = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
}
READ = {"openai-chatkit": "Apache-2.0"}
"""Packages whose metadata names no licence, and the one that stands in what they ship."""

ELSEWHERE = {"pywin32", "httpx2-jsfetch"}
"""Packages for other systems, whose metadata cannot be read here."""


def python_licences() -> Iterator[tuple[str, str | None]]:
    """Yield each package that the server runs on, with an SPDX expression; None where there is none."""
    for name in re.findall(r"^([\w.-]+)==", RUN.read_text(), re.MULTILINE):
        try:
            yield name, READ.get(name) or _stated(name)
        except PackageNotFoundError:
            if name not in ELSEWHERE:
                yield name, None


def page_licences(lock: Path = LOCK) -> Iterator[tuple[str, str | None]]:
    """Yield each package that the page is built from, those for development left out."""
    for path, package in json.loads(lock.read_text())["packages"].items():
        if path and not package.get("dev"):
            yield path.removeprefix("node_modules/"), package.get("license")


def is_permitted(expression: str | None) -> bool:
    """Say whether an SPDX expression can be met: of alternatives one, of parts all."""
    if expression is None:
        return False
    alternatives = re.split(r"\s+OR\s+", expression.strip("()"))
    return any(set(re.split(r"\s+AND\s+", part.strip("() "))) <= PERMITTED for part in alternatives)


def refused() -> list[str]:
    """Return what nobody has permitted, with its licence."""
    found = [*python_licences(), *page_licences()]
    return [
        f"{name}: {licence or 'no licence named'}" for name, licence in found if not is_permitted(licence)
    ]


def _stated(name: str) -> str | None:
    told = metadata(name).json
    if expression := told.get("license_expression"):
        return str(expression)
    classified = [
        CLASSIFIED[kind]
        for kind in (value.rpartition(" :: ")[2] for value in told.get("classifier", ()))
        if kind in CLASSIFIED
    ]
    if classified:
        return " OR ".join(classified)
    short = str(told.get("license", "")).strip()
    return short if short in PERMITTED else None


if __name__ == "__main__":
    problems = refused()
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.exit(1 if problems else 0)
