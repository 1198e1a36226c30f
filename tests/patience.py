"""How long tests wait for what must come, and how much longer where many of them run beside each other.

A bound of this kind is there to end a test that has failed. What a duty promises within a time is multiplied by
`BUSY` too: run by itself, as `make chaos` and `make load` do, a test holds the server to its word.
"""

import os

import pytest

from app.db import connecting, patience
from app.db.engine import Database
from app.db.opening import open_database

BUSY = 4.0 if "PYTEST_XDIST_WORKER" in os.environ else 1.0
"""By how much a machine may be slower on which other workers run."""

PATIENCE = 10.0 * BUSY
"""Seconds that a test waits for anything before it fails."""


def wait_longer_for_the_database(patch: pytest.MonkeyPatch) -> None:
    """Have servers in this process refuse requests later than they would where the database is slow."""
    connect_seconds = connecting.CONNECT_SECONDS * BUSY
    for module in (connecting, patience):
        patch.setattr(module, "CONNECT_SECONDS", connect_seconds)
    for call, name in (
        (Database.__init__, "pool_wait_seconds"),
        (Database.__init__, "unit_seconds"),
        (open_database.__wrapped__, "unit_seconds"),  # type: ignore[attr-defined]
    ):
        patch.setitem(call.__kwdefaults__, name, call.__kwdefaults__[name] * BUSY)
