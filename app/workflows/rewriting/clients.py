"""The client that an export makes when it is imported uses the server's key and address."""

import ast

from app.workflows.reading.syntax import keyword
from app.workflows.rewriting.tree import Tree, runtime_call

NAME = "clients"


def rewrite(tree: Tree) -> None:
    """Give each client without a key of its own the server's; what it names itself stays."""
    for call in tree.workflow.module.calls("AsyncOpenAI", "OpenAI"):
        if keyword(call, "api_key") is None and not any(found.arg is None for found in call.keywords):
            own = [] if keyword(call, "base_url") is None else [ast.Constant("base_url")]
            call.keywords.append(ast.keyword(arg=None, value=runtime_call("connection", *own)))
            tree.replace(call, call)
            tree.report(NAME, call, "this client uses the server's key and address")
