"""Several files, ids and versions: who is answered by which, and switching without a restart."""

from dataclasses import replace

import pytest

from app.agent_builder.running import use_version
from app.context import RequestContext, SessionTerms
from app.errors import ConfigurationError, NotFound
from app.settings import Settings
from app.workflows.catalogue import versions_of
from app.workflows.registry import Workflows
from app.workflows.serving import load_workflows
from tests.workflows.conftest import Export
from tests.workflows.hosting import GUEST, loaded, settings_for


def session(workflow_id: str, version: str | None = None) -> RequestContext:
    return replace(GUEST, session=SessionTerms("cksess_1", workflow_id, version))


def workflows_of(settings: Settings) -> Workflows:
    found = load_workflows(settings).workflows
    assert isinstance(found, Workflows)
    return found


@pytest.fixture
def three(export: Export) -> Settings:
    """Two versions of wf_desk, and another workflow."""
    text = export("library_desk.py").read_text()
    paths = [
        export("v1/library_desk.py", text),
        export("v2/library_desk.py", text.replace("Help with loans.", "Help with everything.")),
        export("endless.py", config='[workflow]\nid = "wf_writer"\n'),
    ]
    return settings_for(paths[0], agent=", ".join(map(str, paths)), data_dir=paths[0].parents[1] / "data")


@pytest.mark.proves("AB-25")
def test_a_session_finds_its_workflow_by_the_id_in_the_file_and_others_get_the_first(three: Settings) -> None:
    workflows = workflows_of(three)

    assert workflows.choose(session("wf_desk")).version == "2"
    assert workflows.choose(session("wf_desk", "1")).version == "1"
    assert workflows.choose(session("wf_writer")).path.name == "endless.py"
    assert workflows.choose(GUEST).workflow_id == "wf_desk"


def test_the_id_is_that_of_a_run_and_not_another_text_that_looks_like_one(export: Export) -> None:
    text = export("library_desk.py").read_text().replace("clerk = ", 'OTHER = "wf_elsewhere"\nclerk = ')

    assert loaded(export("library_desk.py", text)).workflow_id == "wf_desk"


async def test_what_is_not_there_is_unknown(three: Settings) -> None:
    workflows = workflows_of(three)

    assert not await workflows.known("wf_other", None)
    assert not await workflows.known("wf_desk", "3")
    assert await workflows.known("wf_desk", None)
    with pytest.raises(NotFound):
        workflows.choose(session("wf_desk", "3"))


@pytest.mark.proves("AB-25")
def test_a_version_is_switched_and_switched_back_while_the_server_runs(
    three: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    running, other_process = workflows_of(three), workflows_of(three)
    monkeypatch.setenv("CHATKIT_AGENT", three.agent or "")
    monkeypatch.setenv("CHATKIT_DATA_DIR", str(three.data_dir))

    assert use_version("wf_desk", "1", back=False) == 0
    assert [one.choose(session("wf_desk")).version for one in (running, other_process)] == ["1", "1"]
    assert running.choose(session("wf_desk", "2")).version == "2"

    assert use_version("wf_desk", None, back=True) == 0
    assert [one.choose(GUEST).version for one in (running, other_process)] == ["2", "2"]
    assert "wf_desk is answered by version 1 from now on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "back", "expected"),
    [
        (("wf_desk", "9"), False, "wf_desk has no version 9; it has 1, 2."),
        (("wf_desk", None), False, "Which version of wf_desk"),
        (("wf_desk", None), True, "was never switched"),
        (("wf_other", "1"), False, "names no file with the workflow wf_other"),
        (("../etc", "1"), False, "names no file with the workflow"),
    ],
)
def test_what_cannot_be_switched_to_is_said(
    three: Settings,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, str | None],
    back: bool,
    expected: str,
) -> None:
    monkeypatch.setenv("CHATKIT_AGENT", three.agent or "")
    monkeypatch.setenv("CHATKIT_DATA_DIR", str(three.data_dir))

    with pytest.raises(ConfigurationError, match=expected):
        use_version(*arguments, back=back)


def test_a_switch_to_a_version_that_is_gone_leaves_the_last(three: Settings) -> None:
    folder = three.data_dir / "workflows"
    folder.mkdir(parents=True)
    (folder / "wf_desk.json").write_text('{"current": "7"}')
    workflows = workflows_of(three)
    assert workflows.choose(GUEST).version == "2"

    (folder / "wf_desk.json").write_text("no JSON at all")
    assert workflows.choose(GUEST).version == "2"


def test_two_files_of_one_id_and_version_are_refused(export: Export) -> None:
    config = '[workflow]\nversion = "1"\n'
    paths = [export(f"v{number}/library_desk.py", config=config) for number in (1, 2)]

    with pytest.raises(ConfigurationError, match="are both version 1 of wf_desk"):
        versions_of(settings_for(paths[0], agent=",".join(map(str, paths))))


def test_a_file_without_an_id_answers_for_every_id_where_it_is_alone(export: Export) -> None:
    workflows = workflows_of(settings_for(export("endless.py")))

    assert workflows.choose(session("wf_whatever")).path.name == "endless.py"
