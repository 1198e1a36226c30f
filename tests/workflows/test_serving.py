"""`CHATKIT_AGENT=workflow.py` and `agent-builder run`: the server and the commands on exported files."""

import json
import logging
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.agent_builder.check.configuration import configuration
from app.cli import main
from app.workflows.configuration import Configuration, read_configuration
from app.workflows.rewriting import order
from app.workflows.serving import load_workflows
from tests.agent_builder.checking import report_of
from tests.serving import serving
from tests.workflows.conftest import Export
from tests.workflows.hosting import EXPORTS, loaded, settings_for
from tools.tracked import ROOT

FILES = sorted(path.name for path in EXPORTS.glob("*.py"))


@pytest.mark.proves("AB-79", "AB-31")
async def test_the_server_starts_on_a_file_and_has_no_route_for_files(
    export: Export, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = export("library_desk.py")
    settings = settings_for(path, database_url=SecretStr(database_url), titles=False)

    with caplog.at_level(logging.INFO):
        async with serving(settings) as server:
            paths = [str(getattr(route, "path", "")) for route in server.http.config.app.routes]  # type: ignore[union-attr]
            assert (await server.client().http.get("/healthz")).status_code == 200

    assert not any("workflow" in path or "agent" in path for path in paths)
    assert (
        "library_desk.py is served as Library desk (wf_desk, version 1); the file stays as it is"
        in caplog.text
    )
    assert "[approvals]" in caplog.text


@pytest.mark.parametrize("name", FILES)
def test_every_export_loads_without_a_repair_left_out(export: Export, name: str) -> None:
    workflow = loaded(export(name))

    assert not workflow.fallback
    undone = {rewrite.name for rewrite in workflow.rewrites if not rewrite.done}
    assert undone <= ({"history"} if name == "two_approvals.py" else set())


@pytest.mark.parametrize("name", FILES)
def test_what_check_writes_is_loaded(export: Export, tmp_path: Path, name: str) -> None:
    path = export(name)
    path.with_suffix(".toml").write_text(configuration(report_of(tmp_path, path.read_bytes(), name)))
    read = read_configuration(path.with_suffix(".toml"))

    workflow = loaded(path)

    assert read.workflow.file == name
    assert workflow.settings.shown == {agent: one.show for agent, one in read.agents.items()}


@pytest.mark.proves("AB-20")
def test_proposals_of_check_hold_once_they_are_confirmed(export: Export, tmp_path: Path) -> None:
    path = export("library_desk.py")
    text = configuration(report_of(tmp_path, path.read_bytes(), path.name))
    path.with_suffix(".toml").write_text(
        text.replace('# "gpt-4.1"', '"gpt-4.1"').replace(
            '# "renew_loan" = "your_module:function", or "client"', 'renew_loan = "client"'
        )
    )

    workflow = loaded(path)

    assert workflow.agents["clerk"].model == "gpt-6-luna"
    assert workflow.settings.shown["Buyer"] is False
    assert any("`renew_loan` is run by the page" in rewrite.what for rewrite in workflow.rewrites)


@pytest.mark.proves("AB-20")
def test_an_agent_is_shown_as_its_widget(export: Export, tmp_path: Path) -> None:
    template = '{"type": "Card", "children": []}'
    widget = json.dumps({"version": "1.0", "name": "order", "template": template, "jsonSchema": {}})
    (tmp_path / "order.widget").write_text(widget)
    path = export("library_desk.py", config='[agents."Buyer"]\nwidget = "order.widget"\nshow = true\n')

    settings = loaded(path).settings

    assert settings.widgets["Buyer"].name == "order"
    assert settings.shown == {"Buyer": True}


def test_the_documented_configuration_is_accepted_and_every_repair_is_documented(
    export: Export, tmp_path: Path
) -> None:
    text = (ROOT / "docs/agent-builder.md").read_text()
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "documented.toml").write_text(example)

    read = read_configuration(tmp_path / "documented.toml")

    assert set(read.model_fields_set) == set(Configuration.model_fields)
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) == order.names()


@pytest.mark.proves("AB-29")
def test_tracing_is_switched_off_in_the_configuration(export: Export) -> None:
    assert loaded(export("endless.py")).settings.tracing
    assert not loaded(export("endless.py", config="[workflow]\ntracing = false\n")).settings.tracing


@pytest.mark.proves("AB-01")
def test_explain_prints_the_code_and_runs_nothing(export: Export, capsys: pytest.CaptureFixture[str]) -> None:
    path = export("loud.py", "raise SystemExit('it was run')\n" + export("endless.py").read_text())

    assert main(["agent-builder", "run", str(path), "--explain"]) == 0

    printed = capsys.readouterr().out
    assert "[loops]" in printed
    assert "__chatkit__.loop(" in printed
    compile(printed, "printed", "exec")


def test_versions_are_listed(
    export: Export, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [export(f"v{number}/library_desk.py") for number in (1, 2)]
    monkeypatch.setenv("CHATKIT_AGENT", ",".join(map(str, paths)))

    assert main(["agent-builder", "versions"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        f"wf_desk  1  {paths[0]}",
        f"wf_desk  2  current  {paths[1]}",
    ]


def test_commands_say_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["agent-builder", "versions"]) == 2
    assert "CHATKIT_AGENT names no exported workflow" in capsys.readouterr().err
    assert main(["agent-builder", "run", str(tmp_path / "nowhere.py"), "--explain"]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.proves("AB-79")
def test_run_serves_a_file_on_the_embedded_database_and_stops_without_a_complaint(
    export: Export, tmp_path: Path
) -> None:
    path = export("endless.py", config='[workflow]\nname = "Writing desk"\n')
    environment = {
        "CHATKIT_DATA_DIR": str(tmp_path / "data"),
        "OPENAI_API_KEY": "sk-test",
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-m", "app.cli", "agent-builder", "run", str(path), "--port", "0"]

    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        assert run.stdout is not None
        try:
            lines = []
            for line in run.stdout:
                lines.append(line)
                if " on http://127.0.0.1:" in line:
                    break
        finally:
            run.send_signal(signal.SIGINT)
            rest, _ = run.communicate(timeout=30)

    said = "".join(lines)
    assert run.returncode == 0, said + rest
    assert "Exception ignored" not in rest
    assert "database: embedded PostgreSQL" in said
    assert "agent: Writing desk" in said
    assert "endless.py:17: this loop ends the turn after 100 iterations [loops]" in said


def test_one_file_that_cannot_be_served_stops_the_start(export: Export) -> None:
    from app.errors import ConfigurationError

    paths = [export("endless.py"), export("broken.py", "x = 1\n")]

    with pytest.raises(ConfigurationError, match=r"CHATKIT_AGENT: .*broken\.py has no function run_workflow"):
        load_workflows(settings_for(paths[0], agent=",".join(map(str, paths))))
