"""Check a text as if it were an exported file, on a fixed day."""

from datetime import date
from pathlib import Path

from app.agent_builder.check.findings import Finding
from app.agent_builder.check.report import Report, check
from app.agent_builder.check.workflow_object import WorkflowObject
from app.workflows.reading.source import read_source

TODAY = date(2026, 11, 22)


def report_of(
    tmp_path: Path, text: str | bytes, name: str = "workflow.py", known: WorkflowObject | None = None
) -> Report:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return check(read_source(path), TODAY, {}, known or WorkflowObject())


def found(report: Report, rule: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == rule]
