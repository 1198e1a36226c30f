"""A database that takes connections and says nothing: given up in time, and asked by one at a time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import text

from app.db.connecting import CONNECT_SECONDS
from app.db.engine import Database
from app.errors import Unavailable
from tests.db.wire import SOCKET
from tests.faults.proxy import FaultProxy, Link, fault_proxy
from tests.faults.watching import elapsed
from tests.patience import BUSY, PATIENCE

UNIT_SECONDS = 1.0
MARGIN_SECONDS = 2.0 * BUSY


@asynccontextmanager
async def through_a_proxy(url: str, pool_size: int) -> AsyncIterator[tuple[Database, FaultProxy]]:
    parts = urlsplit(url)
    folder = dict(parse_qsl(parts.query))["host"]
    async with fault_proxy(f"{folder}/{SOCKET}") as proxy:
        there = f"postgresql://{parts.username}@127.0.0.1:{proxy.port}{parts.path}"
        database = Database(there, pool_size=pool_size, pool_wait_seconds=0.2, unit_seconds=UNIT_SECONDS)
        yield database, proxy
        await database.dispose()


async def ask(database: Database, question: str = "select 1") -> None:
    async with database.autocommit() as connection:
        await connection.execute(text(question))


async def refused(database: Database) -> float:
    """Check that a unit is refused, and return how long that took."""
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await ask(database)
    return time.monotonic() - began


@pytest.mark.proves("DB-28")
async def test_a_statement_that_is_not_answered_is_given_up_and_with_it_every_idle_connection(
    database_url: str,
) -> None:
    async with through_a_proxy(database_url, pool_size=3) as (database, proxy):
        await asyncio.gather(*(ask(database) for _ in range(3)))
        before = list(proxy.links)
        proxy.silence()

        assert await refused(database) <= UNIT_SECONDS + MARGIN_SECONDS

        proxy.restore()
        await asyncio.gather(*(ask(database) for _ in range(3)))
        assert not set(before) & set(proxy.links)


async def test_a_connection_that_was_lost_or_cancelled_is_no_sign_of_silence(database_url: str) -> None:
    async with through_a_proxy(database_url, pool_size=3) as (database, proxy):
        await asyncio.gather(*(ask(database) for _ in range(3)))
        cancelled = asyncio.create_task(ask(database, "select pg_sleep(60)"))
        lost = asyncio.create_task(ask(database, "select pg_sleep(60)"))
        idle = await the_quiet_one(proxy)
        cancelled.cancel()
        for link in [link for link in proxy.links if link is not idle]:
            link.reset()
        await asyncio.gather(cancelled, lost, return_exceptions=True)

        await elapsed(UNIT_SECONDS + MARGIN_SECONDS / 4)

        assert idle in proxy.links


async def the_quiet_one(proxy: FaultProxy) -> Link:
    """Wait until two of three connections are asked something, and return the third."""
    said = {link: link.passed["client"] for link in proxy.links}
    async with asyncio.timeout(PATIENCE):
        while True:
            quiet = [link for link in proxy.links if link.passed["client"] == said[link]]
            if len(quiet) == 1:
                return quiet[0]
            await elapsed(0.01)


async def test_a_transaction_that_is_not_answered_is_given_up(database_url: str) -> None:
    async with through_a_proxy(database_url, pool_size=1) as (database, proxy):

        async def not_answered() -> None:
            async with database.transaction() as connection:
                await connection.execute(text("select 1"))
                proxy.silence()

        began = time.monotonic()
        with pytest.raises(Unavailable):
            await not_answered()
        assert time.monotonic() - began <= UNIT_SECONDS + MARGIN_SECONDS
        proxy.restore()
        await ask(database)


async def test_a_close_that_is_not_answered_is_given_up(database_url: str) -> None:
    async with through_a_proxy(database_url, pool_size=3) as (database, proxy):
        await asyncio.gather(*(ask(database) for _ in range(3)))
        proxy.silence()
        async with asyncio.timeout(CONNECT_SECONDS + MARGIN_SECONDS):
            await database.dispose()


async def test_a_silent_database_is_asked_by_one_attempt_at_a_time() -> None:
    attempts = 0

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        attempts += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = Database(f"postgresql://u@127.0.0.1:{port}/x", pool_size=5)
    await refused(database)
    attempts = 0

    took = await asyncio.gather(*(refused(database) for _ in range(20)))

    # The pool has room for five at a time, and one of them finds out for all.
    assert attempts <= 20 / 5
    assert max(took) <= 5.0
    await database.dispose()
    server.close()
