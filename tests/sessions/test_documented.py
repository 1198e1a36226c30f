"""The ways to make a session that docs/sessions.md shows, run as they stand."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer, serving
from tests.sessions.backend import KEY, Backend, backend_of
from tools.npm import npm_from_wheel
from tools.tracked import ROOT

TEXT = (ROOT / "docs/sessions.md").read_text()


def examples(language: str) -> list[str]:
    """Return the examples of one language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


MAKE, AGENT, DELETE = examples("python")
[SCRIPT] = examples("js")
CURL = examples("sh")[1]


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
    if language == "python":
        command, example = [sys.executable, "-c"], MAKE
    elif language == "js":
        node = shutil.which("node") or npm_from_wheel()[0]
        command, example = [node, "--input-type=module", "--eval"], SCRIPT
    else:
        command, example = ["sh", "-c"], CURL
    printed = await asyncio.to_thread(run, command, example, backend.server)
    found = re.search(r"ek_[\w-]+", printed)
    assert found, printed
    assert (await backend.page_of(found[0]).call("threads.list"))["data"] == []


@pytest.mark.proves("AB-47")
async def test_the_documented_loop_deletes_all_of_a_user(backend: Backend) -> None:
    pages = [await backend.page(user) for user in ("user-42", "user-43")]
    for page in (*pages, pages[0]):
        await page.say("Hello")

    await asyncio.to_thread(run, [sys.executable, "-c"], f"{MAKE}\n{DELETE}", backend.server)

    assert [len((await page.call("threads.list"))["data"]) for page in pages] == [0, 1]


async def test_what_the_back_end_gives_along_reaches_the_documented_agent(
    provided: Settings, settings: Settings, provider: FakeProvider, tmp_path: Path
) -> None:
    module = tmp_path / "documented_agent.py"
    module.write_text(AGENT)
    provider.respond(say("Gold"))
    changed = {"agent": f"{module}:assistant", "auth": settings.auth, "server_key": settings.server_key}
    async with serving(provided.model_copy(update=changed)) as server:
        backend = backend_of(server)
        workflow: Any = {"id": "wf_1", "state_variables": {"plan": "gold"}}
        session = await backend.sessions.create(user="ann", workflow=workflow)
        await backend.page_of(session.client_secret).say("Which plan do I have?")
        await backend.client.close()
    assert "The user has the plan gold." in str(provider.requests[0].body)
