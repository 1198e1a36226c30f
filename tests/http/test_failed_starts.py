"""A start that cannot succeed ends in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.proves("REL-53", "DB-06")
@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"CHATKIT_DATABASE_URL": "mysql://x@127.0.0.1/x"}, "PostgreSQL only"),
        ({"CHATKIT_AGENT": "no_such_module:agent"}, "no_such_module"),
        ({"CHATKIT_SECRET_KEY": "short"}, "CHATKIT_SECRET_KEY"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_start_that_cannot_succeed_ends_in_a_sentence(
    tmp_path: Path, environ: dict[str, str], said: str
) -> None:
    command = [sys.executable, "-m", "app.cli", "serve", "--port", "0"]
    environ = {**os.environ, "CHATKIT_DATA_DIR": str(tmp_path / "data"), **environ}

    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
