"""While nodes count their iterations, so that none runs for ever."""

import ast

from app.workflows.rewriting.tree import Tree, runtime_call

NAME = "loops"


def rewrite(tree: Tree) -> None:
    """Count at the beginning of each iteration of each `while` in a coroutine."""
    for node in list(ast.walk(tree.root)):
        if isinstance(node, ast.While) and tree.enclosing(node) is not None:
            counted = ast.Expr(value=runtime_call("loop", ast.Constant(node.lineno)))
            tree.first_in(node.body, counted)
            limit = tree.configuration.limits.loop_iterations
            tree.report(NAME, node, f"this loop ends the turn after {limit} iterations")
