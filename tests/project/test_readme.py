"""What the README tells people to type works as it stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.assistant.loading import load_assistant
from app.db.engine import Database
from app.settings import Settings
from tools.tracked import ROOT

README = (ROOT / "README.md").read_text()


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Return every command in a shell block and in inline code, split into words."""
    lines = [line for block in blocks("sh") for line in block.replace("&&", "\n").splitlines()]
    lines += re.findall(r"`([^`\n]+)`", README)
    return [shlex.split(line) for line in lines if line.strip() and "'" not in line]


def words_after(name: str) -> list[list[str]]:
    return [words[words.index(name) + 1 :] for words in commands() if name in words]


def test_every_make_target_named_is_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {words[0] for words in words_after("make") if words}
    assert {"serve", "test", "check"} <= named <= targets


@pytest.mark.parametrize("words", words_after("chatkit-server"), ids=" ".join)
def test_every_command_named_is_there(words: list[str]) -> None:
    arguments = [word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)*", word)]
    code = "import sys; from app.cli import main; main(sys.argv[1:])"
    subprocess.run(
        [sys.executable, "-c", code, *arguments, "--help"], cwd=ROOT, capture_output=True, check=True
    )


def test_every_file_named_in_a_command_is_there() -> None:
    named = {
        word for words in commands() for word in words if re.match(r"(deploy|requirements|docs)/\S", word)
    }
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_map_names_what_there_is() -> None:
    named = {line.split()[0].rstrip("/") for line in blocks("text")[0].splitlines() if line.startswith("  ")}
    there = {path.stem if path.is_dir() else path.name for path in (ROOT / "app").iterdir()}
    unnamed = {"__init__.py", "__pycache__", "static", "context.py", "ids.py"}
    assert named == there - unnamed


def test_every_module_on_the_path_of_a_message_is_there() -> None:
    steps = re.findall(r"^\d\. .*?(?=^\d\. |^\n)", README, re.MULTILINE | re.DOTALL)
    modules = re.findall(r"`([a-z_]+/[a-z_.]+/?)`", "".join(steps))
    assert len(steps) == 8
    assert [module for module in modules if not (ROOT / "app" / module).exists()] == []


def test_the_agent_is_one_that_the_server_takes(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(blocks("python")[0])
    assistant = load_assistant(Settings(agent=f"{tmp_path}/shop.py:agent", openai_api_key=SecretStr("sk-1")))
    assert assistant.name == "Shop"


@pytest.mark.parametrize("page", ["README.md", "docs/stop-and-resume.md", "docs/signing-in.md"])
def test_the_react_app_type_checks_against_the_published_packages(page: str, tmp_path: Path) -> None:
    (tmp_path / "chat.tsx").write_text(blocks("tsx", (ROOT / page).read_text())[0])
    types = ROOT / "web/src/fetch/published/chatkit-fetch.d.ts"
    (tmp_path / types.name).write_text(types.read_text())
    (tmp_path / "node_modules").symlink_to(ROOT / "web/node_modules")
    compiler = [
        "exec",
        "--",
        "tsc",
        "--ignoreConfig",
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--jsx",
        "react-jsx",
    ]
    options = ["--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022"]
    checked = subprocess.run(
        [sys.executable, ROOT / "tools/npm.py", *compiler, *options, tmp_path / "chat.tsx"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


async def test_the_queries_run(database: Database) -> None:
    queries = [query.strip() for query in blocks("sql")[0].split(";") if query.strip()]
    assert len(queries) == 3
    async with database.transaction() as connection:
        await connection.execute(text("set local search_path = chatkit, public"))
        for query in queries:
            assert (await connection.execute(text(query))).all() == []
