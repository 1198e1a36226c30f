"""Ids at OpenAI (vector stores, files, containers) are replaced where the operator names others."""

import ast

from app.workflows.rewriting.tree import Tree

NAME = "ids"


def rewrite(tree: Tree) -> None:
    """Replace each text that is such an id."""
    for node in list(ast.walk(tree.root)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            other = tree.configuration.ids.get(node.value)
            if other is not None and other != node.value:
                tree.replace(node, ast.Constant(other))
                tree.report(NAME, node, f"{node.value} is {other}")
