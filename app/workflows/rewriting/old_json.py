"""`final_output.json()` of pydantic 1 becomes its present spelling, which does not warn."""

import ast

from app.workflows.rewriting.tree import Tree

NAME = "old-json"


def rewrite(tree: Tree) -> None:
    """Rename the method where the output of a run is written as JSON."""
    for call in tree.workflow.module.calls("json"):
        function = call.func
        if not isinstance(function, ast.Attribute) or call.args or call.keywords:
            continue
        if ast.unparse(function.value).endswith("final_output"):
            function.attr = "model_dump_json"
            tree.report(NAME, call, "`.json()` is spelled `.model_dump_json()`")
