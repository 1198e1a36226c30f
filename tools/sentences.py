"""Every sentence that a person may read from the server, found in its sources.

A sentence is a string literal for a parameter, a field or a constant that is annotated `Sentence`. Callables
and classes are known by their names alone. What is found and what is wrong with it is returned;
`tools.catalogues` compares it with the translations.
"""

import ast
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tools.tracked import ROOT, tracked_files

FOR_OPERATORS = ("app/admin/", "app/agent_builder/", "app/page/", "app/cli.py")
"""What is said there is read by who runs the server, in English."""

FILLED_BESIDES = frozenset({"retry_after"})
"""Named arguments of an error that fill no place."""


@dataclass(slots=True)
class Found:
    """Sentences with the files that say them, in the order of the sources, and what is wrong."""

    sentences: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Signature:
    """Which arguments of a callable are sentences."""

    positions: Mapping[str, int]
    fills_places: bool = False
    """Whether its other named arguments fill the places."""


def sources() -> dict[str, str]:
    """Return the modules of the server by their paths in the repository."""
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in tracked_files("app/*.py")}


def find_sentences(modules: Mapping[str, str]) -> Found:
    """Return what modules, given by path, say to people."""
    trees = {path: ast.parse(text) for path, text in modules.items()}
    signatures = _signatures(trees.values())
    found = Found()
    for path, tree in trees.items():
        if not path.startswith(FOR_OPERATORS):
            _Module(path, tree, signatures, found).visit(tree)
    return found


def places_of(sentence: str) -> dict[str, str]:
    """Return the places in a sentence and how each is written; raise `ValueError` for stray braces."""
    parts = string.Formatter().parse(sentence)
    return {name: f"!{conversion}:{spec}" for _, name, spec, conversion in parts if name is not None}


def _signatures(trees: Iterable[ast.Module]) -> Mapping[str, Signature]:
    """Return the callables that take sentences, by name; a class inherits what it does not define."""
    known: dict[str, Signature] = {}
    classes: dict[str, ast.ClassDef] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes[node.name] = node
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "__init__":
                _note(known, node.name, _of_function(node))
    for name in classes:
        _note(known, name, _of_class(name, classes))
    return known


def _note(known: dict[str, Signature], name: str, signature: Signature | None) -> None:
    if signature is not None and signature.positions:
        known[name] = signature


def _of_class(name: str, classes: Mapping[str, ast.ClassDef]) -> Signature | None:
    node = classes.get(name)
    if node is None:
        return None
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return _of_function(statement)
    fields = [
        statement
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and "ClassVar" not in ast.unparse(statement.annotation)
    ]
    if fields:
        named = enumerate((ast.unparse(one.target), one.annotation) for one in fields)
        return Signature({target: place for place, (target, kind) in named if _is_sentence(kind)})
    bases = (_of_class(ast.unparse(base), classes) for base in node.bases)
    return next((base for base in bases if base is not None), None)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Signature:
    arguments = [*node.args.posonlyargs, *node.args.args]
    if arguments and arguments[0].arg in ("self", "cls"):
        del arguments[0]
    named = enumerate([*arguments, *node.args.kwonlyargs])
    return Signature(
        {one.arg: place for place, one in named if _is_sentence(one.annotation)},
        fills_places=node.args.kwarg is not None,
    )


def _is_sentence(annotation: ast.expr | None) -> bool:
    return annotation is not None and "Sentence" in ast.unparse(annotation).split(" | ")


class _Module(ast.NodeVisitor):
    """Looks through one module."""

    def __init__(
        self, path: str, tree: ast.Module, signatures: Mapping[str, Signature], found: Found
    ) -> None:
        self._path = path
        self._signatures = signatures
        self._found = found
        self._bases: list[str] = []
        self._plain = {
            target.id
            for statement in tree.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bases.append(ast.unparse(node.bases[0]) if node.bases else "")
        self.generic_visit(node)
        self._bases.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if _is_sentence(node.annotation) and node.value is not None:
            self._take(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = self._called(node.func)
        signature = self._signatures.get(name)
        for argument in _sentences_among(node, signature):
            said = self._take(argument)
            if signature is not None and signature.fills_places:
                self._check_values(node, signature, said)
        self.generic_visit(node)

    def _called(self, function: ast.expr) -> str:
        match function:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__") if self._bases:
                return self._bases[-1]
            case ast.Attribute(attr=name) | ast.Name(id=name):
                return name
        return ""

    def _take(self, value: ast.expr) -> list[str]:
        """Take note of the literals that `value` comes down to, and return them."""
        match value:
            case ast.Constant(value=str(text)):
                return self._say(text, value)
            case ast.IfExp():
                return [*self._take(value.body), *self._take(value.orelse)]
            case ast.Name(id=name) if name in self._plain:
                self._complain(value, f"annotate {name} as a constant: `{name}: Sentence = …`")
            case ast.Name() | ast.Attribute() | ast.Constant(value=None):
                pass  # From another place that is annotated.
            case _:
                self._complain(
                    value,
                    "write the sentence out as one string, with {places}, and give the values by name: "
                    f"`{ast.unparse(value)}`",
                )
        return []

    def _say(self, text: str, node: ast.expr) -> list[str]:
        try:
            places_of(text)
        except ValueError as error:
            self._complain(node, f"{error}: {text!r}")
            return []
        files = self._found.sentences.setdefault(text, [])
        if self._path not in files:
            files.append(self._path)
        return [text]

    def _check_values(self, call: ast.Call, signature: Signature, said: Iterable[str]) -> None:
        names = {keyword.arg for keyword in call.keywords} - FILLED_BESIDES - set(signature.positions)
        for text in said:
            if None not in names and places_of(text).keys() != names:
                self._complain(call, f"the places of {text!r} are not the values {sorted(map(str, names))}")

    def _complain(self, node: ast.expr, problem: str) -> None:
        self._found.problems.append(f"{self._path}:{node.lineno}: {problem}")


def _sentences_among(call: ast.Call, signature: Signature | None) -> Iterator[ast.expr]:
    if signature is None:
        return
    for name, position in signature.positions.items():
        if position < len(call.args) and not any(isinstance(given, ast.Starred) for given in call.args):
            yield call.args[position]
        yield from (keyword.value for keyword in call.keywords if keyword.arg == name)
