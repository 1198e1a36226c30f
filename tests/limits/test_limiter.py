"""Counts in so much time: begun anew when that is over, given back, swept, and kept without their table."""

import asyncio
import logging

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.limits import counters, limiter
from app.limits.limiter import Limiter
from app.limits.windows import MAX_WINDOWS, Charge, Windows
from tests.patience import PATIENCE

LOCK = text("lock table chatkit.limit_counters in access exclusive mode")


def charge(key: str = "k", most: int = 3, seconds: float = 60.0, cost: int = 1) -> Charge:
    return Charge("a rule", key, most, seconds, cost)


async def passed(limiter: Limiter, *charges: Charge) -> list[bool]:
    return [await limiter.take([one]) is None for one in charges]


@pytest.mark.proves("SEC-45")
async def test_a_count_begins_anew_when_its_time_is_over(database: Database) -> None:
    one, other = Limiter(database), Limiter(database)
    assert await passed(one, *[charge(most=2)] * 3) == [True, True, False]
    refusal = await other.take([charge(most=2)])
    assert refusal is not None
    assert 55 < refusal.seconds <= 60

    await database.execute(text("update chatkit.limit_counters set ends_at = now() - interval '1 s'"))
    assert await passed(Limiter(database), *[charge(most=2)] * 3) == [True, True, False]


async def test_what_does_not_fit_takes_nothing_and_what_fits_still_passes(database: Database) -> None:
    one, other = Limiter(database), Limiter(database)
    sizes = [charge(most=10, cost=cost) for cost in (8, 5, 2, 1)]
    assert await passed(one, *sizes) == [True, False, True, False]
    assert await passed(other, charge(most=10, cost=11), charge(most=10)) == [False, False]
    await one.give_back(charge(most=10), 3)
    assert await passed(other, charge("other"), charge(most=10, cost=4)) == [True, False]
    assert await passed(Limiter(database), charge(most=10, cost=3)) == [True]


async def test_many_counts_at_once_never_wait_for_each_other(database: Database) -> None:
    limiters = [Limiter(database), Limiter(database)]
    keys = [f"k{number}" for number in range(6)]
    order = [
        [charge(key, most=1000) for key in (keys if number % 2 else keys[::-1])] for number in range(100)
    ]
    async with asyncio.timeout(PATIENCE):
        taken = await asyncio.gather(
            *(limiters[number % 2].take(charges) for number, charges in enumerate(order))
        )
    assert set(taken) == {None}
    used = await database.execute(text("select distinct used from chatkit.limit_counters"))
    assert used.scalars().all() == [100]


@pytest.mark.proves("SEC-45", "REL-08")
async def test_without_its_table_a_process_counts_alone_and_says_so(
    database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "STORE_SECONDS", 0.05)
    clock = [0.0]
    one, other = (Limiter(database, now=lambda: clock[0]) for _ in "12")
    caplog.set_level(logging.INFO, "app.limits.limiter")
    async with database.transaction() as connection:
        await connection.execute(LOCK)
        assert await passed(one, *[charge()] * 4) == [True, True, True, False]
        assert await passed(other, *[charge()] * 4) == [True, True, True, False]
        assert one.counted_alone == 3
    assert [record.message for record in caplog.records].count(
        "limits are counted by this process alone"
    ) == 2, "once for each process"

    clock[0] += 61.0
    async with asyncio.timeout(PATIENCE):
        while await one.take([charge("later", most=1_000_000)]) is not None or one._is_away:
            clock[0] += limiter.AWAY_SECONDS
    assert "limits are counted for all processes again" in caplog.messages
    assert one.refused == {"a rule": 1}


async def test_counts_that_are_over_are_removed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "SWEEP_SECONDS", 0.01)
    await passed(Limiter(database), charge("lasts"), charge("is over", seconds=0.001))
    sweeping = asyncio.create_task(counters.sweep(database))
    async with asyncio.timeout(PATIENCE):
        while True:
            left = await database.execute(text("select key from chatkit.limit_counters"))
            if left.scalars().all() == ["lasts"]:
                break
    sweeping.cancel()


def test_what_a_process_knows_is_bounded_and_forgotten_when_it_is_over() -> None:
    clock = [0.0]
    windows = Windows(lambda: clock[0])
    windows.count([charge("first", most=1)])
    assert windows.refusal([charge("first", most=1)]) is not None
    for number in range(MAX_WINDOWS):
        windows.count([charge(f"k{number}")])
    assert len(windows._windows) <= MAX_WINDOWS
    assert windows.refusal([charge("first", most=1)]) is None, "asked about again"
    clock[0] = 61.0
    for number in range(MAX_WINDOWS):
        windows.count([charge(f"later{number}")])
    assert not any(key.startswith("k") for key in windows._windows)
