"""A starting configuration for an export: what is shown, which widgets, which models, which ids. TOML.

Holds proposals for a person to confirm, each with its reason; never a secret. Must not be applied unread.
"""

import json

from app.agent_builder.check.findings import Severity
from app.agent_builder.check.online import named_ids
from app.agent_builder.check.report import Report
from app.workflows.retirements import retirement


def configuration(report: Report) -> str:
    """Write the configuration of a Python export; of anything else, an empty one."""
    workflow = report.workflow
    lines = [
        f"# How to serve {report.source.path.name}. Written by `agent-builder check`: read it, change it.",
        "# Limits, approvals and guardrails can be set here, too: see docs/agent-builder.md.",
        "",
        "[workflow]",
        f"file = {_text(report.source.path.name)}",
        f"sha256 = {_text(report.source.sha256)}",
    ]
    if workflow and workflow.ids:
        lines.append(f"id = {_text(workflow.ids[0])}")
    if workflow and workflow.name:
        lines.append(f"name = {_text(workflow.name)}")
    return "\n".join([*lines, *_agents(report), *_tools(report), *_models(report), *_ids(report), ""])


def _agents(report: Report) -> list[str]:
    lines = []
    # Agents of one name are one to the outside; TOML has no second table of a name.
    for answer in {answer.agent.name: answer for answer in report.answers}.values():
        lines += [
            "",
            f"[agents.{_text(answer.agent.name)}]",
            f"show = {str(answer.shown).lower()}  # {answer.reason}",
        ]
        if answer.looks_like_widget:
            lines.append('# widget = "the file you saved.widget"')
    return lines


def _tools(report: Report) -> list[str]:
    stubs = [tool for tool in report.workflow.tools if tool.is_stub] if report.workflow else []
    lines = ["", "[tools]  # function tools without a body"] if stubs else []
    return lines + [f'# {_text(str(tool.variable))} = "your_module:function", or "client"' for tool in stubs]


def _models(report: Report) -> list[str]:
    ending = {model.name: report.end_of(model.name) for model in report.models}
    proposals = [(name, day, retirement(name)) for name, day in ending.items() if day]
    lines = ["", "[models]  # proposals: take the # away to accept one"] if proposals else []
    for name, day, known in proposals:
        lines.append(f"# {_text(name)} = {_text(known.replacement if known else '')}  # ends {day}")
    return lines


def _ids(report: Report) -> list[str]:
    missing = {found.line for found in report.of(Severity.ACTION) if found.rule == "id-missing"}
    ids = named_ids(report.source.text)
    lines = ["", "[ids]  # what the workflow needs at OpenAI, or what to use in its place"] if ids else []
    return lines + [
        f"{_text(name)} = {_text(name)}" + ("  # does not exist for your key" if line in missing else "")
        for name, line in ids.items()
    ]


def _text(value: str) -> str:
    # A JSON string is a TOML basic string, but for DEL and what is no character at all.
    text = value.encode("utf-8", "replace").decode()
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
