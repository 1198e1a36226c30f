"""The `check` command: a file in, a report out. 0 nothing to do, 1 findings, 2 nothing to check."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.agent_builder.check.configuration import configuration
from app.agent_builder.check.online import Online
from app.agent_builder.check.report import Report, check, in_order
from app.agent_builder.check.words import words
from app.agent_builder.check.workflow_object import WorkflowObject, read_workflow_object
from app.workflows.reading.source import UnusableFile, read_source


def run(options: argparse.Namespace) -> int:
    """Check as the options say; the exit code."""
    try:
        report = _check(options)
        if options.write_config:
            _write(options.write_config, configuration(report))
    except UnusableFile as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write((json.dumps(report.as_json(), indent=2) if options.json else words(report)) + "\n")
    return 0 if report.is_clean else 1


def _check(options: argparse.Namespace) -> Report:
    source = read_source(options.file)
    known = read_workflow_object(options.workflow_json) if options.workflow_json else WorkflowObject()
    online = Online() if options.online else None
    report = check(source, datetime.now(UTC).date(), online.ends() if online else {}, known)
    if online:
        report.findings = in_order([*report.findings, *online.missing(source.text)])
    return report


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UnusableFile(f"{path} exists already; what you changed in it would be lost.") from None
    except OSError as error:
        raise UnusableFile(f"{path} cannot be written: {error.strerror}.") from None
