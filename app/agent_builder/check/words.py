"""A report as text: what is in the file, what you have to do, what `run` repairs, what else to know."""

from collections.abc import Iterator

from app.agent_builder.check.findings import Finding, Severity
from app.agent_builder.check.report import Report
from app.agent_builder.check.typescript import Script
from app.workflows.reading.guardrails import generation
from app.workflows.reading.workflow import Workflow

SECTIONS = (
    (Severity.ACTION, "Yours to do"),
    (Severity.REPAIRED, "Wrong in the export, repaired by `agent-builder run` (the file is not changed)"),
    (Severity.NOTE, "Good to know"),
)


def words(report: Report) -> str:
    """The whole report."""
    lines = [_title(report), ""]
    if report.workflow:
        lines += [*_inventory(report), ""]
    if report.script:
        lines += [*_to_rebuild(report.script), ""]
    if report.models:
        lines += ["Models", *_models(report), ""]
    for severity, title in SECTIONS:
        if findings := report.of(severity):
            lines += [title, *_findings(findings), ""]
    return _printable("\n".join([*lines, _verdict(report)]))


def _printable(text: str) -> str:
    """Without what would steer a terminal: names come from a file that may be anybody's."""
    return "".join(found if found.isprintable() or found == "\n" else "?" for found in text)


def _title(report: Report) -> str:
    workflow = report.workflow
    if workflow is None:
        return str(report.source.path)
    named = [*filter(None, [workflow.name]), *(f"({found})" for found in workflow.ids)]
    return f"{report.source.path}: {' '.join(named)}" if named else str(report.source.path)


def _inventory(report: Report) -> Iterator[str]:
    workflow = report.workflow
    if workflow is None:
        return
    yield "What is in it"
    for answer in report.answers:
        agent = answer.agent
        what = f"{agent.model or 'no model named'}{f', answers with {agent.schema}' if agent.schema else ''}"
        kind = "Classify" if agent.is_classifier else "Agent"
        shown = "shown" if answer.shown else "hidden"
        yield f"  {_at(agent.line)}{kind} {agent.name} ({what}); {shown}: {answer.reason}"
    for tool in workflow.tools:
        stub = ", a stub" if tool.is_stub else ""
        yield f"  {_at(tool.line)}Tool {tool.variable or '(unnamed)'} ({tool.kind}{stub})"
    for config in workflow.guardrails:
        checks = ", ".join(config.checks)
        yield f"  {_at(config.line)}Guardrails {config.variable}: {checks} ({_generation(workflow)})"
    for kind, places in workflow.nodes.items():
        also = f", again in line {', '.join(map(str, places[1:]))}" if places[1:] else ""
        yield f"  {_at(places[0])}{kind}{also}"


def _generation(workflow: Workflow) -> str:
    found = generation(workflow)
    return f"{found} generation of the export" if found else "never called"


def _models(report: Report) -> Iterator[str]:
    for name in dict.fromkeys(model.name for model in report.models):
        day = report.end_of(name)
        yield f"  {name}: " + (f"ends {day.isoformat()}" if day else "no end announced")


def _findings(findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"  {_at(finding.line)}{finding.message}  [{finding.rule}]"
        if finding.advice:
            yield f"             {finding.advice}"


def _to_rebuild(script: Script) -> Iterator[str]:
    yield "To be rebuilt in Python"
    for agent in script.agents:
        tools = f", tools: {', '.join(agent.tools)}" if agent.tools else ""
        schema = f", answers with {agent.schema}" if agent.schema else ""
        what = f"{agent.model or 'no model named'}{tools}{schema}"
        yield f"  {_at(agent.line)}Agent {agent.name or agent.variable} ({what})"
        if agent.instructions:
            first, *more = agent.instructions.strip().splitlines()
            yield f"             instructions: {first[:90]}{' ...' if more or len(first) > 90 else ''}"
    for name, kind, line in script.tools:
        yield f"  {_at(line)}Tool {name} ({kind})"
    for name, line in script.schemas:
        yield f"  {_at(line)}Schema {name}"
    if script.steps:
        yield "The graph, in order"
    for step in script.steps:
        yield f"  {_at(step.line)}{'  ' * step.depth}{step.what}"


def _verdict(report: Report) -> str:
    mine, repaired = len(report.of(Severity.ACTION)), len(report.of(Severity.REPAIRED))
    if report.is_clean:
        return "Nothing to do."
    return f"{mine} to do, {repaired} repaired by run."


def _at(line: int | None) -> str:
    return f"line {line:<5} " if line else "            "[:11]
