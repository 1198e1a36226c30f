"""Approval nodes ask the user. The export's own stubs always say yes; none of them ever does so here."""

import ast

from app.workflows.reading.nodes import approval_calls
from app.workflows.reading.syntax import Function, statements
from app.workflows.reading.workflow import always_yes
from app.workflows.rewriting.tree import Tree, runtime_call

NAME = "approvals"


def rewrite(tree: Tree) -> None:
    """Replace each call of a stub by one that waits for the decision; elsewhere the stub refuses."""
    for stub in tree.workflow.approvals:
        if not always_yes(stub):
            tree.give_up(NAME, stub, f"`{stub.name}` has a body of its own and decides as that says")
            continue
        for call in approval_calls(tree.workflow.module, [stub]):
            if tree.can_await(call):
                asked = runtime_call("approve", ast.Constant(stub.name), *call.args)
                asked.keywords = call.keywords
                old = tree.parent(call) if isinstance(tree.parent(call), ast.Await) else call
                tree.replace(old or call, ast.Await(value=asked))
                tree.report(NAME, call, f"`{stub.name}` asks the user, and the answer waits for the decision")
            else:
                tree.give_up(
                    NAME, call, f"`{stub.name}` cannot wait here for a decision: the turn ends instead"
                )
        _refuse(tree, stub)


def _refuse(tree: Tree, stub: Function) -> None:
    first = statements(stub)[0]
    tree.before(first, ast.Expr(value=runtime_call("never_granted", ast.Constant(stub.name))))
