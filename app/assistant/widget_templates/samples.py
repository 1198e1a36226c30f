"""Data as a JSON schema has it, made up: enough to try a template with, never shown to anyone."""

from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 20


def sample(schema: object, *, is_full: bool, depth: int = 0) -> Any:
    """Return a value for `schema`: full, with two of everything and all that is optional, or spare."""
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return None
    if "const" in schema:
        return schema["const"]
    if isinstance(values := schema.get("enum"), list) and values:
        return values[0 if is_full else -1]
    for alternatives in ("anyOf", "oneOf", "allOf"):
        if isinstance(among := schema.get(alternatives), list) and among:
            return sample(among[0 if is_full else -1], is_full=is_full, depth=depth + 1)
    return _of_type(schema, is_full, depth)


def _of_type(schema: Mapping[str, Any], is_full: bool, depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "object":
            return _of_object(schema, is_full, depth)
        case "array":
            count = 2 if is_full else 0
            return [sample(schema.get("items"), is_full=is_full, depth=depth + 1) for _ in range(count)]
        case "string":
            return "text" if is_full else ""
        case "number" | "integer":
            return 1 if is_full else 0
        case "boolean":
            return is_full
        case _:
            return None


def _of_object(schema: Mapping[str, Any], is_full: bool, depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    required = schema.get("required", ())
    return {
        name: sample(below, is_full=is_full, depth=depth + 1)
        for name, below in properties.items()
        if is_full or name in required
    }
