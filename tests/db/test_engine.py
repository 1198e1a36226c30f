"""The pool, its two units, and how a connection is set up."""

import asyncio
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.engine import Database
from app.db.tables import threads
from app.errors import Unavailable
from tests.db.wire import overheard

OWN_BACKENDS = text("select pid from pg_stat_activity where datname = current_database() and usename = user")
ADD = insert(threads).values(id="thr_1", user_id="u")
COUNT = select(func.count()).select_from(threads)


async def count(database: Database) -> int:
    async with database.autocommit() as connection:
        return await connection.scalar(COUNT) or 0


async def test_a_transaction_is_committed_when_its_block_ends(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(ADD)
        assert await count(database) == 0
    assert await count(database) == 1


async def test_a_transaction_is_undone_when_its_block_raises(database: Database) -> None:
    async def add_and_fail() -> None:
        async with database.transaction() as connection:
            await connection.execute(ADD)
            raise KeyError

    with pytest.raises(KeyError):
        await add_and_fail()
    assert await count(database) == 0


async def test_a_statement_outside_a_transaction_is_committed_at_once(database: Database) -> None:
    async with database.autocommit() as connection:
        await connection.execute(ADD)
        assert await count(database) == 1


async def test_a_known_statement_outside_a_transaction_takes_one_round_trip(
    database_url: str, tmp_path: Path
) -> None:
    async with overheard(database_url, tmp_path) as conversation:
        database = Database(conversation.url, pool_size=1)
        await count(database)
        conversation.messages.clear()
        assert await count(database) == 0
        assert conversation.messages == ["B", "E", "S"]
        await database.dispose()


@pytest.mark.proves("DB-25")
async def test_connections_say_who_they_are_and_bound_what_may_take_long(database: Database) -> None:
    settings = {
        "application_name": "chatkit-server",
        "statement_timeout": "3s",
        "lock_timeout": "2500ms",
        "idle_in_transaction_session_timeout": "30s",
        "client_connection_check_interval": "500ms",
        "TimeZone": "UTC",
    }
    async with database.autocommit() as connection:
        found = {name: await connection.scalar(select(func.current_setting(name))) for name in settings}
    assert found == settings


@pytest.mark.proves("DB-25")
async def test_behind_a_pooler_nothing_outlives_a_transaction(database_url: str, tmp_path: Path) -> None:
    async with overheard(database_url, tmp_path) as conversation:
        database = Database(conversation.url, pool_size=1, prepared_statements=False)
        await count(database)
        conversation.messages.clear()
        await count(database)
        await database.dispose()
    assert conversation.startup[0].keys() <= {"user", "database", "application_name", "client_encoding"}
    first, second, *_, last = [message for message in conversation.messages if message not in "XCS"]
    assert (first, second, last) == ("Q", "P", "Q"), "BEGIN, a fresh statement, COMMIT"


@pytest.mark.proves("DB-21")
async def test_fifty_units_share_two_connections(database_url: str) -> None:
    database = Database(database_url, pool_size=2)
    backends: set[int] = set()

    async def unit(number: int) -> None:
        async with database.transaction() if number % 2 else database.autocommit() as connection:
            await connection.execute(ADD.values(id=f"thr_{number}"))
            backends.add(await connection.scalar(select(func.pg_backend_pid())) or 0)

    await asyncio.gather(*map(unit, range(50)))
    assert await count(database) == 50
    assert len(backends) <= 2
    await database.dispose()


async def test_waiting_for_a_connection_ends_in_unavailable(database_url: str) -> None:
    database = Database(database_url, pool_size=1, pool_wait_seconds=0.05)
    async with database.transaction():
        with pytest.raises(Unavailable):
            async with database.autocommit():
                pass
    assert await count(database) == 0
    await database.dispose()


async def backend_pid(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.pg_backend_pid())) or 0


async def told_of_its_end(connection: AsyncConnection) -> asyncio.Event:
    """Return what is set once this process has read that the connection's other side is gone."""
    gone = asyncio.Event()
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    raw.driver_connection.add_termination_listener(lambda _: gone.set())
    return gone


async def test_a_connection_that_died_while_idle_costs_no_failure(
    database_url: str, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    database = Database(database_url, pool_size=1)
    async with database.autocommit() as connection:
        first = await backend_pid(connection)
        gone = await told_of_its_end(connection)
    await admin.execute("select pg_terminate_backend($1)", first)
    await gone.wait()
    async with database.autocommit() as connection:
        assert await backend_pid(connection) != first
    await database.dispose()


@pytest.mark.parametrize(
    "value",
    [
        {"text": "Grüße 🎉 \u2028 \" \\ '", "list": [1, -2.5, 1e22, True, None], "empty": {}},
        ["array"],
        12345678901234567890123456789012345678901234567890,
        "",
    ],
)
async def test_json_comes_back_as_it_went_in(database: Database, value: object) -> None:
    async with database.autocommit() as connection:
        await connection.execute(ADD.values(metadata={"value": value}))
        assert await connection.scalar(select(threads.c.metadata)) == {"value": value}


async def test_numbers_that_json_lacks_become_null(database: Database) -> None:
    async with database.autocommit() as connection:
        await connection.execute(ADD.values(metadata={"values": [math.nan, math.inf, -math.inf]}))
        assert await connection.scalar(select(threads.c.metadata)) == {"values": [None, None, None]}


async def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    async with database.autocommit() as connection:
        await connection.execute(ADD)
        created = await connection.scalar(select(threads.c.created_at))
    assert created is not None
    assert created.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=1)
