"""The database's clock jumps: leases seem to have run out, and their holders need a moment to renew them."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.turns.recovery import Recovery
from app.turns.writing import TurnWriter
from tests.patience import PATIENCE
from tests.turns.rows import turns
from tests.turns.test_writing import running_turn


async def old_enough(database: Database) -> None:
    """Wait until the database has run for a lease: before that nothing is closed anyway."""
    started = text("select now() > pg_postmaster_start_time() + interval '8 seconds'")
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.autocommit() as connection:
                if await connection.scalar(started):
                    return


async def shift_leases(database: Database, by: timedelta) -> None:
    async with database.autocommit() as connection:
        await connection.execute(text("update chatkit.turns set lease_expires_at = now() + :by"), {"by": by})


@pytest.mark.proves("REL-24")
@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1)], ids=str)
async def test_after_a_jump_leases_may_be_renewed_before_any_turn_is_closed(
    database: Database, by: timedelta
) -> None:
    slept = 0.0
    recovery = Recovery(database, "another", lambda: time.monotonic() - slept)
    await old_enough(database)
    await running_turn(database, TurnWriter(database, "worker", 0.25))
    await recovery.look()
    await shift_leases(database, by)
    slept = 3600.0

    await recovery.look()
    assert [row["status"] for row in await turns(database)] == ["running"]

    # Without a jump the same lease is one that nobody renews.
    await Recovery(database, "a third").look()
    assert [row["status"] for row in await turns(database)] == ["interrupted"]
