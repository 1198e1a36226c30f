"""How the guardrail code of a file fails."""

import ast
from collections.abc import Iterator

from app.agent_builder.check.findings import Finding
from app.workflows.reading.guardrails import KINDS, swallows
from app.workflows.reading.syntax import keyword
from app.workflows.reading.workflow import Workflow


def guardrails(workflow: Workflow) -> Iterator[Finding]:
    """Guardrails that crash, or that let through what they were to stop."""
    yield from _crash(workflow)
    for call in workflow.module.calls("run_guardrails"):
        raised = keyword(call, "raise_guardrail_errors")
        if not (isinstance(raised, ast.Constant) and raised.value is True):
            yield Finding(
                "guardrail-fails-open",
                call.lineno,
                "errors of a check are not raised: with its model unreachable, every message passes",
            )
    if _masks(workflow):
        for function in workflow.module.functions():
            if function.name.startswith("scrub_") and swallows(function):
                yield Finding(
                    "masking-fails-open",
                    function.lineno,
                    f"`{function.name}` ignores every error of the PII check",
                )


def _crash(workflow: Workflow) -> Iterator[Finding]:
    configured = {kind for config in workflow.guardrails for kind in config.checks}
    for function in workflow.module.functions():
        if function.name == "build_guardrail_fail_output":
            read = next((node for node in ast.walk(function) if _reads_info_blindly(node)), None)
            if read is not None and not (workflow.guardrails and configured >= KINDS):
                missing = sorted(KINDS - configured)
                named = f"{', '.join(missing[:2])}{f' and {len(missing) - 2} more' if missing[2:] else ''}"
                yield Finding(
                    "guardrail-crash",
                    getattr(read, "lineno", function.lineno),
                    f"`.info` is read of checks that are not configured ({named}): AttributeError",
                )


def _reads_info_blindly(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Return | ast.Assign) else None
    return isinstance(value, ast.Attribute) and value.attr == "info"


def _masks(workflow: Workflow) -> bool:
    settings = [config.checks.get("Contains PII") for config in workflow.guardrails]
    return any(found is not None and found.get("block") is False for found in settings)
