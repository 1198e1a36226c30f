"""A file called like the Agents SDK, in a folder that comes before it on Python's path."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent_builder.checking import found, report_of
from tests.workflows.hosting import EXPORTS
from tools.tracked import ROOT

AGENT = 'from agents import Agent\n\nagent = Agent(name="Clerk")\n'


def said_by(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Call the command there in a process of its own, as with `PYTHONPATH=.`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHATKIT_", "OPENAI_"))}
    path = os.pathsep.join([str(folder), str(ROOT)])
    command = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main(sys.argv[1:]))"]
    return subprocess.run(
        [*command, *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": path, **environ},
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.mark.parametrize(
    ("agent", "sentence"),
    [
        ("agents.py:nothing", "There is no nothing in agents.py. It has: agent."),
        ("agents:agent", "agents is a package that is installed here, and not the file agents.py"),
    ],
)
def test_an_agent_in_a_file_of_that_name_is_imported_and_a_module_of_that_name_is_refused(
    tmp_path: Path, agent: str, sentence: str
) -> None:
    (tmp_path / "agents.py").write_text(AGENT)

    told = said_by(tmp_path, "serve", CHATKIT_AGENT=agent, OPENAI_API_KEY="sk-test")

    assert told.returncode == 2
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


def test_an_export_of_that_name_is_loaded(tmp_path: Path) -> None:
    text = (EXPORTS / "two_approvals.py").read_text()
    (tmp_path / "agents.py").write_text(f"{text}\nraise ValueError('loaded until here')\n")

    told = said_by(tmp_path, "serve", CHATKIT_AGENT="agents.py", OPENAI_API_KEY="sk-test")

    assert told.returncode == 2
    assert "ValueError: loaded until here" in told.stderr


@pytest.mark.proves("AB-75")
def test_check_looks_names_up_in_the_sdk_though_a_file_of_its_name_lies_beside(tmp_path: Path) -> None:
    (tmp_path / "agents.py").write_text(AGENT)
    text = (EXPORTS / "two_approvals.py").read_text().replace("import Agent", "import Nobody, Agent")

    [unknown] = found(report_of(tmp_path, text), "unknown-import")

    assert "`agents` has no `Nobody`" in unknown.message
