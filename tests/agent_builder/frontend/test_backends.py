"""Back-ends that have sessions made: what the diff makes of them, and that it makes sessions here."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.agent_builder.frontend.backends import NODE_CLIENT, NODE_FETCH, NOT_UNDERSTOOD, UNDERSTOOD
from tests.agent_builder.frontend.moving import (
    GIVEN,
    PROGRAMS,
    SERVER,
    apply,
    contents,
    laid,
    moved_again,
    told,
    type_errors,
)
from tests.serving import RunningServer, serving
from tests.sessions.backend import KEY
from tools.npm import npm_from_wheel

pytestmark = pytest.mark.proves("AB-85")


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every back-end that is understood, after the diff of all of them together."""
    folder = laid(tmp_path_factory.mktemp("backends"), UNDERSTOOD)
    answer = asyncio.run(told(folder, *GIVEN))
    assert (answer.code, answer.rules()) == (0, set())
    assert answer.rules(needs_somebody=False) == {"environment", "uploads"}
    apply(answer.diff, folder)
    return contents(folder)


@pytest.mark.parametrize("program", PROGRAMS)
async def test_the_diff_applies_and_leaves_nothing_to_change(
    tmp_path: Path, program: str, moved: dict[str, str]
) -> None:
    again = await moved_again(laid(tmp_path, UNDERSTOOD), program, moved)
    assert (again.code, again.diff) == (0, "")


def test_what_comes_of_them_is_javascript_with_types_and_python(
    tmp_path: Path, moved: dict[str, str]
) -> None:
    laid(tmp_path, moved)
    assert type_errors(tmp_path) == ""
    for name, text in moved.items():
        if name.endswith(".py"):
            compile(text, name, "exec")


def test_the_client_gets_another_address_and_another_key(moved: dict[str, str]) -> None:
    ours = f'baseURL: "{SERVER}/v1", apiKey: process.env.CHATKIT_SERVER_KEY'
    assert moved["client/route.ts"] == NODE_CLIENT.replace("apiKey: process.env.OPENAI_API_KEY", ours)
    assert f"new OpenAI({{ {ours} }})".replace('"', "'") in moved["bare/mint.ts"]
    key = 'os.environ["CHATKIT_SERVER_KEY"]'
    assert f'OpenAI(base_url="{SERVER}/v1", api_key={key})' in moved["py_client/mint.py"]
    assert '»."""\n\nimport os\nfrom openai' in moved["py_client/mint.py"]
    assert 'os.getenv("CHATKIT_SERVER_KEY"), timeout=5' in moved["py_key/mint.py"]


def test_a_client_that_serves_other_purposes_stays_and_another_is_made(moved: dict[str, str]) -> None:
    script, python = moved["shared/routes.ts"], moved["py_shared/mint.py"]
    assert "apiKey: process.env.OPENAI_API_KEY," in script
    assert "chatkitServer.beta.chatkit" in script
    assert "openai.embeddings" in script
    assert 'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])' in python
    assert "return chatkit_server.beta.chatkit" in python
    assert "return client.responses" in python


def test_an_address_that_is_asked_without_a_client_changes_with_its_key(moved: dict[str, str]) -> None:
    expected = NODE_FETCH.replace("https://api.openai.com", SERVER)
    assert moved["fetch/mint.mjs"] == expected.replace("OPENAI_API_KEY", "CHATKIT_SERVER_KEY")


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
async def test_what_is_not_understood_is_named_by_file_and_line(tmp_path: Path, name: str) -> None:
    rule, line, text = NOT_UNDERSTOOD[name]
    laid(tmp_path, {name: text})
    answer = await told(tmp_path, *GIVEN)
    assert (answer.code, answer.rules(), answer.found(rule)) == (1, {rule}, [(name, line)])
    assert (answer.diff == "") == (rule != "workflow-id")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A server that has sessions made."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        auth=("session",),
        server_key=SecretStr(KEY),
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    async with serving(settings) as running:
        yield running


async def test_moved_back_ends_have_sessions_made_by_this_server(
    server: RunningServer, tmp_path: Path
) -> None:
    names = ["fetch/mint.mjs", "py_http/mint.py", "py_shared/mint.py"]
    laid(tmp_path, {name: UNDERSTOOD[name] for name in names})
    apply((await told(tmp_path, "--server-url", server.url)).diff, tmp_path)
    for name in names:
        secret = await asyncio.to_thread(minted, tmp_path / name)
        page = server.client(Authorization=f"Bearer {secret}")
        assert (await page.call("threads.list"))["data"] == []


def minted(path: Path) -> str:
    """Call a back-end in a process of its own, with the server's key in its environment beside OpenAI's."""
    if path.suffix == ".py":
        command = [sys.executable, "-c", "from mint import mint; print(mint('ann'))"]
    else:
        node = shutil.which("node") or npm_from_wheel()[0]
        code = 'import { mint } from "./mint.mjs"; console.log(await mint("ann"))'
        command = [node, "--input-type=module", "--eval", code]
    environment = {**os.environ, "CHATKIT_SERVER_KEY": KEY, "OPENAI_API_KEY": "none of this server's"}
    done = subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = re.search(r"ek_[\w-]+", done.stdout)
    assert found, done.stdout
    return found[0]
