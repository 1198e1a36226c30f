"""`Runner.run` becomes a streamed run that feeds the turn. Owns nothing of what happens in one."""

import ast

from app.workflows.rewriting.tree import Tree, runtime_name

NAME = "runs"
_OTHERS = ("run_streamed", "run_sync")


def rewrite(tree: Tree) -> None:
    """Replace the name `Runner.run` wherever it stands, called or handed on."""
    for node in list(ast.walk(tree.root)):
        if (
            not isinstance(node, ast.Attribute)
            or tree.workflow.module.resolved(node.value) != "agents.Runner"
        ):
            continue
        if node.attr == "run":
            tree.replace(node, runtime_name("run_agent"))
            tree.report(NAME, node, "the run of an agent is streamed into the chat and remembered")
        elif node.attr in _OTHERS:
            tree.give_up(
                NAME,
                node,
                f"`Runner.{node.attr}` is left as it is: what it says is not streamed or remembered",
            )
