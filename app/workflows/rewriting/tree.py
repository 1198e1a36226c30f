"""A syntax tree under repair: replacing parts of it, and the report of what was done.

Knows no repair. New code stands at the line of what it replaces, so that tracebacks point into the file.
"""

import ast
from dataclasses import dataclass, field

from app.workflows.configuration import Configuration
from app.workflows.reading.source import MendedField
from app.workflows.reading.syntax import Function
from app.workflows.reading.workflow import Workflow

RUNTIME = "__chatkit__"
"""What rewritten code knows `app/workflows/runtime.py` by."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One change that was made to the code in memory, or with `done` False one that could not be made."""

    name: str
    line: int | None
    what: str
    done: bool = True


@dataclass
class Tree:
    """An export whose tree is changed in place; `workflow` is what was read from that same tree before."""

    workflow: Workflow
    configuration: Configuration
    mended: list[MendedField] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._parents: dict[ast.AST, ast.AST] = {}
        self._adopt(self.root)

    @property
    def root(self) -> ast.Module:
        """The whole file."""
        return self.workflow.module.tree

    def report(self, name: str, at: ast.AST | int | None, what: str) -> None:
        """Say what was done."""
        self.rewrites.append(Rewrite(name, _line(at), what))

    def give_up(self, name: str, at: ast.AST | int | None, what: str) -> None:
        """Say what could not be done, and what that means."""
        self.rewrites.append(Rewrite(name, _line(at), what, done=False))

    def replace(self, old: ast.AST, new: ast.AST) -> None:
        """Put `new` where `old` is; it may hold `old`."""
        parent = self._parents[old]
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(found is old for found in value):
                value[:] = [new if found is old else found for found in value]
        for node in ast.walk(new):
            if "lineno" in node._attributes and not hasattr(node, "lineno"):
                ast.copy_location(node, old)
        self._parents[new] = parent
        self._adopt(new)

    def before(self, old: ast.stmt, new: ast.stmt) -> None:
        """Put a statement before another."""
        self._insert(old, new, at=old)

    def first_in(self, block: list[ast.stmt], new: ast.stmt) -> None:
        """Put a statement at the beginning of a block."""
        self._insert(block[0], new, at=block[0])

    def enclosing(self, node: ast.AST) -> Function | ast.Lambda | ast.ClassDef | None:
        """The function or class in whose body a node stands; None at module level."""
        parent = self._parents.get(node)
        while parent is not None and not isinstance(parent, Function | ast.Lambda | ast.ClassDef):
            parent = self._parents.get(parent)
        return parent

    def can_await(self, node: ast.AST) -> bool:
        """Whether an `await` may stand where `node` is."""
        child, parent = node, self._parents.get(node)
        while parent is not None:
            if isinstance(parent, ast.AsyncFunctionDef):
                return child in parent.body
            if isinstance(parent, ast.FunctionDef | ast.Lambda | ast.ClassDef):
                return False
            if isinstance(parent, ast.GeneratorExp) and child is not parent.generators[0]:
                return False
            if isinstance(parent, ast.comprehension) and child is not parent.iter:
                above = self._parents.get(parent)
                if isinstance(above, ast.GeneratorExp):
                    return False
            child, parent = parent, self._parents.get(parent)
        return False

    def parent(self, node: ast.AST) -> ast.AST | None:
        """What a node stands in."""
        return self._parents.get(node)

    def _insert(self, old: ast.stmt, new: ast.stmt, at: ast.stmt) -> None:
        parent = self._parents[old]
        for node in ast.walk(new):
            if "lineno" in node._attributes and not hasattr(node, "lineno"):
                ast.copy_location(node, at)
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list):
                for place, found in enumerate(value):
                    if found is old:
                        value.insert(place, new)
                        break
        self._parents[new] = parent
        self._adopt(new)

    def _adopt(self, top: ast.AST) -> None:
        for node in ast.walk(top):
            for child in ast.iter_child_nodes(node):
                self._parents[child] = node


def runtime_call(name: str, *arguments: ast.expr, **named: ast.expr) -> ast.Call:
    """`__chatkit__.name(…)`."""
    keywords = [ast.keyword(arg=key, value=value) for key, value in named.items()]
    return ast.Call(func=runtime_name(name), args=list(arguments), keywords=keywords)


def runtime_name(name: str) -> ast.Attribute:
    """`__chatkit__.name`."""
    return ast.Attribute(value=ast.Name(id=RUNTIME, ctx=ast.Load()), attr=name, ctx=ast.Load())


def later(expression: ast.expr) -> ast.Lambda:
    """`lambda: expression`."""
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Lambda(args=nothing, body=expression)


def can_wait(expression: ast.expr) -> bool:
    """Whether an expression may be evaluated within a lambda: nothing in it awaits or binds a name."""
    kinds = ast.Await | ast.NamedExpr | ast.Yield | ast.YieldFrom
    return not any(isinstance(node, kinds) for node in ast.walk(expression))


def _line(at: ast.AST | int | None) -> int | None:
    return getattr(at, "lineno", None) if isinstance(at, ast.AST) else at
