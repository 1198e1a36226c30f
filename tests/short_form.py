"""What continuous integration leaves out: of the many like cases of some folders, it takes every third.

`make test` runs all of them. Which third depends on the commit, so that in time each has its turn.
"""

import os
import subprocess
import zlib

import pytest

from tools.tracked import ROOT

MANY_ALIKE = (
    "tests/admin/",
    "tests/agent_builder/test_",
    "tests/conformance/",
    "tests/db/",
    "tests/differential/",
    "tests/doctor/",
    "tests/http/test_provider_faults",
    "tests/mapper/",
    "tests/providers/",
    "tests/transcripts/",
    "tests/workflows/",
)
SHARE = 3


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what has no turn, where `CI` is set."""
    if not os.environ.get("CI"):
        return
    turn = _turn()
    config.hook.pytest_deselected(items=[item for item in items if not _has_turn(item.nodeid, turn)])
    items[:] = [item for item in items if _has_turn(item.nodeid, turn)]


def _has_turn(name: str, turn: int) -> bool:
    return not name.startswith(MANY_ALIKE) or zlib.crc32(name.encode()) % SHARE == turn


def _turn() -> int:
    git = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return int(commit or "0", 16) % SHARE
