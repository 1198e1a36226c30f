"""Schema properties that are no Python names get one, and keep their own towards the model and the graph."""

import ast

from app.workflows.rewriting.tree import Tree, runtime_call

NAME = "field-names"


def rewrite(tree: Tree) -> None:
    """Give each field that was renamed when the file was read its own name as an alias, in and out."""
    renamed = {field.line: field for field in tree.mended}
    for schema in tree.workflow.schemas.values():
        found = [node for node in schema.body if isinstance(node, ast.AnnAssign) and node.lineno in renamed]
        for node in found:
            field = renamed[node.lineno]
            given = node.value
            if isinstance(given, ast.Call) and tree.workflow.module.called(given) == "Field":
                given.keywords.append(ast.keyword(arg="alias", value=ast.Constant(field.property)))
            else:
                default = [] if given is None else [given]
                node.value = runtime_call("field", ast.Constant(field.property), *default)
            tree.replace(node, node)
            tree.report(NAME, node, f"the property {field.property!r} is the field `{field.name}`")
        if found:
            options = ast.Assign(
                targets=[ast.Name(id="model_config", ctx=ast.Store())],
                value=ast.Dict(
                    keys=[ast.Constant("serialize_by_alias"), ast.Constant("validate_by_name")],
                    values=[ast.Constant(True), ast.Constant(True)],
                ),
            )
            tree.first_in(schema.body, options)
