"""`agent-builder check` as it is called: exit codes, both outputs, TypeScript, the API, the configuration."""

import argparse
import json
import re
import tomllib
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from app.agent_builder.check.findings import RULES, Severity
from app.agent_builder.commands import add_commands
from app.agent_builder.comparing.chat import Served
from app.agent_builder.frontend.arguments import Seen
from app.settings import Settings
from tests.agent_builder.constructs import LIBRARY_DESK, PLAIN, TYPESCRIPT
from tests.hosted_api import FakeHostedApi, Project
from tests.hosted_api.api import KEY
from tools.tracked import ROOT


def no_server(settings: Settings) -> AbstractAsyncContextManager[Served]:
    raise AssertionError(f"nothing here needs a server {settings}")


def run(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    add_commands(
        parser.add_subparsers(),
        serve=lambda options, **settings: 0,
        looks_at=lambda url, page: Seen("", {}, True),
        in_process=no_server,
    )
    options = parser.parse_args(["agent-builder", "check", *map(str, arguments)])
    return int(options.run(options))


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    path = tmp_path / "workflow.py"
    path.write_text(LIBRARY_DESK)
    return path


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize(
    ("name", "text", "code"),
    [("a.py", PLAIN, 0), ("a.py", LIBRARY_DESK, 1), ("a.py", "def", 1), ("a.ts", TYPESCRIPT, 1)],
)
def test_the_exit_code_says_whether_there_are_findings(
    tmp_path: Path, name: str, text: str, code: int
) -> None:
    (tmp_path / name).write_text(text)
    assert run(tmp_path / name) == code


@pytest.mark.proves("AB-75")
@pytest.mark.parametrize("missing", ["absent.py", "."])
def test_what_is_no_file_is_a_sentence_and_wrong_usage(
    tmp_path: Path, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / missing) == 2
    assert re.fullmatch(r".* cannot be read: .*\.\n", capsys.readouterr().err)


@pytest.mark.proves("AB-75")
def test_nothing_of_the_file_is_executed_and_no_key_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "beside.py").write_text("open(__file__ + '.ran', 'w')")
    path = tmp_path / "workflow.py"
    path.write_text("import beside\nfrom beside import x\nopen(__file__ + '.ran', 'w')\n" + LIBRARY_DESK)
    run(path)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["beside.py", "workflow.py"]


@pytest.mark.proves("AB-75", "AB-32")
def test_the_text_has_lines_and_says_who_repairs_what(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(desk)
    text = capsys.readouterr().out
    assert text.splitlines()[0] == f"{desk}: Library desk (wf_desk)"
    mine, repaired = text.index("Yours to do"), text.index("repaired by `agent-builder run`")
    assert mine < text.index("[secret-in-file]") < repaired < text.index("[approval-always-yes]")
    assert re.search(r"^  line \d+ +`authorization` in clear text \(ends in \.\.\.text\)", text, re.MULTILINE)
    assert "a-token-in-clear-text" not in text
    assert text.splitlines()[-1] == "6 to do, 3 repaired by run."


@pytest.mark.proves("AB-75", "AB-32")
def test_json_holds_the_same_findings(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(desk, "--json")
    printed = capsys.readouterr().out
    report = json.loads(printed)
    assert "a-token-in-clear-text" not in printed
    assert (report["language"], report["parsed"], report["clean"]) == ("python", True, False)
    assert sum(finding["severity"] == "action" for finding in report["findings"]) == 6
    repaired = [finding["rule"] for finding in report["findings"] if finding["repaired_by_run"]]
    assert repaired == ["key-at-import", "approval-always-yes", "no-answer"]


def test_names_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "workflow.py"
    path.write_text(PLAIN.replace('"Clerk"', r'"\x1b[2JClerk\u202e"'))
    run(path)
    assert "Agent ?[2JClerk? (" in capsys.readouterr().out


@pytest.mark.proves("AB-78")
def test_typescript_is_listed_to_be_rebuilt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "workflow.ts"
    path.write_text(TYPESCRIPT)
    run(path, "--json")
    report = json.loads(capsys.readouterr().out)

    agents = {agent["name"]: agent for agent in report["rebuild"]["agents"]}
    assert list(agents) == ["Clerk", "Buyer"]
    assert agents["Clerk"]["instructions"] == 'Help with loans: { "be": "kind" }.\nNever argue.'
    assert (agents["Clerk"]["model"], agents["Clerk"]["tools"]) == ("gpt-4.1", ["shelves", "mcp"])
    assert (agents["Buyer"]["model"], agents["Buyer"]["schema"]) == ("gpt-5", "BuyerSchema")
    assert [tool[:2] for tool in report["rebuild"]["tools"]] == [
        ["shelves", "fileSearchTool"],
        ["mcp", "hostedMcpTool"],
    ]
    assert [(step["what"], step["depth"]) for step in report["rebuild"]["steps"]] == [
        ("return", 1),
        ("run buyer", 2),
        ("if buyerResult.output_parsed.lines.length > 3", 2),
        ('if approvalRequest("Order it?")', 3),
        ("run clerk", 4),
        ("else", 3),
        ("return", 4),
    ]
    rules = [finding["rule"] for finding in report["findings"]]
    assert rules == ["typescript", "secret-in-file", "model-retires", "model-retires"]
    assert "only Python runs here" in report["findings"][0]["message"]


@pytest.mark.proves("AB-78")
@pytest.mark.parametrize(
    "text",
    ["", "const a = new Agent({", "new Agent({ name: `${", "}}}}", "const a = new Agent(\n{name:'x'", '"\\'],
)
def test_broken_typescript_is_listed_as_far_as_it_goes(tmp_path: Path, text: str) -> None:
    (tmp_path / "workflow.ts").write_text(text)
    assert run(tmp_path / "workflow.ts") == 1


@pytest.mark.proves("AB-78")
def test_typescript_in_a_file_called_python_is_recognised(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "workflow.py").write_text(TYPESCRIPT)
    assert run(tmp_path / "workflow.py") == 1
    assert "To be rebuilt in Python" in capsys.readouterr().out


@pytest.mark.proves("AB-76")
def test_online_asks_for_every_id_and_for_the_ends_of_models(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with FakeHostedApi(Project()) as hosted:
        monkeypatch.setenv("OPENAI_BASE_URL", hosted.base_url)
        hosted.existing = {"vs_shelves"}
        model = {"object": "model", "created": 0, "owned_by": "openai"}
        hosted.models = [
            {**model, "id": "gpt-4.1", "shutdown_date": "2026-11-01"},
            {**model, "id": "gpt-6-luna", "shutdown_date": None},
        ]
        run(desk, "--online", "--json")

    report = json.loads(capsys.readouterr().out)
    messages = [finding["message"] for finding in report["findings"] if finding["rule"] == "id-missing"]
    assert messages == ["the file file_tariffs does not exist for this key"]
    assert {model["name"]: model["shutdown"] for model in report["models"]}["gpt-4.1"] == "2026-11-01"
    assert "gpt-4.1 was shut down on 2026-11-01" in json.dumps(report)
    assert {request.method for request in hosted.requests} == {"GET"}


@pytest.mark.proves("AB-76")
def test_online_without_a_key_and_with_a_bad_one_is_one_sentence(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert run(desk, "--online") == 2
    assert capsys.readouterr().err.startswith("--online needs OPENAI_API_KEY")
    with FakeHostedApi(Project()) as hosted:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
        monkeypatch.setenv("OPENAI_BASE_URL", hosted.base_url)
        assert run(desk, "--online") == 2
    assert capsys.readouterr().err == "OpenAI could not be asked for its models: AuthenticationError.\n"


@pytest.mark.proves("AB-77")
def test_a_starting_configuration_is_written_once(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "workflow.toml"
    desk.write_text(LIBRARY_DESK.replace('name="Sorter"', 'name="So\\"rt\\ud83d\\ude00er"'))
    run(desk, "--write-config", target)
    settings = tomllib.loads(target.read_text())
    assert settings["workflow"]["id"] == "wf_desk"
    assert {name: agent["show"] for name, agent in settings["agents"].items()} == {
        "Clerk": True,
        "Buyer": False,
        'So"rt??er': False,
    }
    assert settings["ids"] == {"vs_shelves": "vs_shelves", "file_tariffs": "file_tariffs"}
    assert '# "gpt-5" = "gpt-6.1-sol"  # ends 2026-12-11' in target.read_text()
    assert "a-token-in-clear-text" not in target.read_text()

    assert run(desk, "--write-config", target) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.proves("AB-77")
def test_the_workflow_object_fills_the_configuration(desk: Path, tmp_path: Path) -> None:
    inner = {"type": "builtins.Agent", "config": {"name": "Buyer", "user_visible": True}}
    nodes = [
        {"type": "builtins.While", "config": {"body": {"nodes": [inner]}}},
        {"type": "builtins.Agent", "label": "Clerk", "config": {"user_visible": False}},
        {"type": "builtins.Agent", "name": "Sorter", "config": {"widget_config": {"widget_template": "…"}}},
    ]
    saved = tmp_path / "workflow.json"
    saved.write_text(json.dumps({"object": "workflow", "nodes": nodes, "edges": []}))
    run(desk, "--workflow-json", saved, "--write-config", tmp_path / "c.toml")
    settings = tomllib.loads((tmp_path / "c.toml").read_text())
    shown = {name: agent["show"] for name, agent in settings["agents"].items()}
    assert shown == {"Clerk": False, "Buyer": True, "Sorter": False}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"nodes": [1]}', "[" * 100_000])
def test_what_is_no_workflow_object_is_refused(desk: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "w.json").write_text(text)
    assert run(desk, "--workflow-json", tmp_path / "w.json") == 2


def test_every_rule_stands_in_the_documentation() -> None:
    rows = re.findall(
        r"^\| `([a-z][a-z-]+)` \| (.+?) \|$", (ROOT / "docs/check.md").read_text(), re.MULTILINE
    )
    who = {Severity.ACTION: "you", Severity.REPAIRED: "`run`", Severity.NOTE: "nobody"}
    assert rows == [(rule, f"{what} | {who[severity]}") for rule, (severity, what) in RULES.items()]
