"""What can be wrong with a file, and what is said of it before anybody chats."""

import logging
import traceback
import warnings
from typing import Any

import pytest

from app.errors import ConfigurationError
from app.workflows.answers import answer_of
from app.workflows.configuration import read_configuration
from app.workflows.configured import configurations
from app.workflows.host import hosted_by
from app.workflows.preparing import explained
from tests.workflows.conftest import Export
from tests.workflows.hosting import EXPORTS, Host, loaded, said, settings_for

SECRET = "a-token-in-clear-text"
PLAIN = """\
from agents import Agent, Runner
from pydantic import BaseModel

clerk = Agent(name="Clerk", instructions="Help.", model="gpt-4.1")

class WorkflowInput(BaseModel):
    input_as_text: str

async def run_workflow(workflow_input: WorkflowInput):
    result = await Runner.run(clerk, input=workflow_input.input_as_text)
    return {"output_text": result.final_output_as(str)}
"""
ODD_SCHEMA = "class LoanSchema(BaseModel):\n    loan-date: str\n    note: str | None\n    2nd: int = 2\n\n\n"
ODD_FIELD = PLAIN.replace("class WorkflowInput", f"{ODD_SCHEMA}class WorkflowInput")


def refusal(*arguments: Any, **settings: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        loaded(*arguments, **settings)
    return str(caught.value)


@pytest.mark.proves("AB-27")
def test_a_missing_key_is_said_before_the_file_is_imported(export: Export) -> None:
    path = export("early.py", "raise SystemExit('imported')\n" + PLAIN)

    assert refusal(path, openai_api_key=None).startswith("OPENAI_API_KEY is not set, and early.py asks")


async def test_a_model_server_of_ones_own_needs_no_key(export: Export) -> None:
    workflow = loaded(export("library_desk.py"), openai_api_key=None, openai_base_url="http://127.0.0.1:9/v1")

    assert workflow.agents


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ((PLAIN, "x = 1\n"), "has no function run_workflow"),
        (("clerk = Agent", "clerk = = Agent"), "line 4: invalid syntax"),
        (("from pydantic", "raise KeyError('broken')\nfrom pydantic"), "line 2, in <module>"),
        (
            ("from pydantic", "import no_such_package_here\nfrom pydantic"),
            "No module named 'no_such_package_here'",
        ),
        (
            ("workflow_input: WorkflowInput", "workflow_input, more"),
            "run_workflow needs more besides its input",
        ),
        (("input_as_text: str", "input_as_text: str\n    user: int"), "WorkflowInput needs user"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence_with_its_line(
    export: Export, change: tuple[str, str], expected: str
) -> None:
    assert expected in refusal(export("broken.py", PLAIN.replace(*change)))


def test_no_file_and_a_typescript_file(export: Export) -> None:
    path = export(
        "workflow.py", 'import { Agent } from "@openai/agents";\nconst clerk = new Agent({ name: "Clerk" });'
    )

    assert "only Python runs here" in refusal(path)
    assert "cannot be read" in refusal(path.parent / "nowhere.py")


@pytest.mark.proves("AB-24")
async def test_a_property_that_is_no_python_name_is_repaired_where_the_operator_says_so(
    export: Export,
) -> None:
    path = export("odd.py", ODD_FIELD)
    said_so = refusal(path)
    assert "line 7: 'loan-date' is no Python name" in said_so
    assert "repair_field_names = true" in said_so

    export("odd.py", ODD_FIELD, config="[workflow]\nrepair_field_names = true\n")
    workflow = loaded(path)

    schema = _globals(workflow)["LoanSchema"]
    assert list(schema.model_json_schema()["properties"]) == ["loan-date", "note", "2nd"]
    value = schema.model_validate_json('{"loan-date": "2026-11-24", "note": null}')
    assert value.model_dump() == {"loan-date": "2026-11-24", "note": None, "2nd": 2}
    assert ("field-names", 7) in {(rewrite.name, rewrite.line) for rewrite in workflow.rewrites}


@pytest.mark.proves("AB-01")
def test_every_change_is_reported_with_its_line_and_shown_by_explain(export: Export) -> None:
    path = export("library_desk.py")
    workflow = loaded(path)
    lines = path.read_text().splitlines()

    at = {rewrite.name: lines[(rewrite.line or 1) - 1] for rewrite in workflow.rewrites}
    assert "Runner.run" in at["runs"]
    assert "conversation_history" in at["history"]
    assert "approval_request" in at["approvals"]
    assert "state = {" in at["state"]
    assert "trace(" in at["traces"]
    assert "AsyncOpenAI()" in at["clients"]
    assert "vector_stores.search" in at["file-search"]
    assert ".json()" in at["old-json"]

    text = explained(path, _configuration(path))
    assert "await __chatkit__.approve('approval_request', 'Order three copies?')" in text
    with_trace = lines.index('  with trace("Library desk"):') + 1
    assert f"line {with_trace}: the trace" in text


@pytest.mark.proves("AB-32")
def test_tokens_are_not_in_what_explain_prints_nor_in_errors(
    export: Export, caplog: pytest.LogCaptureFixture
) -> None:
    text = (EXPORTS / "library_desk.py").read_text()
    path = export("library_desk.py")
    assert SECRET in text
    assert SECRET not in explained(path, _configuration(path))

    broken = text.replace(
        '"server_label": "desk",', '"server_label": "desk", **{1: 2}["a-token-in-clear-text"],'
    )
    assert SECRET not in refusal(export("broken.py", broken))
    assert SECRET not in caplog.text


@pytest.mark.proves("AB-32")
async def test_tokens_are_not_in_the_source_lines_of_tracebacks(export: Export) -> None:
    text = PLAIN.replace(
        "    result =", '    dict(authorization="a-token-in-clear-text")["missing"]\n    result ='
    )
    workflow = loaded(export("leaky.py", text))

    with pytest.raises(KeyError) as caught, hosted_by(Host()):
        await workflow.run("Hello")

    shown = "".join(traceback.format_exception(caught.value))
    assert 'dict(authorization="...text")["missing"]' in shown
    assert "leaky.py" in shown


async def test_what_warns_in_a_file_only_warns(export: Export) -> None:
    text = PLAIN.replace("clerk =", "import warnings\nwarnings.warn('old', DeprecationWarning)\nclerk =")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.warns(DeprecationWarning, match="old"):
            loaded(export("warns.py", text))


async def test_a_file_without_a_history_says_that_nothing_is_remembered(export: Export) -> None:
    workflow = loaded(export("plain.py", PLAIN))
    host = Host("Hello.", "Hello again.")

    assert answer_of(await host.turn(workflow, "Good day"), "") == "Hello."
    [history] = [rewrite for rewrite in workflow.rewrites if rewrite.name == "history"]
    assert not history.done


@pytest.mark.parametrize(
    ("taken", "given"),
    [
        ("workflow_input: WorkflowInput", "workflow_input"),
        ("workflow_input: WorkflowInput", "workflow_input: 'WorkflowInput'"),
        ("workflow_input: WorkflowInput", "workflow_input: WorkflowInput, verbose: bool = False"),
        (
            "workflow_input: WorkflowInput):",
            "given: dict[str, str]):\n    workflow_input = WorkflowInput(**given)",
        ),
    ],
)
async def test_the_input_of_a_changed_entry_point(export: Export, taken: str, given: str) -> None:
    host = Host("Hello.")

    await host.turn(loaded(export("plain.py", PLAIN.replace(taken, given))), "Good day")

    assert said(host.inputs[0][0]) == "Good day"


async def test_an_entry_point_that_takes_a_text_and_a_file_without_its_class(export: Export) -> None:
    plain = PLAIN.replace("workflow_input: WorkflowInput", "text: str").replace(
        "workflow_input.input_as_text", "text"
    )
    bare = PLAIN.replace("class WorkflowInput(BaseModel):\n    input_as_text: str\n", "").replace(
        "workflow_input: WorkflowInput", "workflow_input"
    )
    for number, text in enumerate((plain, bare)):
        host = Host("Hello.")
        await host.turn(loaded(export(f"plain{number}.py", text)), "Good day")
        assert said(host.inputs[0][0]) == "Good day"


@pytest.mark.proves("AB-28")
async def test_a_file_that_defeats_the_repairs_is_run_as_it_is_and_said_to_be(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PLAIN.replace("await Runner.run(clerk", "await getattr(Runner, 'ru' + 'n')(clerk").replace(
        'model="gpt-4.1"', "model=ScriptedModel([[assistant_message('Hello.')]])"
    )
    text = "from agents.testing import ScriptedModel, assistant_message\n" + text
    workflow = loaded(export("clever.py", text))

    assert workflow.fallback
    assert [(rewrite.name, rewrite.done) for rewrite in workflow.rewrites] == [("fallback", False)]
    assert answer_of(await workflow.run("Good day"), "") == "Hello."


@pytest.mark.proves("AB-28")
async def test_no_approval_is_granted_in_a_file_that_is_run_as_it_is(export: Export) -> None:
    workflow = loaded(export("two_approvals.py", config="[workflow]\nas_it_is = true\n"))

    with pytest.raises(RuntimeError, match="nothing is approved unasked"):
        await workflow.run("Lend me a book")


@pytest.mark.proves("AB-01")
async def test_a_repair_can_be_switched_off_and_is_said_to_be(export: Export) -> None:
    workflow = loaded(export("endless.py", config='[rewrites]\noff = ["loops"]\n'))

    [loops] = [rewrite for rewrite in workflow.rewrites if rewrite.name == "loops"]
    assert not loops.done


def test_approvals_cannot_be_switched_off(export: Export) -> None:
    path = export("two_approvals.py", config='[rewrites]\noff = ["approvals"]\n')

    assert "cannot be switched off" in refusal(path)


async def test_a_repair_that_fails_leaves_the_others(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.workflows.rewriting.traces.rewrite", fail)
    workflow = loaded(export("library_desk.py"))

    done = {rewrite.name: rewrite.done for rewrite in workflow.rewrites}
    assert done["traces"] is False
    assert done["runs"] is True


@pytest.mark.proves("AB-31")
def test_a_changed_file_is_told_from_the_one_that_was_checked(
    export: Export, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        loaded(export("plain.py", PLAIN, config='[workflow]\nsha256 = "of another file"\n'))

    assert "plain.py is not the file that" in caplog.text


def _globals(workflow: Any) -> dict[str, Any]:
    return vars(workflow.module)


def _configuration(path: Any) -> Any:
    [configuration] = configurations([path], [])
    return configuration


def test_settings_are_read_from_the_file_named_or_the_one_beside(export: Export) -> None:
    path = export("plain.py", PLAIN, config='[workflow]\nid = "wf_beside"\n')
    other = path.parent / "other.toml"
    other.write_text('[workflow]\nfile = "plain.py"\nid = "wf_named"\nversion = "3"\n')

    assert loaded(path).workflow_id == "wf_beside"
    named = loaded(path, workflow_config=(other,))
    assert (named.workflow_id, named.version) == ("wf_named", "3")
    assert read_configuration(other).limits.loop_iterations == 100
    assert settings_for(path).agent == str(path)
