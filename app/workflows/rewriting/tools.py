"""Function tools without a body: bound to a function or to the page, or honest about not being there."""

import ast

from app.workflows.reading.syntax import Function, statements
from app.workflows.reading.workflow import is_stub
from app.workflows.rewriting.tree import Tree, runtime_call

NAME = "tools"


def rewrite(tree: Tree) -> None:
    """Give each stub what it is bound to; an unbound one tells the model that it is not there."""
    stubs = {tool.variable: tool for tool in tree.workflow.tools if tool.is_stub}
    for function in list(tree.workflow.module.functions()):
        if function.name in stubs and is_stub(function):
            bound = tree.configuration.tools.get(function.name)
            tree.report(NAME, function, _what(function.name, bound))
            _give_body(tree, function)


def _what(name: str, bound: str | None) -> str:
    if bound is None:
        return f"`{name}` has no body: the model is told that it is not available"
    return f"`{name}` is run by the page" if bound == "client" else f"`{name}` calls {bound}"


def _give_body(tree: Tree, function: Function) -> None:
    given = function.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    arguments = ast.Dict(
        keys=[ast.Constant(name) for name in names],
        values=[ast.Name(id=name, ctx=ast.Load()) for name in names],
    )
    call = ast.Return(
        value=ast.Await(value=runtime_call("call_tool", ast.Constant(function.name), arguments))
    )
    old = statements(function)
    tree.replace(old[0], call)
    del function.body[function.body.index(call) + 1 :]
    if isinstance(function, ast.FunctionDef):
        fields = dict(ast.iter_fields(function))
        tree.replace(function, ast.AsyncFunctionDef(**fields))
