"""`Database.execute`: one statement, on a connection taken for it alone, whatever becomes of its caller."""

import asyncio
from collections.abc import AsyncIterator, Generator
from types import coroutine

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text, update

from app.db.engine import Database
from app.db.tables import threads
from app.errors import Unavailable
from tests.patience import PATIENCE

ADD = insert(threads).values(id="thr_1", user_id="u")
LOCKED = select(threads.c.id).with_for_update()
RENAME = update(threads).values(title="renamed")
WAITING = "select count(*) from pg_locks where not granted"
BACKENDS = "select count(*) from pg_stat_activity where datname = current_database() and usename = $1"


@pytest.fixture(params=[True, False], ids=["prepared", "behind a pooler"])
async def single(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Database]:
    """A database of one connection, both ways to use it."""
    database = Database(
        database_url, pool_size=1, pool_wait_seconds=0.2, prepared_statements=bool(request.param)
    )
    yield database
    await database.dispose()


@coroutine
def one_step() -> Generator[None, None, None]:
    """Let every other task go on by a step."""
    yield


async def until(owner: "asyncpg.Connection[asyncpg.Record]", number: int, query: str, *values: str) -> None:
    """Wait until `query` counts `number`."""
    async with asyncio.timeout(PATIENCE):
        while await owner.fetchval(query, *values) != number:
            pass


async def test_what_is_written_is_committed_and_counted(single: Database) -> None:
    assert (await single.execute(ADD)).rowcount == 1
    assert (await single.execute(select(threads.c.id))).scalars().all() == ["thr_1"]


async def test_all_rows_can_be_read_after_the_connection_was_given_back(single: Database) -> None:
    rows = select(func.generate_series(1, 5_000).label("number"))
    first, second = await single.execute(rows), await single.execute(rows)
    assert [row.number for row in first] == [row.number for row in second] == list(range(1, 5_001))


async def test_parameters_are_given_apart_from_the_statement(single: Database) -> None:
    assert (await single.execute(text("select cast(:word as text)"), {"word": "a 'b'"})).scalar() == "a 'b'"


@pytest.mark.proves("DB-28")
async def test_an_operational_failure_is_told_as_unavailable(single: Database) -> None:
    with pytest.raises(Unavailable):
        await single.execute(text("do $$ begin raise exception 'x' using errcode = '40001'; end $$"))
    assert (await single.execute(text("select 1"))).scalar() == 1


@pytest.mark.parametrize("cancels", [1, 2])
async def test_a_statement_whose_caller_is_cancelled_leaves_a_connection_for_the_next(
    single: Database, database: Database, owner: "asyncpg.Connection[asyncpg.Record]", cancels: int
) -> None:
    await single.execute(ADD)
    async with database.transaction() as holding:
        await holding.execute(LOCKED)
        caller = asyncio.create_task(single.execute(RENAME))
        await until(owner, 1, WAITING)
        for _ in range(cancels):
            caller.cancel()
            await one_step()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert (await single.execute(select(threads.c.title))).all() == [(None,)]
    await until(owner, 2, BACKENDS, "chatkit_app")


async def test_callers_cancelled_while_they_wait_take_no_connection_with_them(
    single: Database, database: Database, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await single.execute(ADD)
    async with database.transaction() as holding:
        await holding.execute(LOCKED)
        first = asyncio.create_task(single.execute(RENAME))
        await until(owner, 1, WAITING)
        others = [asyncio.create_task(single.execute(RENAME)) for _ in range(5)]
        await one_step()
        for other in others:
            other.cancel()
        results = await asyncio.gather(*others, return_exceptions=True)
    assert {type(result) for result in results} == {asyncio.CancelledError}
    assert (await first).rowcount == 1
    assert (await single.execute(select(threads.c.title))).all() == [("renamed",)]


async def test_a_cancel_at_any_step_leaves_the_pool_whole(single: Database) -> None:
    await single.execute(text("select 1"))
    for steps in range(40):
        caller = asyncio.create_task(single.execute(text("select pg_sleep(0.001)")))
        for _ in range(steps):
            await one_step()
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        assert (await single.execute(text("select 1"))).scalar() == 1
