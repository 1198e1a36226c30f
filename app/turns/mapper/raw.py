"""Reads what a model sent: typed objects, or the dicts they stay where a client could not parse them."""

from typing import Any


def field(raw: object, name: str) -> Any:
    """Return a field of an object or a dict; None where there is none."""
    return raw.get(name) if isinstance(raw, dict) else getattr(raw, name, None)
