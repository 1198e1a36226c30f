"""Faults that the export tool itself writes, and what the hosted product did that the code does not."""

import ast
from collections.abc import Iterator

from app.agent_builder.check.findings import Finding
from app.workflows.reading.nodes import approval_calls, searches_of
from app.workflows.reading.syntax import assignments, falls_through, keyword
from app.workflows.reading.workflow import Workflow, always_yes


def faults(workflow: Workflow) -> Iterator[Finding]:
    """Everything an unedited export is known to do wrong outside its guardrails."""
    yield from _entry(workflow)
    yield from _file_search(workflow)
    yield from _approvals(workflow)
    yield from _loops(workflow)
    yield from _clients(workflow)
    yield from _memory(workflow)
    yield from _old_pydantic(workflow)
    yield from _tools(workflow)
    if not workflow.ids and workflow.entry:
        yield Finding(
            "no-workflow-id",
            workflow.entry.lineno,
            "no `wf_...` id in any RunConfig: name it when you serve the file",
        )


def _entry(workflow: Workflow) -> Iterator[Finding]:
    entry = workflow.entry
    if entry is None:
        advice = "Keep the function of the export, `async def run_workflow(workflow_input)`."
        yield Finding("no-entry-point", None, "there is no function `run_workflow`", advice)
        return
    runs = [found for found in ast.walk(entry) if isinstance(found, ast.Call) and _is_run(found)]
    if runs and falls_through(entry.body):
        yield Finding(
            "no-answer",
            entry.lineno,
            "`run_workflow` can end without a `return`: the answer is computed and lost",
        )


def _is_run(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("run", "run_streamed")


def _file_search(workflow: Workflow) -> Iterator[Finding]:
    module = workflow.module
    synchronous = {
        name for name, value in module.constants.items() if module.called(value) in ("OpenAI", "Client")
    }
    found = {
        id(generator.iter)
        for node in ast.walk(module.tree)
        for generator in ([node] if isinstance(node, ast.For) else getattr(node, "generators", []))
        if not getattr(generator, "is_async", 0)
    }
    for call in searches_of(module):
        client = ast.unparse(call.func).partition(".")[0]
        if id(call) in found and client not in synchronous:
            yield Finding(
                "file-search-node",
                call.lineno,
                "the search result is asynchronous, and iterating it raises TypeError",
            )


def _approvals(workflow: Workflow) -> Iterator[Finding]:
    for function in workflow.approvals:
        if always_yes(function):
            calls = [call.lineno for call in approval_calls(workflow.module, [function])]
            asked = f", asked in line {', '.join(map(str, calls))}" if calls else ""
            yield Finding("approval-always-yes", function.lineno, f"`{function.name}` always says yes{asked}")


def _loops(workflow: Workflow) -> Iterator[Finding]:
    for node in ast.walk(workflow.entry) if workflow.entry else ():
        if isinstance(node, ast.While):
            yield Finding(
                "loop-without-limit", node.lineno, f"`while {ast.unparse(node.test)[:60]}` has no limit"
            )


def _clients(workflow: Workflow) -> Iterator[Finding]:
    for name, value in assignments(workflow.module.tree.body):
        is_client = workflow.module.called(value) in ("AsyncOpenAI", "OpenAI")
        if is_client and isinstance(value, ast.Call) and keyword(value, "api_key") is None:
            yield Finding(
                "key-at-import",
                value.lineno,
                f"`{name}` is made at import, which fails without OPENAI_API_KEY",
            )


def _memory(workflow: Workflow) -> Iterator[Finding]:
    for node in ast.walk(workflow.entry) if workflow.entry else ():
        if not isinstance(node, ast.stmt):
            continue
        for name, value in assignments([node]):
            if name == "conversation_history" and isinstance(value, ast.List):
                yield Finding(
                    "forgets-messages",
                    node.lineno,
                    "`conversation_history` holds one message; here earlier turns are put before it",
                )
            if name == "state" and isinstance(value, ast.Dict) and value.keys:
                keys = ", ".join(str(workflow.module.value(key)) for key in value.keys if key)
                yield Finding(
                    "forgets-state",
                    node.lineno,
                    f"`state` ({keys}) starts anew with every message; here it is kept per thread",
                )


def _old_pydantic(workflow: Workflow) -> Iterator[Finding]:
    for call in workflow.module.calls("json"):
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value).endswith("final_output"):
            yield Finding(
                "old-pydantic",
                call.lineno,
                "`final_output.json()` is the spelling of pydantic 1, which only warns",
            )
            return


def _tools(workflow: Workflow) -> Iterator[Finding]:
    for tool in workflow.tools:
        if tool.details.get("require_approval", "never") != "never":
            asked = f"the MCP tool `{tool.variable}` asks before it acts; the question is shown in the chat"
            yield Finding("tool-approval", tool.line, asked)
        if tool.is_stub:
            yield Finding(
                "stub-tool",
                tool.line,
                f"the function tool `{tool.variable}` does nothing: the model gets no answer from it",
                "Write its body, or bind the name to a function or a client tool of yours.",
            )
