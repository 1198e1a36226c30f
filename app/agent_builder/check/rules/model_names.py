"""The models a file names, with the days on which they end, and reusable prompts, which end too."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.agent_builder.check.findings import Finding
from app.agent_builder.check.syntax import Module, keyword
from app.agent_builder.models import DEPRECATIONS, retirement


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


def model_names(models: list[NamedModel], today: date, ends: dict[str, date]) -> Iterator[Finding]:
    """One finding for each model with an end; `ends` come from the API and win over our table."""
    lines: dict[str, list[int]] = {}
    for model in models:
        lines.setdefault(model.name, []).append(model.line)
    for name, places in lines.items():
        ours = retirement(name)
        day = ends.get(name) or (ours.day if ours else None)
        if day is None:
            continue
        gone = day <= today
        also = f", also in line {', '.join(map(str, places[1:]))}" if places[1:] else ""
        advice = f"We would use {ours.replacement}; see {DEPRECATIONS}" if ours else f"See {DEPRECATIONS}"
        verb = "was shut down on" if gone else "will be shut down on"
        yield Finding(
            "model-gone" if gone else "model-retires", places[0], f"{name} {verb} {day}{also}", advice
        )


def prompt_objects(module: Module) -> Iterator[Finding]:
    """Reusable prompts, named by id or handed to an agent; each line once."""
    found: dict[int, str] = {}
    for call in module.calls("Agent"):
        prompt = keyword(call, "prompt")
        if prompt is not None:
            found[prompt.lineno] = "the reusable prompt of this agent"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("pmpt_"):
            found[node.lineno] = f"the reusable prompt {node.value}"
    for line, what in sorted(found.items()):
        yield Finding(
            "prompt-object", line, f"{what} ends on 30 November 2026", "Copy its text into `instructions`."
        )
