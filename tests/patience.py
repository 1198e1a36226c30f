"""How long tests wait for what must come, and how much longer where many of them run beside each other.

A bound of this kind is there to end a test that has failed. What a duty promises within a time is multiplied
by `BUSY` too: by itself, as `make chaos` and `make load` run it, a test holds the server to its word.
"""

import os
from typing import Any

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
    calls: tuple[Any, ...] = (Database.__init__, open_database.__wrapped__)  # type: ignore[attr-defined]
    for defaults in (call.__kwdefaults__ for call in calls):
        for name in {"pool_wait_seconds", "unit_seconds"} & defaults.keys():
            patch.setitem(defaults, name, defaults[name] * BUSY)
