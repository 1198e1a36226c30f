"""A scenario: what one browser asks a server, and in what the two servers' answers are known to differ."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.differential.side import Side

Script = Callable[[Side], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """`differs` names the rows of `differences.py` that show in it, each at least once."""

    name: str
    script: Script
    differs: frozenset[str]


SCENARIOS: list[Scenario] = []


def scenario(*differs: str) -> Callable[[Script], Script]:
    """Add a script to the corpus."""

    def add(script: Script) -> Script:
        name = getattr(script, "__name__", "")
        SCENARIOS.append(Scenario(name.replace("_", " "), script, frozenset(differs)))
        return script

    return add
