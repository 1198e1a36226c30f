"""The first value of `conversation_history` becomes what the model remembers, and then this message.

Lists that hold one message and go straight into a run (Classify, history switched off) are left alone.
"""

import ast
from collections.abc import Iterator

from app.workflows.reading.syntax import assignments
from app.workflows.rewriting.tree import Tree, runtime_call

NAME = "history"
USUAL = "conversation_history"


def rewrite(tree: Tree) -> None:
    """Rewrite the first assignment of the history list, by its usual name or by what is done with it."""
    found = sorted(_candidates(tree), key=lambda pair: (pair[0] != USUAL, pair[1].lineno))
    if not found:
        if tree.workflow.entry is not None:
            tree.give_up(
                NAME, tree.workflow.entry, "there is no history list: agents do not remember earlier messages"
            )
        return
    name, value = found[0]
    tree.replace(value, runtime_call("prior_history", value))
    tree.report(NAME, value, f"`{name}` begins with the conversation so far")


def _candidates(tree: Tree) -> Iterator[tuple[str, ast.List]]:
    grown = set(_grown(tree))
    for statement in ast.walk(tree.root):
        if isinstance(statement, ast.stmt) and tree.enclosing(statement) is not None:
            for name, value in assignments([statement]):
                is_history = name == USUAL or (name in grown and _holds_a_message(tree, value))
                if isinstance(value, ast.List) and is_history:
                    yield name, value


def _grown(tree: Tree) -> Iterator[str]:
    """Lists that later ones are made from, or that runs are appended to."""
    for node in ast.walk(tree.root):
        if isinstance(node, ast.Starred) and isinstance(node.value, ast.Name):
            yield node.value.id
        elif isinstance(node, ast.Attribute) and node.attr in ("extend", "append"):
            yield from [node.value.id] if isinstance(node.value, ast.Name) else []


def _holds_a_message(tree: Tree, value: ast.expr) -> bool:
    if not (isinstance(value, ast.List) and len(value.elts) == 1):
        return False
    message = tree.workflow.module.value(value.elts[0])
    return isinstance(message, dict) and message.get("role") == "user"
