"""Whose answers reach the user, as far as an export can tell."""

from pathlib import Path

import pytest

from app.agent_builder.check.workflow_object import WorkflowObject
from tests.agent_builder.checking import found, report_of
from tests.agent_builder.constructs import LIBRARY_DESK


@pytest.mark.proves("AB-77")
def test_each_agent_is_shown_or_hidden_for_a_reason(tmp_path: Path) -> None:
    agents = report_of(tmp_path, LIBRARY_DESK).as_json()["workflow"]["agents"]
    assert {agent["name"]: (agent["shown"], agent["why"]) for agent in agents} == {
        "Clerk": (True, "plain text"),
        "Buyer": (False, "structured output is hidden by default"),
        "Sorter": (False, "only decides which branch is taken"),
    }


@pytest.mark.proves("AB-77")
def test_a_result_whose_fields_are_used_later_is_internal(tmp_path: Path) -> None:
    text = LIBRARY_DESK.replace(
        'state["asked"] = True', 'state["asked"] = buyer_result["output_parsed"]["note"]'
    ).replace("return buyer_result", "return workflow")
    report = report_of(tmp_path, text)
    agents = {agent["name"]: agent["why"] for agent in report.as_json()["workflow"]["agents"]}
    assert agents["Buyer"] == "internal JSON: later nodes use its fields"
    assert found(report, "hidden-answer") == []


@pytest.mark.proves("AB-77")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("OrderSchema", "OrderCardSchema"),
        ('name="Buyer"', 'name="Order widget"'),
        ("    note: str | None", "    imageUrl: str\n    badge: str"),
    ],
)
def test_output_that_looks_like_a_widget_is_said_to_be_one(tmp_path: Path, old: str, new: str) -> None:
    report = report_of(tmp_path, LIBRARY_DESK.replace(old, new))
    (finding,) = found(report, "widget-lost")
    assert "looks like the data of a widget" in finding.message


@pytest.mark.proves("AB-77")
def test_the_workflow_object_decides_what_the_code_cannot_tell(tmp_path: Path) -> None:
    known = WorkflowObject(visible={"Clerk": False, "Buyer": True}, widgets={"Sorter"})
    report = report_of(tmp_path, LIBRARY_DESK, known=known)
    shown = {answer.agent.name: answer.shown for answer in report.answers}
    assert shown == {"Clerk": False, "Buyer": True, "Sorter": False}
    assert [finding.message for finding in found(report, "widget-lost")] == [
        "`Sorter` had a widget in the workflow object"
    ]
