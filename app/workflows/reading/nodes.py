"""The nodes of an export's graph, by kind and line. Must not judge them."""

import ast
from collections.abc import Iterator

from app.workflows.reading.syntax import Function, Module


def nodes_of(module: Module, entry: Function | None, approvals: list[Function]) -> dict[str, list[int]]:
    """Kinds of nodes with their lines, beside the agents; one that several branches repeat has several."""
    nodes: dict[str, set[int]] = {}
    for call in searches_of(module):
        nodes.setdefault("File search", set()).add(call.lineno)
    for call in approval_calls(module, approvals):
        nodes.setdefault("User approval", set()).add(call.lineno)
    for call in module.calls("run_and_apply_guardrails"):
        nodes.setdefault("Guardrail", set()).add(call.lineno)
    for node in _graph(entry):
        if kind := _kind(module, node, approvals):
            nodes.setdefault(kind, set()).add(node.lineno)
    return {kind: sorted(lines) for kind, lines in sorted(nodes.items())}


def searches_of(module: Module) -> list[ast.Call]:
    """Calls of `….vector_stores.search(…)`: a File search node."""
    return [
        call
        for call in module.calls("search")
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Attribute)
        and call.func.value.attr == "vector_stores"
    ]


def approval_calls(module: Module, approvals: list[Function]) -> Iterator[ast.Call]:
    """Where the graph asks for an approval."""
    names = {function.name for function in approvals}
    return module.calls(*names) if names else iter(())


def _graph(entry: Function | None) -> Iterator[ast.stmt]:
    nested = set[ast.stmt]()
    for node in ast.walk(entry) if entry else ():
        if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            nested.add(node.orelse[0])
        if isinstance(node, ast.stmt) and node not in nested:
            yield node


def _kind(module: Module, node: ast.stmt, approvals: list[Function]) -> str | None:
    if isinstance(node, ast.While):
        return "While"
    if isinstance(node, ast.If):
        names = {found.name for found in approvals}
        asks = any(module.called(found) in names for found in ast.walk(node.test))
        return None if asks or "tripwire" in ast.unparse(node.test) else "If/else"
    if not isinstance(node, ast.Assign):
        return None
    target = node.targets[0]
    if isinstance(target, ast.Subscript):
        is_state = isinstance(target.value, ast.Name) and target.value.id == "state"
        return "Set state" if is_state else None
    name = target.id if isinstance(target, ast.Name) else ""
    return (
        "Transform"
        if name.startswith("transform_result")
        else "End"
        if name.startswith("end_result")
        else None
    )
