"""The guardrail code of an export: the kinds of checks, and which of three generations a file has."""

import ast

from app.workflows.reading.syntax import Function
from app.workflows.reading.workflow import Workflow

KINDS = {
    "Contains PII",
    "Moderation",
    "Jailbreak",
    "Hallucination Detection",
    "NSFW Text",
    "URL Filter",
    "Custom Prompt Check",
    "Prompt Injection Detection",
}


def generation(workflow: Workflow) -> str | None:
    """`first`, `second` or `third`, by the functions present; None without guardrails."""
    functions = {function.name: function for function in workflow.module.functions()}
    applying = functions.get("run_and_apply_guardrails")
    if applying is None:
        return "first" if any(workflow.module.calls("run_guardrails")) else None
    keys = {node.value for node in ast.walk(applying) if isinstance(node, ast.Constant)}
    return "third" if "pass_output" in keys or "build_guardrail_fail_output" in functions else "second"


def swallows(function: Function) -> bool:
    """Whether a function goes on after any error as if there had been none."""
    return any(
        isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body)
        for node in ast.walk(function)
    )
