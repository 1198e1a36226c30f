"""How long the programme of attacks is: `CHAOS=full`, else the short form that runs with every other test."""

import os
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How often each attack is made."""

    kill_points: int
    """Turns that a kill shall interrupt."""
    turns_per_kill: int
    turns_at_a_stop: int
    """Turns, and readers, that a SIGTERM meets; a third of them are meant to outlast the drain."""
    messages_at_once: int
    replays_at_once: int
    rolling_clients: int
    machine_examples: int
    machine_steps: int
    cycles: int
    cycles_at_once: int
    repetitions: int
    """Of a case whose outcome depends on a race."""
    seconds: int
    """What one test may take."""


SHORT = Size(
    kill_points=15,
    turns_per_kill=30,
    turns_at_a_stop=24,
    messages_at_once=50,
    replays_at_once=100,
    rolling_clients=6,
    machine_examples=8,
    machine_steps=30,
    cycles=2,
    cycles_at_once=2,
    repetitions=3,
    seconds=120,
)
LONG = Size(
    kill_points=1000,
    turns_per_kill=40,
    turns_at_a_stop=200,
    messages_at_once=50,
    replays_at_once=100,
    rolling_clients=24,
    machine_examples=50,
    machine_steps=50,
    cycles=500,
    cycles_at_once=10,
    repetitions=20,
    seconds=3600,
)

FULL = os.environ.get("CHAOS") == "full"
SIZE = LONG if FULL else SHORT


def seeded(attack: str) -> random.Random:
    """Return the chance of one attack; a run with the same `CHAOS_SEED` repeats its draws. Printed."""
    seed = os.environ.get("CHAOS_SEED") or str(random.randrange(10**9))
    print(f"{attack}: CHAOS_SEED={seed}")  # noqa: T201 - pytest shows it where the test fails
    return random.Random(f"{seed} {attack}")
