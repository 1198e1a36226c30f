"""File search nodes: the search is awaited, and its result kept for a turn that is resumed."""

import ast

from app.workflows.reading.nodes import searches_of
from app.workflows.rewriting.tree import Tree, can_wait, later, runtime_call

NAME = "file-search"
_COMPREHENSION = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def rewrite(tree: Tree) -> None:
    """Hand each search to the runtime; await it where the export iterates it as if it were a list."""
    for call in searches_of(tree.workflow.module):
        if _is_synchronous_client(tree, call):
            continue
        if not can_wait(call):
            tree.give_up(NAME, call, "this search awaits something itself and is left as it is")
            continue
        parent = tree.parent(call)
        search = runtime_call("search", later(call))
        if _is_iterated_at_once(parent, call):
            if not tree.can_await(call):
                tree.give_up(NAME, call, "the search stands where nothing can be awaited, and fails")
                continue
            tree.replace(call, ast.Await(value=search))
            tree.report(NAME, call, "the File search is awaited, which the export forgot")
        else:
            tree.replace(call, search)
            tree.report(NAME, call, "the result of the File search is kept for a turn that is resumed")
        _keep_text(tree, parent)


def _is_iterated_at_once(parent: ast.AST | None, call: ast.Call) -> bool:
    if isinstance(parent, ast.comprehension):
        return parent.iter is call and not parent.is_async
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in (
            "list",
            "tuple",
            "sorted",
            "enumerate",
        )
    return isinstance(parent, ast.For) and parent.iter is call


def _is_synchronous_client(tree: Tree, call: ast.Call) -> bool:
    name = ast.unparse(call.func).partition(".")[0]
    made = tree.workflow.module.constants.get(name)
    return made is not None and tree.workflow.module.called(made) in ("OpenAI", "Client")


def _keep_text(tree: Tree, parent: ast.AST | None) -> None:
    """Add what was found to what the node keeps of it, where the operator asks for that."""
    if not tree.configuration.file_search.keep_text or not isinstance(parent, ast.comprehension):
        return
    made, target = tree.parent(parent), parent.target
    kept = made.elt if isinstance(made, ast.ListComp | ast.GeneratorExp) else None
    if isinstance(kept, ast.Dict) and isinstance(target, ast.Name):
        found = ast.Name(id=target.id, ctx=ast.Load())
        changed = ast.Dict(
            keys=[*kept.keys, ast.Constant("text")], values=[*kept.values, runtime_call("found_text", found)]
        )
        tree.replace(kept, changed)
        tree.report(NAME, kept, "the text that was found is kept beside id, file name and score")
