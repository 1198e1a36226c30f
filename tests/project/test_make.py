"""`make`, in a checkout with a space in its path and its packages already in; the server is a stand-in."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

import pytest

from tests.patience import BUSY
from tools.tracked import ROOT

STAND_IN = """
import os, signal, sys

def end(number, frame):
    os.write(1, f"signal {number}\\n".encode())  # print is not reentrant, and a signal may come inside it
    sys.exit(0)

signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGTERM, end)
print(os.getpid(), os.environ.get("CHATKIT_MODEL"), *sys.argv[1:], flush=True)
signal.pause()
"""
BOUND = 20.0 * BUSY
# As in a fresh shell: not inside another make, and without what a platform may set.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in {"MAKEFLAGS", "MAKELEVEL", "HOST", "PORT"}
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a folder with spaces"
    for folder in ("tools", "requirements"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "web").mkdir()
    for name in ("Makefile", "pyproject.toml", "web/package.json", "web/package-lock.json"):
        shutil.copy(ROOT / name, root / name)
    for folder in (".venv/bin", "web/node_modules", "app/static"):
        (root / folder).mkdir(parents=True)
    (root / ".venv/bin/python").symlink_to(sys.executable)
    server = root / ".venv/bin/chatkit-server"
    server.write_text('#!/bin/sh\nexec "${0%/*}/python" "${0%/*}/stand_in.py" "$@"\n')
    server.chmod(0o755)
    (root / ".venv/bin/stand_in.py").write_text(STAND_IN)
    (root / ".venv/.installed-run").touch()
    (root / ".venv/.installed-project").write_text(f"{root}\n")
    (root / "web/node_modules/.package-lock.json").touch()
    (root / "app/static/index.html").touch()
    return root


def make(checkout: Path, *arguments: str) -> str:
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=checkout, env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout


class Serving:
    """`make serve` in its own process group, up to the line that the stand-in prints."""

    def __init__(self, checkout: Path, *arguments: str, **environment: str) -> None:
        self.make = subprocess.Popen(
            ["make", "-s", "serve", *arguments],
            cwd=checkout,
            env=ENVIRONMENT | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        pid, self.model, *self.arguments = self.output.readline().split()
        self.server = int(pid)

    @property
    def output(self) -> IO[str]:
        assert self.make.stdout is not None
        return self.make.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.make.poll() is None:
            os.killpg(self.make.pid, signal.SIGKILL)
            self.make.wait(BOUND)
        self.output.close()

    def rest(self) -> list[str]:
        """Everything that is said until both have ended."""
        said = self.output.read().splitlines()
        self.make.wait(BOUND)
        return said


@pytest.fixture
def serving(checkout: Path) -> Iterator[Serving]:
    with Serving(checkout, "HOST=::1", "PORT=8123", CHATKIT_MODEL="gpt-test") as running:
        yield running


def test_make_alone_lists_every_target(checkout: Path) -> None:
    said = make(checkout)
    phony = re.search(r"^\.PHONY: (help .+)$", (checkout / "Makefile").read_text(), re.MULTILINE)
    assert phony
    listed = [line.split()[1] for line in said.splitlines()]
    assert listed == phony[1].split()


def test_serve_hands_on_host_port_and_the_environment(serving: Serving) -> None:
    assert serving.arguments == ["serve", "--host", "::1", "--port", "8123"]
    assert serving.model == "gpt-test"


def test_a_host_that_the_shell_exports_is_not_taken_for_an_address(checkout: Path) -> None:
    with Serving(checkout, HOST="x86_64-conda-linux-gnu", PORT="8124") as running:
        assert running.arguments == ["serve", "--port", "8124"]


def test_ctrl_c_reaches_the_server_once_and_make_adds_no_more_than_a_line(serving: Serving) -> None:
    os.killpg(serving.make.pid, signal.SIGINT)
    said = serving.rest()
    assert said[0] == "signal 2"
    assert len(said) <= 2
    assert said.count("signal 2") == 1


def test_a_sigterm_for_make_alone_ends_the_server(serving: Serving) -> None:
    serving.make.terminate()
    assert serving.rest()[0] == "signal 15"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_killing_make_ends_the_server(serving: Serving) -> None:
    serving.make.kill()
    assert serving.rest() == ["signal 15"]


def test_a_second_start_installs_and_builds_nothing(checkout: Path) -> None:
    said = make(checkout, "-n", "serve")
    assert said.strip() == "exec .venv/bin/python tools/attached.py .venv/bin/chatkit-server serve"


def test_a_checkout_that_was_moved_is_installed_again(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("elsewhere"))
    assert "--editable" in make(moved, "-n", "serve")


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ("requirements/run.txt", "tools/install.py"),
        ("pyproject.toml", "--editable"),
        ("web/package-lock.json", "npm.py ci"),
        ("web/package.json", "npm.py run build"),
    ],
)
def test_what_changed_is_made_again(checkout: Path, changed: str, step: str) -> None:
    newest = max(path.lstat().st_mtime for path in checkout.rglob("*")) + 10
    os.utime(checkout / changed, (newest, newest))
    assert step in make(checkout, "-n", "serve")
