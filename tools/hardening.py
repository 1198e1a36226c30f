"""What containers, scripts and continuous integration must not do: `python -m tools.hardening`.

Each rule is a pattern that no line of these files may have. It needs no network and knows no vulnerabilities:
`make audit` asks for those. Images are named by version, not by digest: a digest would have to be looked up
where they are kept, and moved with every security update of theirs.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tools.tracked import ROOT, tracked_files

SCRIPTS = (".ci/*", "*.sh", "Makefile")
CONTAINERS = ("Dockerfile", "docker-compose.yml")


@dataclass(frozen=True, slots=True)
class Rule:
    """`forbidden` is matched line by line; `files` are the ones it holds for."""

    name: str
    files: tuple[str, ...]
    forbidden: re.Pattern[str]


RULES = tuple(
    Rule(name, files, re.compile(pattern))
    for name, files, pattern in (
        ("runs what it downloads", (*SCRIPTS, *CONTAINERS), r"\b(curl|wget)\b[^|]*\|\s*(sudo\s+)?\w*sh\b"),
        (
            "runs what it downloads",
            (*SCRIPTS, *CONTAINERS),
            r"\b(ba|z)?sh\s+(-c\s+)?[\"']?(<\(|\$\()\s*(curl|wget)\b",
        ),
        ("downloads without a hash", CONTAINERS, r"^\s*ADD\s+https?:"),
        (
            "an image without a version",
            CONTAINERS,
            r"^\s*(FROM|image:)\s+[\w./-]+(:latest)?(\s+AS\s+\w+)?\s*$",
        ),
        (
            "more rights than a container needs",
            CONTAINERS,
            r"privileged:\s*true|cap_add|network_mode:\s*host|pid:\s*host",
        ),
        ("the container may command its host", CONTAINERS, r"docker\.sock"),
        ("writable by everybody", (*SCRIPTS, *CONTAINERS), r"\bchmod\s+(-R\s+)?(a\+w|o\+w|[0-7]?777)\b"),
        ("more rights than a script needs", SCRIPTS, r"(^|[;&|]\s*)sudo\b"),
        ("prints its environment, secrets included", SCRIPTS, r"\bset\s+-\w*x|^\s*(env|printenv)\s*$"),
        ("runs text as commands", SCRIPTS, r"(^|[;&|]\s*)eval\b"),
        (
            "installs what is not pinned",
            SCRIPTS,
            r"\b(pip|npm|uv pip)\s+(install|i)\s+(?!.*(--require-hashes|--no-deps|--quiet))\S",
        ),
        (
            "TLS is not verified",
            (*SCRIPTS, *CONTAINERS),
            r"--insecure\b|curl\s+-\w*k|strict-ssl\s*=?\s*false|--trusted-host",
        ),
        (
            "a secret in clear text",
            (*SCRIPTS, *CONTAINERS),
            r"(?i)(password|secret|token|api_key)\s*[:=]\s*[\"']?[A-Za-z0-9+/]{8,}",
        ),
    )
)
OWN_IMAGES = re.compile(r"image:\s+chatkit-server\s*$")
"""Built here, so it has no version."""

STRICT = re.compile(r"^set -eu$", re.MULTILINE)


def broken(path: str, text: str) -> Iterator[str]:
    """Yield each place in a file, by its name in the repository, where it breaks a rule."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or OWN_IMAGES.search(line):
            continue
        for rule in RULES:
            if any(fnmatchcase(path, pattern) for pattern in rule.files) and rule.forbidden.search(line):
                yield f"{path}:{number}: {rule.name}"
    must_be_strict = fnmatchcase(path, ".ci/*") or fnmatchcase(path, "deploy/*.sh")
    if must_be_strict and not STRICT.search(text):
        yield f"{path}: goes on after a failure (no `set -eu`)"


def all_broken() -> list[str]:
    """Return every place in the repository."""
    files = tracked_files(*SCRIPTS, *CONTAINERS)
    return [place for path in files for place in broken(_name(path), path.read_text())]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    found = all_broken()
    sys.stdout.write("".join(f"{place}\n" for place in found))
    sys.exit(1 if found else 0)
