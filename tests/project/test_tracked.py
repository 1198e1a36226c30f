"""Which files the rules of the repository are applied to."""

from pathlib import Path

import pytest

from tools import tracked
from tools.tracked import ROOT, tracked_files


def test_a_pattern_reaches_every_depth() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in tracked_files("tests/*.py")}
    assert {"tests/conftest.py", "tests/project/test_tracked.py"} <= found
    assert max(name.count("/") for name in found) > 2


def test_what_is_generated_or_ignored_is_no_part_of_it() -> None:
    parts = {part for path in tracked_files() for part in path.relative_to(ROOT).parts}
    assert not parts & {".venv", ".git", "node_modules", "__pycache__"}


def test_a_copy_without_git_has_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("app/cli.py", "web/src/page.ts", "app/static/index.html", ".venv/lib/x.py", ".ruff_cache/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(tracked, "ROOT", tmp_path)
    found = [path.relative_to(tmp_path).as_posix() for path in tracked.tracked_files()]
    assert found == ["app/cli.py", "web/src/page.ts"]
