"""How long the faults are: `CHAOS=full`, else the short form that runs with every other test."""

import os

FULL = os.environ.get("CHAOS") == "full"

OUTAGE_SECONDS = 12.0 if FULL else 0.0
"""How long a database stays away when all is asked of the server; the long form outlasts a lease."""
ABORTS = 1_000 if FULL else 120
PROVIDER_CASES = 2_000 if FULL else 30
READING_SECONDS = 30.0 if FULL else 1.0
"""How long the server waits for a reader that does not read; the long form waits as long as in production."""
