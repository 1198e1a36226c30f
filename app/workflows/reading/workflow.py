"""What an export holds: agents, tools, schemas, guardrails, and the nodes of its graph.

Recognised by syntax alone, wherever it stands, because exports are edited by hand. Must not judge.
"""

import ast
from dataclasses import dataclass, field
from typing import Any

from app.workflows.reading.nodes import nodes_of
from app.workflows.reading.syntax import UNKNOWN, Function, Module, keyword, statements

TOOL_CLASSES = {
    "FileSearchTool": "file search",
    "WebSearchTool": "web search",
    "CodeInterpreterTool": "code interpreter",
    "HostedMCPTool": "MCP",
    "ImageGenerationTool": "image generation",
    "ComputerTool": "computer",
    "LocalShellTool": "shell",
}


@dataclass(frozen=True)
class Agent:
    """One `Agent(…)`. `schema` is the name of its output type; `instructions` only if they are plain text."""

    variable: str | None
    name: str
    line: int
    model: str | None
    schema: str | None
    tools: list[str]
    instructions: str | None
    is_classifier: bool


@dataclass(frozen=True)
class Tool:
    """A hosted tool, or a function of the user's; `details` are its settings as far as they are literal."""

    variable: str | None
    kind: str
    line: int
    details: dict[str, Any]
    is_stub: bool = False


@dataclass(frozen=True)
class GuardrailConfig:
    """One configuration of guardrails: the kinds of checks, each with its own settings."""

    variable: str
    line: int
    checks: dict[str, dict[str, Any]]


@dataclass
class Workflow:
    """An export, as far as it is known without running it."""

    module: Module
    name: str | None = None
    ids: list[str] = field(default_factory=list)
    entry: Function | None = None
    agents: list[Agent] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    guardrails: list[GuardrailConfig] = field(default_factory=list)
    schemas: dict[str, ast.ClassDef] = field(default_factory=dict)
    approvals: list[Function] = field(default_factory=list)
    nodes: dict[str, list[int]] = field(default_factory=dict)


def read_workflow(tree: ast.Module) -> Workflow:
    """Take stock of a parsed export."""
    module = Module(tree)
    workflow = Workflow(module)
    workflow.schemas = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    workflow.entry = _entry(module)
    workflow.name = next(
        (text for call in module.calls("trace") if (text := _first_text(module, call))), None
    )
    workflow.ids = _workflow_ids(tree)
    workflow.tools = [*_hosted_tools(module), *_function_tools(module)]
    workflow.agents = [_agent(module, workflow, call) for call in module.calls("Agent")]
    workflow.guardrails = _guardrail_configs(module)
    workflow.approvals = _approvals(module, workflow.entry)
    workflow.nodes = nodes_of(module, workflow.entry, workflow.approvals)
    return workflow


def fields_of(schema: ast.ClassDef) -> list[str]:
    """The property names of a schema class."""
    return [
        node.target.id
        for node in schema.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]


def _entry(module: Module) -> Function | None:
    named = [found for found in module.functions() if found.name == "run_workflow"]
    return named[0] if named else None


def _approvals(module: Module, entry: Function | None) -> list[Function]:
    """The stubs of approval nodes; a renamed one is still what an `if` asks and always says yes."""
    tests = [node.test for node in (ast.walk(entry) if entry else ()) if isinstance(node, ast.If | ast.IfExp)]
    asked = {module.called(node) for test in tests for node in ast.walk(test)}
    return [
        function
        for function in module.functions()
        if function.name.startswith("approval_request") or (function.name in asked and always_yes(function))
    ]


def always_yes(function: Function) -> bool:
    """Whether a function can return nothing but True."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return bool(returned) and all(
        isinstance(value, ast.Constant) and value.value is True for value in returned
    )


def _first_text(module: Module, call: ast.Call) -> str | None:
    return module.text(call.args[0]) if call.args else module.text(keyword(call, "workflow_name"))


def _workflow_ids(tree: ast.Module) -> list[str]:
    """Every text that is such an id; first those that a run says it belongs to."""
    named = [
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "workflow_id"
    ]
    found = dict.fromkeys(
        node.value
        for node in (*named, *ast.walk(tree))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("wf_")
    )
    return list(found)


def _assigned_to(module: Module, call: ast.AST) -> str | None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is call:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            return target.id if isinstance(target, ast.Name) else None
    return None


def _hosted_tools(module: Module) -> list[Tool]:
    tools = []
    for call in module.calls(*TOOL_CLASSES):
        config = module.value(keyword(call, "tool_config"))
        details = dict(config) if isinstance(config, dict) else {}
        details |= {
            found.arg: module.value(found.value)
            for found in call.keywords
            if found.arg not in (None, "tool_config")
        }
        known = {str(name): value for name, value in details.items() if value is not UNKNOWN}
        tools.append(Tool(_assigned_to(module, call), TOOL_CLASSES[module.called(call)], call.lineno, known))
    return tools


def _function_tools(module: Module) -> list[Tool]:
    tools = []
    for function in module.functions():
        decorators = [
            found.func if isinstance(found, ast.Call) else found for found in function.decorator_list
        ]
        names = [module.called(ast.Call(found, [], [])) for found in decorators]
        if "function_tool" in names:
            parameters = [argument.arg for argument in function.args.args]
            tools.append(
                Tool(
                    function.name, "function", function.lineno, {"parameters": parameters}, is_stub(function)
                )
            )
    return tools


def is_stub(function: Function) -> bool:
    """Whether a body does nothing: `pass`, `...`, `return None`, or it only raises `NotImplementedError`."""
    return all(_does_nothing(statement) for statement in statements(function))


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        return statement.exc is not None and "NotImplemented" in ast.unparse(statement.exc)
    if isinstance(statement, ast.Return):
        return statement.value is None or (
            isinstance(statement.value, ast.Constant) and statement.value.value is None
        )
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _agent(module: Module, workflow: Workflow, call: ast.Call) -> Agent:
    variable, name = _assigned_to(module, call), module.text(keyword(call, "name"))
    output, tools = keyword(call, "output_type"), keyword(call, "tools")
    schema = output.id if isinstance(output, ast.Name) else None
    instructions = module.text(keyword(call, "instructions"))
    known = workflow.schemas.get(schema or "")
    classifies = known is not None and any("categor" in one.lower() for one in fields_of(known))
    return Agent(
        variable=variable,
        name=name or variable or "(unnamed)",
        line=call.lineno,
        model=module.text(keyword(call, "model")),
        schema=schema or (ast.unparse(output) if output is not None else None),
        tools=[ast.unparse(found) for found in tools.elts] if isinstance(tools, ast.List) else [],
        instructions=instructions,
        is_classifier=classifies
        and ("classif" in (instructions or "").lower() or "classif" in (schema or "").lower()),
    )


def _guardrail_configs(module: Module) -> list[GuardrailConfig]:
    configs = []
    for name, expression in module.constants.items():
        value = module.value(expression)
        if isinstance(value, dict) and isinstance(value.get("guardrails"), list):
            found = [
                one
                for one in value["guardrails"]
                if isinstance(one, dict) and isinstance(one.get("name"), str)
            ]
            checks = {
                one["name"]: one["config"] if isinstance(one.get("config"), dict) else {} for one in found
            }
            configs.append(GuardrailConfig(name, expression.lineno, checks))
    return configs
