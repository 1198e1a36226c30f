"""Questions to a syntax tree that the recognition of exports asks again and again. Must not know any rule."""

import ast
from collections.abc import Iterator
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
UNKNOWN = object()
"""The value of an expression that only running the file would tell."""


class Module:
    """A parsed file with its imports and module-level constants resolved."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.imports: dict[str, str] = {}
        self.constants: dict[str, ast.expr] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.imports.update(
                    {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
                )
            elif isinstance(node, ast.ImportFrom):
                self.imports.update(
                    {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
                )
        for target, value in assignments(tree.body):
            self.constants[target] = value

    def called(self, node: ast.AST) -> str:
        """The last part of what a call calls, aliases resolved: `Agent` for `agents.Agent(…)`; else empty."""
        if not isinstance(node, ast.Call):
            return ""
        return self.resolved(node.func).rpartition(".")[2]

    def resolved(self, node: ast.AST) -> str:
        """`agents.Runner` for an expression that stands for it, under whatever name it was imported."""
        first, _, rest = dotted(node).partition(".")
        return self.imports.get(first, first) + (f".{rest}" if rest else "")

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Every call of one of these names, in order of lines."""
        found = [
            node for node in ast.walk(self.tree) if isinstance(node, ast.Call) and self.called(node) in names
        ]
        return iter(sorted(found, key=lambda call: call.lineno))

    def functions(self) -> Iterator[Function]:
        """Every function, nested ones included."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def value(self, node: ast.AST | None) -> Any:
        """What an expression is worth: literals, and module constants; `UNKNOWN` parts stay unknown."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name) and isinstance(self.constants.get(node.id), ast.Constant):
            return self.value(self.constants[node.id])
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self.value(element) for element in node.elts]
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            return {
                self.value(key): self.value(value) for key, value in pairs if isinstance(key, ast.Constant)
            }
        return UNKNOWN

    def text(self, node: ast.AST | None) -> str | None:
        """The value of an expression if it is text."""
        found = self.value(node)
        return found if isinstance(found, str) else None


def assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Plain and annotated assignments to single names, in order."""
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def dotted(node: ast.AST) -> str:
    """`a.b.c` for the expression of that form, else what can be said of it."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The argument given by that name."""
    return next((found.value for found in call.keywords if found.arg == name), None)


def statements(function: Function) -> list[ast.stmt]:
    """The body of a function without its docstring."""
    body = function.body
    first = body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_docstring and isinstance(first.value.value, str) else body  # type: ignore[attr-defined]


def falls_through(body: list[ast.stmt]) -> bool:
    """Whether execution can reach the end of a block, rather than return or raise before it."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return False
    if isinstance(last, ast.If):
        return not last.orelse or falls_through(last.body) or falls_through(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return falls_through(last.body)
    if isinstance(last, ast.Try):
        ends = [last.body + last.orelse, *(handler.body for handler in last.handlers)]
        return (
            falls_through(last.finalbody) and any(map(falls_through, ends))
            if last.finalbody
            else any(map(falls_through, ends))
        )
    if isinstance(last, ast.While):
        endless = isinstance(last.test, ast.Constant) and bool(last.test.value)
        return not endless or any(isinstance(node, ast.Break) for node in ast.walk(last))
    if isinstance(last, ast.Match):
        return True
    return True
