"""The models a file names, with the days on which they end, and reusable prompts, which end too."""

import ast
from collections.abc import Iterator
from datetime import date

from app.agent_builder.check.findings import Finding
from app.workflows.reading.named_models import NamedModel
from app.workflows.reading.syntax import Module, keyword
from app.workflows.retirements import DEPRECATIONS, retirement


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
