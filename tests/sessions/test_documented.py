"""The ways to make a session that docs/sessions.md shows, run as they stand."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.serving import RunningServer
from tests.sessions.backend import KEY, Backend
from tools.npm import npm_from_wheel
from tools.tracked import ROOT

EXAMPLES = dict(
    re.findall(
        r"^```(python|js|sh)\n((?:(?!make serve|cksess_).)*?)^```",
        (ROOT / "docs/sessions.md").read_text(),
        re.MULTILINE | re.DOTALL,
    )
)


def run(command: Sequence[str], example: str, server: RunningServer) -> str:
    """Run an example against this server and return the last word that it printed."""
    code = example.replace("http://127.0.0.1:8000", server.url)
    environment = {**os.environ, "CHATKIT_SERVER_KEY": KEY}
    done = subprocess.run(
        [*command, code], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.proves("AB-40")
@pytest.mark.parametrize("language", ["python", "js", "sh"])
async def test_a_documented_way_makes_a_session(backend: Backend, language: str) -> None:
    commands = {
        "python": lambda: [sys.executable, "-c"],
        "js": lambda: [shutil.which("node") or npm_from_wheel()[0], "--input-type=module", "--eval"],
        "sh": lambda: ["sh", "-c"],
    }
    printed = await asyncio.to_thread(run, commands[language](), EXAMPLES[language], backend.server)
    found = re.search(r"ek_[\w-]+", printed)
    assert found, printed
    assert (await backend.page_of(found[0]).call("threads.list"))["data"] == []
