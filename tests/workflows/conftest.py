"""Exported files in a folder of the test's own; what importing them has changed is undone."""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workflows.hosting import EXPORTS

Export = Callable[..., Path]


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("CHATKIT_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "path", list(sys.path))
    # Here a stand-in is imported, also where the real one was imported by another test.
    for name in [name for name in sys.modules if name.partition(".")[0] == "guardrails"]:
        monkeypatch.delitem(sys.modules, name)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith(("chatkit_workflow_", "guardrails")):
            del sys.modules[name]


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Export]:
    """Put an export into the folder: one of `exports/`, or a text; after the test none has changed."""
    # spaCy looks for its language models there.
    monkeypatch.chdir(tmp_path)
    digests: dict[Path, str] = {}

    def put(name: str, text: str | None = None, config: str | None = None) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            shutil.copy(EXPORTS / Path(name).name, path)
        else:
            path.write_text(text, encoding="utf-8")
        if "guardrails.runtime" in path.read_text():
            shutil.copytree(EXPORTS / "guardrails", path.parent / "guardrails", dirs_exist_ok=True)
            Path("en_core_web_sm").mkdir(exist_ok=True)
        if config is not None:
            path.with_suffix(".toml").write_text(config, encoding="utf-8")
        digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        return path

    yield put
    for path, digest in digests.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, "the user's file was changed"
