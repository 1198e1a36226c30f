"""What this process has seen on the wire.

Checks are handed in, so that a session that sees nothing does not import the SDKs for them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

JSON = Any


@dataclass(frozen=True)
class Typed:
    """A value, and the type for it that `@openai/chatkit` publishes."""

    type: str
    json: str


@dataclass
class Seen:
    """Collected by the readers in `tests/serving.py`; taken by the plugin after each test."""

    problems: list[str] = field(default_factory=list)
    typed: dict[Typed, None] = field(default_factory=dict)
    _known: set[Typed] = field(default_factory=set)

    def value(self, type_name: str, value: JSON) -> None:
        """Take a value that shall have a published type; each is kept once a process."""
        typed = Typed(type_name, json.dumps(value, sort_keys=True))
        if typed not in self._known:
            self.typed[typed] = None

    def take(self, *, keep_typed: bool) -> tuple[list[str], list[Typed]]:
        """Return what came since the last time, and forget it."""
        problems, typed = self.problems, list(self.typed) if keep_typed else []
        self.problems, self.typed = [], {}
        self._known.update(typed)
        return problems, typed


SEEN = Seen()
"""Of this process: who reads a frame does not know for which test."""


def parts(value: JSON) -> Iterator[JSON]:
    """Yield every object in a JSON value, itself included."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from parts(part)
