"""How many cases: a few in every test run, all with `make fuzz`."""

import os
import random

CASES = int(os.environ.get("FUZZ_CASES") or 400)
"""Requests to the ChatKit protocol; other attacks are a share of it."""

AT_ONCE = 8


def seeded(attack: str) -> random.Random:
    """Return the chance of one attack; a run with the same `FUZZ_SEED` repeats its draws. Printed."""
    seed = os.environ.get("FUZZ_SEED") or str(random.randrange(10**9))
    print(f"{attack}: FUZZ_SEED={seed}")  # noqa: T201 - pytest shows it where the test fails
    return random.Random(f"{seed} {attack}")
