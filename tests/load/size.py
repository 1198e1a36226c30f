"""How heavy the load is: `LOAD=full`, else the short form that runs with every other test."""

import os

FULL = os.environ.get("LOAD") == "full"

SLOW_CONNECTIONS = 1_000 if FULL else 50
IDLE_READERS = 10_000 if FULL else 40
CLIENTS = 200 if FULL else 40
HEALTH_CHECKS = 200 if FULL else 20
FLOODING_CONNECTIONS = 32 if FULL else 4
MEASURED_REQUESTS = 1_000 if FULL else 50
ROUNDS = 5 if FULL else 1
"""Of what is compared; the median counts."""

HEALTH_SECONDS = 0.1 if FULL else 2.0
"""What 99 of 100 answers of `/healthz` may take; the short form shares its processor with other tests."""
REFUSAL_SECONDS = 2.0 if FULL else 4.0
"""What a refusal may take where there is no connection to the database."""
SLOWER = 1.2 if FULL else 25.0
"""How many times as long as without a flood another user's requests may take."""

LONGEST_SECONDS = 900 if FULL else 120
