"""Everything a check says about one file, as data and as text for a person.

`Report.as_json` is the contract of `--json`; the text says the same in the order in which one acts on it.
"""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from app.agent_builder.check.findings import Finding, Severity
from app.agent_builder.check.rules.answers import Answer, answers, hidden_answers
from app.agent_builder.check.rules.faults import faults
from app.agent_builder.check.rules.guardrails import guardrails
from app.agent_builder.check.rules.model_names import model_names, prompt_objects
from app.agent_builder.check.rules.names import names
from app.agent_builder.check.rules.packages import packages
from app.agent_builder.check.rules.secrets import secrets, secrets_in_script
from app.agent_builder.check.typescript import Script, read_script, strings_of
from app.agent_builder.check.workflow_object import WorkflowObject
from app.workflows.reading.guardrails import generation
from app.workflows.reading.named_models import NamedModel, named_models
from app.workflows.reading.source import Source
from app.workflows.reading.workflow import Workflow, read_workflow
from app.workflows.retirements import retirement


@dataclass
class Report:
    """One file, checked. `workflow` is None if it did not parse; `script` is there if it is TypeScript."""

    source: Source
    findings: list[Finding]
    workflow: Workflow | None = None
    script: Script | None = None
    models: list[NamedModel] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    ends: dict[str, date] = field(default_factory=dict)

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of one severity."""
        return [finding for finding in self.findings if finding.severity is severity]

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be done or repaired."""
        return not self.of(Severity.ACTION) and not self.of(Severity.REPAIRED)

    def end_of(self, model: str) -> date | None:
        """The day a model ends, as far as known."""
        known = retirement(model)
        return self.ends.get(model) or (known.day if known else None)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "file": str(self.source.path),
            "language": "typescript" if self.source.is_typescript else "python",
            "parsed": self.workflow is not None,
            "clean": self.is_clean,
            "findings": [
                {
                    "rule": finding.rule,
                    "severity": finding.severity.value,
                    "repaired_by_run": finding.severity is Severity.REPAIRED,
                    **{name: value for name, value in asdict(finding).items() if name != "rule"},
                }
                for finding in self.findings
            ],
            "models": [self._model(model) for model in self.models],
            "workflow": _inventory(self.workflow, self.answers) if self.workflow else None,
            "rebuild": asdict(self.script) if self.script else None,
        }

    def _model(self, model: NamedModel) -> dict[str, Any]:
        known, day = retirement(model.name), self.end_of(model.name)
        return {
            **asdict(model),
            "shutdown": day.isoformat() if day else None,
            "replacement": known.replacement if known else None,
        }


def check(source: Source, today: date, ends: dict[str, date], known: WorkflowObject) -> Report:
    """Apply every rule to a file; `ends` and `known` are what the API and the workflow object say."""
    if source.is_typescript:
        return _check_script(source, today, ends)
    if source.tree is None:
        return Report(source, _problems(source))
    workflow = read_workflow(source.tree)
    decided = answers(workflow, known.visible)
    found = [
        *_problems(source),
        *secrets(workflow.module),
        *names(workflow),
        *packages(workflow, source.path.parent),
        *model_names(named_models(workflow.module), today, ends),
        *prompt_objects(workflow.module),
        *hidden_answers(decided, known.widgets),
        *faults(workflow),
        *guardrails(workflow),
    ]
    models = named_models(workflow.module)
    return Report(source, in_order(found), workflow, None, models, decided, ends)


def _check_script(source: Source, today: date, ends: dict[str, date]) -> Report:
    script = read_script(source.text)
    models = [NamedModel(name, line) for name, line in script.models]
    advice = "Export the same version as Python, or rebuild what is listed in a Python file."
    found = [
        Finding("typescript", 1, "this is TypeScript, and only Python runs here", advice),
        *secrets_in_script(strings_of(source.text)),
        *model_names(models, today, ends),
    ]
    return Report(source, in_order(found), None, script, models, [], ends)


def _problems(source: Source) -> list[Finding]:
    return [Finding(found.kind, found.line, found.message, found.advice) for found in source.problems]


def in_order(findings: list[Finding]) -> list[Finding]:
    """By line; what concerns the whole file first."""
    return sorted(findings, key=lambda finding: (finding.line or 0, finding.rule))


def _inventory(workflow: Workflow, decided: list[Answer]) -> dict[str, Any]:
    return {
        "name": workflow.name,
        "ids": workflow.ids,
        "entry_point_line": workflow.entry.lineno if workflow.entry else None,
        "agents": [
            {
                "name": answer.agent.name,
                "variable": answer.agent.variable,
                "line": answer.agent.line,
                "model": answer.agent.model,
                "schema": answer.agent.schema,
                "tools": answer.agent.tools,
                "classifies": answer.agent.is_classifier,
                "shown": answer.shown,
                "why": answer.reason,
                "looks_like_widget": answer.looks_like_widget,
            }
            for answer in decided
        ],
        "tools": [
            {"name": tool.variable, "kind": tool.kind, "line": tool.line, "stub": tool.is_stub}
            for tool in workflow.tools
        ],
        "guardrails": {
            "generation": generation(workflow),
            "configurations": [
                {"name": config.variable, "line": config.line, "checks": list(config.checks)}
                for config in workflow.guardrails
            ],
        },
        "nodes": workflow.nodes,
        "schemas": list(workflow.schemas),
    }
