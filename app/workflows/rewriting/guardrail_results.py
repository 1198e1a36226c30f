"""Results of guardrails are kept for a turn that is resumed, and a block becomes a notice to the user."""

import ast
from collections.abc import Iterator

from app.workflows.rewriting.tree import Tree, can_wait, later, runtime_call

NAME = "guardrail-results"


def rewrite(tree: Tree) -> None:
    """Hand each check to the runtime, and tell it where a check that failed ends the workflow."""
    for call in list(tree.workflow.module.calls("run_guardrails")):
        awaited = tree.parent(call)
        if isinstance(awaited, ast.Await) and can_wait(call):
            tree.replace(call, runtime_call("guardrails", later(call)))
            tree.report(NAME, call, "the result of this check is kept for a turn that is resumed")
    for statement in list(_ends(tree)):
        tree.before(statement, ast.Expr(value=runtime_call("blocked")))
        tree.report(NAME, statement, "a message that is blocked here ends in a notice that says why")


def _ends(tree: Tree) -> Iterator[ast.stmt]:
    """Where the graph ends because a check has failed, and no agent answers in its place."""
    entry = tree.workflow.entry
    flags = set(_flags(tree))
    for node in ast.walk(entry) if entry else ():
        if not isinstance(node, ast.If):
            continue
        names = {found.id for found in ast.walk(node.test) if isinstance(found, ast.Name)}
        if "has_tripwire" not in ast.unparse(node.test) and not names & flags:
            continue
        if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not):
            yield from _last(tree, node.orelse)
        else:
            yield from _last(tree, node.body)


def _flags(tree: Tree) -> Iterator[str]:
    """Variables that hold whether a check has failed."""
    for node in ast.walk(tree.workflow.entry) if tree.workflow.entry else ():
        if not isinstance(node, ast.Assign) or isinstance(node.value, ast.BoolOp):
            continue
        if "has_tripwire" in ast.unparse(node.value):
            yield from (found.id for found in node.targets if isinstance(found, ast.Name))


def _last(tree: Tree, block: list[ast.stmt]) -> Iterator[ast.stmt]:
    runs = any(
        isinstance(node, ast.Call) and tree.workflow.module.called(node) in ("run", "run_agent")
        for statement in block
        for node in ast.walk(statement)
    )
    if block and not runs and isinstance(block[-1], ast.Return | ast.Raise):
        yield block[-1]
