"""`CHATKIT_AGENT`, and what holds without it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agents import Agent

from app.assistant import Assistant, RequestContext
from app.assistant.loading import load_assistant
from app.errors import ConfigurationError
from app.settings import Settings

Write = Callable[..., Path]

AGENT = """
from agents import Agent
agent = Agent(name="Mine", model="gpt-4.1")
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write a file into an empty working directory; what it makes importable is undone afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)

    def write_file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    yield write_file
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


def load(agent: str | None, **settings: Any) -> Assistant:
    return load_assistant(Settings(agent=agent, **{"openai_api_key": "sk-test", **settings}))


def refusal(agent: str, **settings: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(agent, **settings)
    return str(caught.value)


def test_an_agent_in_a_file(write: Write) -> None:
    write("my_agent.py", AGENT)

    assistant = load("my_agent.py:agent")

    assert (assistant.name, assistant.model_name) == ("Mine", "gpt-4.1")


def test_an_agent_in_a_folder_with_a_space_and_a_module_beside_it(write: Write) -> None:
    write("my agents/prompts_of_mine.py", "INSTRUCTIONS = 'Be brief.'")
    path = write("my agents/support.py", f"from prompts_of_mine import INSTRUCTIONS\n{AGENT}")

    agent = load(f"{path}:agent").agent

    assert isinstance(agent, Agent)


def test_an_agent_in_a_module_of_the_working_directory(write: Write) -> None:
    write("shop_bot/__init__.py", "")
    write("shop_bot/support.py", AGENT)

    assert load("shop_bot.support:agent").name == "Mine"


@pytest.mark.parametrize("name", ["agents.py", "app.py", "json.py"])
def test_a_file_may_be_called_like_a_module_that_is_there_already(write: Write, name: str) -> None:
    write(name, AGENT)

    assert load(f"{name}:agent").name == "Mine"


def test_an_attribute_may_be_nested(write: Write) -> None:
    write("nested.py", f"{AGENT}\nclass bots:\n    support = agent")

    assert load("nested.py:bots.support").name == "Mine"


async def test_a_function_and_an_async_function(write: Write, context: RequestContext) -> None:
    functions = "def choose(context):\n    return agent\nasync def choose_later(context):\n    return agent"
    write("functions.py", f"{AGENT}\n{functions}")

    assert (await load("functions.py:choose").agent_for(context)).name == "Mine"
    assert (await load("functions.py:choose_later").agent_for(context)).name == "Mine"


def test_an_assistant_keeps_what_it_says(write: Write) -> None:
    write(
        "own.py",
        f"from app.assistant import Assistant\n{AGENT}\na = Assistant(agent, name='X', titles=False)",
    )

    assistant = load("own.py:a")

    assert (assistant.name, assistant.titles) == ("X", False)


def test_titles_can_be_turned_off_for_all(write: Write) -> None:
    write("my_agent.py", AGENT)

    assert load("my_agent.py:agent", titles=False).titles is False


def test_a_file_that_is_not_there(write: Write, tmp_path: Path) -> None:
    assert refusal("nowhere.py:agent") == f"CHATKIT_AGENT: There is no file {tmp_path / 'nowhere.py'}."


def test_a_module_that_is_not_there(write: Write) -> None:
    assert "There is no module no_such.module, neither in " in refusal("no_such.module:agent")


def test_an_attribute_that_is_not_there_names_those_that_are(write: Write) -> None:
    write("my_agent.py", f"import os\n_hidden = 1\n{AGENT}\ndef build(context):\n    return agent")

    assert refusal("my_agent.py:agnt") == (
        "CHATKIT_AGENT: There is no agnt in my_agent.py. It has: agent, build."
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("'text'", "a str"),
        ("None", "a NoneType"),
        ("Agent", "the class Agent"),
        ("[Agent(name='x')]", "a list"),
    ],
)
def test_something_of_the_wrong_kind_is_named(write: Write, value: str, found: str) -> None:
    write("wrong.py", f"from agents import Agent\nagent = {value}")

    assert f"it names {found}; it must name an agents.Agent" in refusal("wrong.py:agent")


def test_a_function_that_cannot_be_called_with_a_context(write: Write) -> None:
    write("wrong.py", "def build():\n    return None")

    assert "the function build must take one argument" in refusal("wrong.py:build")


def test_an_error_in_the_users_file_shows_the_users_own_traceback(write: Write) -> None:
    path = write("broken.py", "def prepare():\n    return {}['key']\n\nprepare()\n")

    said = refusal("broken.py:agent")

    assert said.startswith("CHATKIT_AGENT: Importing broken.py failed:\n")
    assert f'File "{path}", line 4, in <module>' in said
    assert said.endswith("KeyError: 'key'")
    assert "importlib" not in said
    assert "app/assistant" not in said


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("import no_such_package", "No module named 'no_such_package'"),
        ("agent = = 1", "SyntaxError: invalid syntax"),
        ("raise SystemExit(2)", "SystemExit: 2"),
    ],
)
def test_a_file_that_cannot_be_imported(write: Write, code: str, end: str) -> None:
    write("broken.py", code)

    assert refusal("broken.py:agent").endswith(end)


def test_a_missing_import_inside_a_module_is_not_taken_for_a_missing_module(write: Write) -> None:
    write("mod.py", "import no_such_package")

    assert "Importing mod failed" in refusal("mod:agent")


def test_a_failed_import_leaves_nothing_half_made(write: Write) -> None:
    write("flaky.py", "raise RuntimeError")
    refusal("flaky.py:agent")
    write("flaky.py", f"# mended\n{AGENT}")

    assert load("flaky.py:agent").name == "Mine"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("workflow.py", "workflow.py is a file, but which value in it is the agent?"),
        ("module", "module must be written as module:attribute"),
        (":agent", "agent must be written as module:attribute"),
        ("module:", "module must be written as module:attribute"),
    ],
)
def test_a_name_without_an_attribute(write: Write, name: str, sentence: str) -> None:
    write("workflow.py", AGENT)

    assert sentence in refusal(name)


def test_an_agent_whose_model_cannot_be_reached_is_refused_at_the_start(write: Write) -> None:
    write("my_agent.py", AGENT)

    assert refusal("my_agent.py:agent", openai_api_key=None) == (
        "CHATKIT_AGENT: The agent Mine runs on gpt-4.1, but there is no access to it: "
        "set OPENAI_API_KEY, or OPENAI_BASE_URL for a model server of your own."
    )


def test_a_key_that_the_users_own_file_sets_is_found(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    # Registered with monkeypatch so that it is gone after the test.
    monkeypatch.setenv("OPENAI_API_KEY", "")
    write("my_agent.py", f"import os\nos.environ['OPENAI_API_KEY'] = 'sk-own'\n{AGENT}")

    assert load("my_agent.py:agent", openai_api_key=None).name == "Mine"


def test_a_model_of_its_own_needs_no_key(write: Write) -> None:
    write(
        "own.py",
        "from agents import Agent\nfrom agents.testing import ScriptedModel\n"
        "agent = Agent(name='Own', model=ScriptedModel())",
    )

    assert load("own.py:agent", openai_api_key=None).model_name == "ScriptedModel"


def test_without_an_agent_a_key_gives_the_built_in_assistant() -> None:
    assistant = load(None, model="gpt-4.1-mini")

    assert (assistant.name, assistant.model_name) == ("Assistant", "gpt-4.1-mini")


def test_without_an_agent_a_server_of_ones_own_gives_the_built_in_assistant() -> None:
    assistant = load(None, openai_api_key=None, openai_base_url="http://127.0.0.1:9/v1", model="llama")

    assert (assistant.name, assistant.model_name) == ("Assistant", "llama")


def test_without_anything_there_is_the_demo() -> None:
    assistant = load(None, openai_api_key=None)

    assert (assistant.name, assistant.model_name) == ("Demo", "demo")


def test_only_openais_own_models_are_traced_to_openai(write: Write) -> None:
    write(
        "own.py",
        "from agents import Agent\nfrom agents.testing import ScriptedModel\n"
        "agent = Agent(name='Own', model=ScriptedModel())",
    )
    write("my_agent.py", AGENT)

    assert load(None).tracing
    assert load("my_agent.py:agent").tracing
    assert not load("own.py:agent").tracing
    assert not load(None, openai_base_url="http://127.0.0.1:9/v1").tracing
    assert not load(None, openai_api_key=None).tracing
