"""The JSON object behind an Agent Builder page, saved by hand: what it knows and the code does not.

The object is not documented, so everything is optional and looked for wherever it may stand.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.workflows.reading.source import UnusableFile


@dataclass(frozen=True)
class WorkflowObject:
    """By name of agent: whether its answer was shown, and whether it had a widget."""

    visible: dict[str, bool] = field(default_factory=dict)
    widgets: set[str] = field(default_factory=set)


def read_workflow_object(path: Path) -> WorkflowObject:
    """Read it; raise `UnusableFile` for anything without nodes."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableFile(f"{path} is no JSON that can be read: {error}.") from None
    nodes = [found for found in _objects(value) if isinstance(found.get("config"), dict)]
    if not nodes:
        raise UnusableFile(f"{path} holds no workflow: there are no nodes with a `config` in it.")
    visible: dict[str, bool] = {}
    widgets: set[str] = set()
    for node in nodes:
        config = node["config"]
        name = next(
            (str(found) for found in (config.get("name"), node.get("name"), node.get("label")) if found), None
        )
        if name is None:
            continue
        if isinstance(config.get("user_visible"), bool):
            visible[name] = config["user_visible"]
        if config.get("widget_config"):
            widgets.add(name)
    return WorkflowObject(visible, widgets)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object, nested ones included: a While node holds a graph of its own."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
