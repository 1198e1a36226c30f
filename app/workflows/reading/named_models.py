"""Where a file names models: as an argument `model=…`, or under a key `"model"`, guardrails included."""

import ast
from dataclasses import dataclass

from app.workflows.reading.syntax import Module


@dataclass(frozen=True)
class NamedModel:
    """One place where a model is named."""

    name: str
    line: int


def named_models(module: Module) -> list[NamedModel]:
    """Every model that is an argument `model=…` or a value of a key `"model"`, guardrails included."""
    found: set[NamedModel] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.keyword) and node.arg == "model":
            _add(found, module, node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "model":
                    _add(found, module, value)
    return sorted(found, key=lambda model: (model.line, model.name))


def _add(found: set[NamedModel], module: Module, value: ast.expr) -> None:
    name = module.text(value)
    if name:
        found.add(NamedModel(name, value.lineno))
