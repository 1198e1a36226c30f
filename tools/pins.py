"""Compile `pyproject.toml` into the pinned files under `requirements/`: names, versions, markers and hashes.

    python tools/pins.py            write them
    python tools/pins.py --check    exit with 1 unless a fresh compile gives what is there

The cut-off date stands in `pyproject.toml` (`tool.uv.exclude-newer`), so the result does not depend on today.
Each file begins with a digest of what it was made from, which lets a test notice a forgotten compile without
a network. Must never write a download address: mirrors are the reader's own affair.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "requirements"

# Each file after those it must agree with, which are its constraints.
FILES: dict[str, tuple[str, ...]] = {
    "server": ("pyproject.toml",),
    "run": ("pyproject.toml", "--extra", "embedded", "--constraint", f"{FOLDER}/server.txt"),
    "build": ("--group", "build"),
    "dev": (
        *("pyproject.toml", "--extra", "embedded", "--group", "dev", "--group", "build"),
        *("--constraint", f"{FOLDER}/run.txt"),
    ),
    "litellm": ("pyproject.toml", "--extra", "litellm", "--constraint", f"{FOLDER}/dev.txt"),
    "guardrails": ("pyproject.toml", "--extra", "guardrails", "--constraint", f"{FOLDER}/dev.txt"),
    "node": ("--group", "node"),
    "pins": ("--group", "pins"),
    "audit": ("--group", "audit", "--constraint", f"{FOLDER}/dev.txt"),
}


def digest() -> str:
    """Identify everything in `pyproject.toml` that decides what a compile gives."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = pyproject["project"]
    inputs = [
        project["requires-python"],
        project["dependencies"],
        project["optional-dependencies"],
        pyproject["dependency-groups"],
        pyproject["tool"]["uv"]["exclude-newer"],
    ]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def header() -> str:
    """Return the first line of every compiled file."""
    return f"# Compiled from pyproject.toml by `make pins`; do not edit. Inputs {digest()}.\n"


def compile_pins(name: str, target: Path) -> None:
    """Write one file. What `target` already pins is not preferred over what a fresh compile chooses."""
    uv = [str(Path(sys.executable).parent / "uv"), "pip", "compile", "--quiet"]
    options = ["--universal", "--python-version", "3.11", "--generate-hashes"]
    silent = ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--upgrade"]
    done = subprocess.run(
        [*uv, *options, *silent, *FILES[name]], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"uv could not compile {target}.")
    target.write_text(header() + done.stdout)


def main(arguments: list[str]) -> int:
    """Write or check every file; return the exit code."""
    check = "--check" in arguments
    stale = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in FILES:
            kept = ROOT / FOLDER / f"{name}.txt"
            target = Path(scratch) / kept.name if check else kept
            compile_pins(name, target)
            if check and target.read_text() != kept.read_text():
                stale.append(str(kept.relative_to(ROOT)))
            print(f"==> {FOLDER}/{name}.txt")
    if stale:
        print(f"A fresh compile differs for {', '.join(stale)}: run `make pins` and commit the result.")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
