"""`state = {…}` begins with what the thread has, and is kept with it."""

import ast
from collections.abc import Iterator

from app.workflows.reading.syntax import assignments
from app.workflows.rewriting.tree import Tree, runtime_call

NAME = "state"
USUAL = "state"


def rewrite(tree: Tree) -> None:
    """Rewrite the first assignment of the state: by its usual name, or because Set state writes to it."""
    found = sorted(_candidates(tree), key=lambda pair: (pair[0] != USUAL, pair[1].lineno))
    if found:
        name, value = found[0]
        tree.replace(value, runtime_call("initial_state", value))
        tree.report(NAME, value, f"`{name}` begins with what the thread has, and is kept with it")


def _candidates(tree: Tree) -> Iterator[tuple[str, ast.Dict]]:
    entry = tree.workflow.entry
    written = {
        node.value.id
        for node in (ast.walk(entry) if entry else ())
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
    }
    for statement in ast.walk(entry) if entry else ():
        if isinstance(statement, ast.stmt):
            for name, value in assignments([statement]):
                if isinstance(value, ast.Dict) and (name == USUAL or name in written):
                    yield name, value
