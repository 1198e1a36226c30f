"""Names that nothing defines, and instructions whose literal braces became code."""

import ast
import builtins
import symtable
from collections.abc import Iterator

from app.agent_builder.check.findings import Finding
from app.workflows.reading.syntax import Function
from app.workflows.reading.workflow import Workflow

_ALWAYS_THERE = {
    *dir(builtins),
    "__name__",
    "__file__",
    "__doc__",
    "__annotations__",
    "__builtins__",
    "__spec__",
}


def names(workflow: Workflow) -> Iterator[Finding]:
    """Each undefined name once, at its first use, and each instruction with code that was meant as text."""
    in_instructions: set[str] = set()
    for function in _instruction_functions(workflow):
        for part in _stray_expressions(function):
            in_instructions |= {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
            yield Finding(
                "braces-in-instructions",
                part.lineno,
                f"`{ast.unparse(part)[:60]}` in the text of `{function.name}` is run as Python",
                "Double the braces that belong to the text: {{ and }}.",
            )
    for name in _undefined(workflow.module.tree) - in_instructions:
        yield Finding(
            "unknown-name", _first_use(workflow.module.tree, name), f"`{name}` is not defined anywhere"
        )


def _undefined(tree: ast.Module) -> set[str]:
    try:
        top = symtable.symtable(ast.unparse(tree), "workflow", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set()
    if any(
        alias.name == "*"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ):
        return set()
    defined, used = set(_ALWAYS_THERE), set[str]()
    for table in _tables(top):
        for symbol in table.get_symbols():
            if (table is top and _is_bound(symbol)) or (symbol.is_declared_global() and symbol.is_assigned()):
                defined.add(symbol.get_name())
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                used.add(symbol.get_name())
    return used - defined


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _first_use(tree: ast.Module, name: str) -> int | None:
    lines = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    return min(lines, default=None)


def _instruction_functions(workflow: Workflow) -> list[Function]:
    return [
        found for found in workflow.module.functions() if "instructions" in found.name and found.args.args
    ]


def _stray_expressions(function: Function) -> Iterator[ast.expr]:
    """Interpolated expressions that are not the flattened variables that the export writes."""
    context = function.args.args[0].arg
    known = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    known |= {argument.arg for argument in function.args.args}
    for node in ast.walk(function):
        if isinstance(node, ast.FormattedValue):
            roots = {found.id for found in ast.walk(node.value) if isinstance(found, ast.Name)}
            if not roots & (known | {context}):
                yield node.value
