"""What continuous integration makes of tests that fail beside others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.tracked import ROOT

SUITE = """
import os
import pytest

@pytest.mark.parametrize("number", range({beside}))
def test_that_is_disturbed(number):
    assert "PYTEST_XDIST_WORKER" not in os.environ

@pytest.mark.parametrize("number", range({always}))
def test_that_is_broken(number):
    assert False

def test_that_is_fine():
    pass
"""

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").touch()
    return tmp_path


def run(suite: Path, *arguments: str, beside: int, always: int = 0, ci: str = "true") -> tuple[int, str]:
    """Run a suite of so many tests that fail beside others, and so many that always do."""
    (suite / "test_suite.py").write_text(SUITE.format(beside=beside, always=always))
    done = subprocess.run(
        [sys.executable, "-m", "tools.testing", "-p", "xdist.plugin", "-n", "1", "-q", *arguments],
        cwd=suite,
        env={**ENVIRONMENT, "CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_what_passes_alone_fails_no_build_and_is_named_at_the_end(suite: Path) -> None:
    code, said = run(suite, beside=2)

    assert code == 0
    first, _, second = said.partition("==> 2 tests failed beside others, and now by themselves:\n")
    assert "2 failed, 1 passed" in first
    assert "2 passed" in second
    assert said.endswith(
        "==> 2 tests failed beside others and passed alone:\n"
        "    test_suite.py::test_that_is_disturbed[0]\n"
        "    test_suite.py::test_that_is_disturbed[1]\n"
    )


def test_what_fails_again_fails_the_build(suite: Path) -> None:
    code, said = run(suite, beside=1, always=1)

    assert code == 1
    assert said.endswith(
        "==> 1 test failed beside others and passed alone:\n"
        "    test_suite.py::test_that_is_disturbed[0]\n"
        "==> 1 test failed beside others and alone, which fails the build:\n"
        "    test_suite.py::test_that_is_broken[0]\n"
    )


def test_many_failures_are_no_accident(suite: Path) -> None:
    code, said = run(suite, beside=6)

    assert code == 1
    assert said.endswith("==> 6 tests failed, which is too many to be an accident: none is run again\n")


@pytest.mark.parametrize(("arguments", "wanted"), [(["--no-such-option"], 4), (["-k", "nothing_at_all"], 5)])
def test_what_else_stops_it_is_not_tried_again(suite: Path, arguments: list[str], wanted: int) -> None:
    code, said = run(suite, *arguments, beside=1)

    assert code == wanted
    assert "==>" not in said


def test_on_a_developers_machine_a_failure_is_one(suite: Path) -> None:
    code, said = run(suite, beside=1, ci="")

    assert code == 1
    assert "==>" not in said
    assert "1 failed, 1 passed" in said
