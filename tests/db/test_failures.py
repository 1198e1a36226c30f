"""Which failures of the database are told as `Unavailable`, and which pass unchanged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db.engine import Database
from app.db.tables import threads
from app.db.urls import with_database
from app.errors import Unavailable

pytestmark = pytest.mark.proves("DB-28")

ADD = insert(threads).values(user_id="u")


async def run(database: Database, *statements: str) -> None:
    async with database.transaction() as connection:
        for statement in statements:
            await connection.execute(text(statement))


@asynccontextmanager
async def database_at(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=1)
    yield database
    await database.dispose()


async def test_a_statement_timeout(database: Database) -> None:
    with pytest.raises(Unavailable):
        await run(database, "set local statement_timeout = '20ms'", "select pg_sleep(5)")


async def test_a_lock_timeout(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("lock table chatkit.threads"))
        with pytest.raises(Unavailable):
            await run(database, "set local lock_timeout = '20ms'", "lock table chatkit.threads")


async def test_a_deadlock(database: Database) -> None:
    first_has_both = asyncio.Barrier(2)

    async def lock(*ids: str) -> None:
        async with database.transaction() as connection:
            for number, thread in enumerate(ids):
                if number == 1:
                    await first_has_both.wait()
                await connection.execute(
                    threads.update().where(threads.c.id == thread).values(title=f"locked by {ids}")
                )

    async with database.transaction() as connection:
        await connection.execute(ADD, [{"id": "a"}, {"id": "b"}])
    results = await asyncio.gather(lock("a", "b"), lock("b", "a"), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [Unavailable]


async def test_a_connection_that_is_lost_in_a_transaction(
    database: Database, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async def lose_it() -> None:
        async with database.transaction() as connection:
            pid = await connection.scalar(select(func.pg_backend_pid()))
            await admin.execute("select pg_terminate_backend($1, 5000)", pid)
            await connection.execute(text("select 1"))

    with pytest.raises(Unavailable):
        await lose_it()
    await run(database, "select 1")


async def test_a_write_on_a_server_that_is_no_primary_any_more(database: Database) -> None:
    with pytest.raises(Unavailable):
        await run(
            database,
            "set transaction read only",
            "insert into chatkit.threads (id, user_id) values ('t', 'u')",
        )


async def test_a_serialization_failure(database: Database) -> None:
    raising = "do $$ begin raise exception 'x' using errcode = 'serialization_failure'; end $$"
    with pytest.raises(Unavailable) as caught:
        await run(database, raising)
    assert caught.value.retryable
    assert caught.value.retry_after


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://u@127.0.0.1:1/x", id="nobody listens"),
        pytest.param("postgresql://u@/x?host=/nonexistent", id="no such socket"),
        pytest.param("postgresql://u@does-not-exist.invalid/x", id="no such host"),
    ],
)
async def test_a_database_that_cannot_be_reached(url: str) -> None:
    async with database_at(url) as database:
        with pytest.raises(Unavailable):
            await run(database, "select 1")


async def test_a_database_that_is_not_there(database_url: str) -> None:
    async with database_at(with_database(database_url, "absent")) as database:
        with pytest.raises(Unavailable):
            await run(database, "select 1")


async def test_a_statement_that_a_migration_changed_the_meaning_of(
    database: Database, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    statement = "select * from chatkit.feedback"
    await run(database, statement)
    await owner.execute("alter table chatkit.feedback add column note text")
    with pytest.raises(Unavailable):
        await run(database, statement)
    await run(database, statement)


async def test_a_violated_constraint_is_no_operational_failure(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await run(database, *["insert into chatkit.threads (id, user_id) values ('t', 'u')"] * 2)


async def test_a_wrong_statement_is_no_operational_failure(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await run(database, "select nonsense")


async def test_a_failure_of_the_callers_own_passes_unchanged(database: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError


async def test_a_failure_tells_the_caller_nothing_of_the_database(database: Database) -> None:
    with pytest.raises(Unavailable) as caught:
        await run(database, "set local statement_timeout = '20ms'", "select pg_sleep(5), 'secret'")
    assert "secret" not in str(caught.value)
    assert "pg_sleep" not in str(caught.value)
