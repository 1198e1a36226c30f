"""How long an embedded PostgreSQL lives: exactly as long as the process that runs it."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from app.db.embedded import EmbeddedPostgres, running_urls
from tests.db.processes import (
    PATIENCE,
    ask,
    lock_is_free,
    nobody_runs,
    parent,
    postmaster,
    server_processes,
    start_parent,
)
from tests.patience import BUSY

linux = pytest.mark.skipif(
    os.uname().sysname != "Linux", reason="only Linux tells children of their parent's death"
)


@linux
@pytest.mark.proves("DB-03")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_it_ends_when_its_parent_is_killed(data_dir: Path, how: signal.Signals) -> None:
    async with parent(data_dir) as running:
        await ask(running.app, "select 1")
        running.process.send_signal(how)
        assert await running.ended() != 0
        await nobody_runs(data_dir, within=5 * BUSY)


@linux
@pytest.mark.proves("DB-03")
async def test_it_ends_when_its_parent_is_killed_while_clients_are_busy(data_dir: Path) -> None:
    async with parent(data_dir) as running:
        busy = asyncio.create_task(ask(running.app, "select pg_sleep(60)"))
        while not await ask(running.app, "select 1 from pg_stat_activity where wait_event = 'PgSleep'"):
            pass
        running.process.kill()
        await nobody_runs(data_dir, within=5 * BUSY)
        with pytest.raises((asyncpg.PostgresError, ConnectionError)):
            await busy


@linux
@pytest.mark.proves("DB-03")
async def test_a_parent_killed_while_the_data_are_created_leaves_nothing_in_the_way(folder: Path) -> None:
    starting = await start_parent(folder)
    async with asyncio.timeout(PATIENCE):
        while not list(folder.glob("postgres-*/new/base")):
            await asyncio.to_thread(os.sched_yield)
    starting.kill()
    await starting.wait()
    await lock_is_free(folder, within=5 * BUSY)
    async with parent(folder) as running:
        assert await ask(running.app, "select 1") == 1
    assert list(folder.glob("postgres-*/new")) == []


@pytest.mark.proves("DB-03")
async def test_it_ends_when_its_parent_exits_without_a_word(data_dir: Path) -> None:
    async with parent(data_dir, "--forget"):
        assert server_processes(data_dir)
    await nobody_runs(data_dir, within=5 * BUSY)


@pytest.mark.proves("DB-03")
async def test_it_outlives_the_thread_that_started_it(data_dir: Path) -> None:
    async with parent(data_dir, "--passing-thread") as running:
        assert await ask(running.app, "select 1") == 1


@pytest.mark.proves("DB-01", "DB-03", "DB-07")
async def test_what_was_committed_survives_the_end_of_everything(data_dir: Path) -> None:
    async with parent(data_dir) as running:
        await ask(running.answer["owner"], "create table kept as select 42 as answer")
        running.process.send_signal(signal.SIGSTOP)  # so that it cannot tidy up
        os.kill(postmaster(data_dir), signal.SIGKILL)
        running.process.kill()
    await nobody_runs(data_dir, within=5 * BUSY)
    async with parent(data_dir) as running:
        assert await ask(running.answer["owner"], "select answer from kept") == 42


@pytest.mark.proves("DB-04")
@pytest.mark.parametrize("holder_lives", [True, False], ids=["reused number", "dead number"])
async def test_a_pid_file_left_behind_neither_prevents_a_start_nor_fakes_one(
    data_dir: Path, holder_lives: bool
) -> None:
    (data,) = data_dir.glob("postgres-*/data")
    # A process of PostgreSQL's own account is the one that PostgreSQL by itself would take for a server.
    other = await asyncio.create_subprocess_exec("sleep", "60", user=data.stat().st_uid)
    try:
        if not holder_lives:
            other.kill()
            await other.wait()
        (data / "postmaster.pid").write_text(
            f"{other.pid}\n{data}\n1\n5432\n{data.parent}/run\n\n1 1\nready   \n"
        )
        assert running_urls(data_dir) is None
        async with parent(data_dir) as running:
            assert await ask(running.app, "select 1") == 1
            assert postmaster(data_dir) != other.pid
    finally:
        if holder_lives:
            other.kill()
            await other.wait()


async def test_it_is_started_again_when_it_dies_under_its_parent(data_dir: Path) -> None:
    async with parent(data_dir) as running:
        os.kill(postmaster(data_dir), signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            assert await first_answer(running.app) == 1


async def first_answer(url: str) -> object:
    while True:
        with suppress(OSError, asyncpg.PostgresError):
            return await ask(url, "select 1")


def test_stopping_twice_is_stopping_once(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    postgres.stop()
    postgres.stop()
    assert running_urls(data_dir) is None
