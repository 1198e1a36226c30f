"""Models are replaced as the operator has confirmed, without the parameters that the new one refuses."""

import ast

from app.workflows.models import ModelAlias
from app.workflows.reading.syntax import keyword
from app.workflows.rewriting.tree import Tree

NAME = "models"


def rewrite(tree: Tree) -> None:
    """Rename models in agents and in configurations of guardrails."""
    aliases, module = tree.configuration.models, tree.workflow.module
    for node in list(ast.walk(tree.root)):
        for value in _model_values(node):
            name = module.text(value)
            alias = aliases.get(name) if name else None
            if alias is None:
                continue
            tree.report(NAME, value, f"{name} is {alias.use}")
            tree.replace(value, ast.Constant(alias.use))
            if isinstance(node, ast.keyword):
                _fit_settings(tree, node, alias)


def _model_values(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.keyword):
        return [node.value] if node.arg == "model" else []
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "model"]
    return []


def _fit_settings(tree: Tree, model: ast.keyword, alias: ModelAlias) -> None:
    agent = tree.parent(model)
    given = keyword(agent, "model_settings") if isinstance(agent, ast.Call) else None
    if not isinstance(given, ast.Call):
        return
    for setting in list(given.keywords):
        if setting.arg in alias.refused:
            given.keywords.remove(setting)
            tree.report(NAME, setting.value, f"{alias.use} does not take `{setting.arg}`: it is left out")
        elif setting.arg == "reasoning" and isinstance(setting.value, ast.Call):
            effort = keyword(setting.value, "effort")
            better = alias.efforts.get(tree.workflow.module.text(effort) or "")
            if effort is not None and better is not None:
                tree.replace(effort, ast.Constant(better))
                tree.report(NAME, effort, f"{alias.use} has another effort of reasoning: {better}")
