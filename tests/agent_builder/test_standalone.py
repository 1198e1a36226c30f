"""The one file that people download: what the modules say, nothing missing, nothing heavy."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.hosted_api import FakeHostedApi, Project
from tests.hosted_api.api import KEY
from tools import standalone

WITHOUT_THE_REPOSITORY = """
import runpy, sys
sys.modules["app"] = sys.modules["tools"] = None
sys.argv = ["export.py", *sys.argv[2:]]
runpy.run_path(FILE, run_name="__main__")
"""


def run_alone(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the file where nothing of the repository can be imported."""
    code = WITHOUT_THE_REPOSITORY.replace("FILE", repr(str(standalone.STANDALONE)))
    return subprocess.run(
        [sys.executable, "-c", code, "-", *options],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.proves("AB-70")
def test_the_file_is_in_step_with_its_modules() -> None:
    assert standalone.STANDALONE.read_text() == standalone.assemble(), "run `python -m tools.standalone`"


@pytest.mark.proves("AB-70")
def test_it_exports_without_the_repository(tmp_path: Path) -> None:
    project = Project()
    project.add_exchange(project.add_thread("cthr_1"))
    with FakeHostedApi(project) as hosted:
        done = run_alone(tmp_path, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=hosted.base_url)

    assert done.returncode == 0, done.stderr
    assert "1 thread of 1 user, with 2 items" in done.stdout
    assert (tmp_path / "chatkit-archive/items/cthr_1.jsonl").exists()


@pytest.mark.proves("AB-70")
def test_its_only_dependency_is_the_vendors_client() -> None:
    text = standalone.STANDALONE.read_text()
    block = re.search(r"^# /// script\n(.*?)^# ///$", text, re.MULTILINE | re.DOTALL)
    assert block
    script = tomllib.loads("".join(line.removeprefix("# ") for line in block[1].splitlines(keepends=True)))
    assert [re.split(r"[<>=]", found)[0] for found in script["dependencies"]] == ["openai"]
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"openai"}


@pytest.mark.proves("AB-70")
def test_help_and_usage_need_no_key_and_no_client(tmp_path: Path) -> None:
    code = WITHOUT_THE_REPOSITORY.replace("= None", '= sys.modules["openai"] = None')
    code = code.replace("FILE", repr(str(standalone.STANDALONE)))
    done = subprocess.run(
        [sys.executable, "-c", code, "-", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "only GET requests" in done.stdout


@pytest.mark.proves("AB-70")
def test_without_the_client_it_says_how_to_get_it(tmp_path: Path) -> None:
    code = WITHOUT_THE_REPOSITORY.replace("= None", '= sys.modules["openai"] = None')
    code = code.replace("FILE", repr(str(standalone.STANDALONE)))
    done = subprocess.run(
        [sys.executable, "-c", code, "-"],
        cwd=tmp_path,
        env={**os.environ, "OPENAI_API_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert (
        done.stderr
        == "The openai package is missing. Run this with `uv run` or `pipx run`, or: pip install openai\n"
    )


@pytest.mark.proves("AB-70")
def test_the_command_of_the_server_imports_nothing_heavy() -> None:
    code = "import sys, app.agent_builder.commands; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {
        "openai",
        "httpx2",
        "pydantic",
        "sqlalchemy",
        "asyncpg",
        "agents",
        "chatkit",
        "fastapi",
    }


def test_two_modules_that_define_one_name_are_refused() -> None:
    trees = {"a": ("", ast.parse("x = 1")), "b": ("", ast.parse("def x(): ..."))}
    with pytest.raises(ValueError, match="x is defined in a and in b"):
        standalone.refuse_clashes(trees)
