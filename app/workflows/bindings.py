"""What function tools without a body are bound to: functions of the operator's, or tools of the page."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.assistant.importing import import_value, importable
from app.errors import ConfigurationError

CLIENT = "client"


def bound_tools(
    tools: Mapping[str, str], folder: Path
) -> tuple[dict[str, Callable[..., Any]], frozenset[str]]:
    """Import the functions that tools are bound to; return them by name, and which tools the page has."""
    functions: dict[str, Callable[..., Any]] = {}
    importable(folder)
    for name, place in tools.items():
        if place == CLIENT:
            continue
        try:
            found = import_value(place)
        except ConfigurationError as error:
            raise ConfigurationError(f"The tool {name}: {error}") from error
        if not callable(found):
            raise ConfigurationError(f"The tool {name}: {place} is no function.")
        functions[name] = found
    return functions, frozenset(name for name, place in tools.items() if place == CLIENT)
