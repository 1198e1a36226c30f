"""Waiting for notifications on a connection of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.db.listening import Listener
from tests.patience import PATIENCE

CHANNEL = "test_channel"


@asynccontextmanager
async def heard_on(url: str) -> AsyncIterator["asyncio.Queue[str]"]:
    heard: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(Listener(url, CHANNEL, heard.put_nowait).run())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait([task])


async def say(database: Database, words: str) -> None:
    async with database.autocommit() as connection:
        await connection.execute(
            text("select pg_notify(:channel, :words)"), {"channel": CHANNEL, "words": words}
        )


async def next_of(heard: "asyncio.Queue[str]") -> str:
    return await asyncio.wait_for(heard.get(), PATIENCE)


@pytest.mark.proves("DB-26")
async def test_what_is_said_is_heard_and_after_a_loss_it_is_listened_anew(
    database: Database, database_url: str
) -> None:
    async with heard_on(database_url) as heard:
        assert await next_of(heard) == ""
        await say(database, "one")
        assert await next_of(heard) == "one"

        async with database.autocommit() as connection:
            ended = await connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and application_name = 'chatkit-server listening'"
                )
            )
            assert ended.scalars().all() == [True]

        # Whoever listens is told that something may have been said meanwhile.
        assert await next_of(heard) == ""
        await say(database, "two")
        assert await next_of(heard) == "two"
