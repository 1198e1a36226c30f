"""Several processes on one data folder."""

import asyncio
from pathlib import Path
from pwd import struct_passwd

import pytest

from app.db.embedded import EmbeddedPostgres, running_urls
from tests.db.processes import ask, nobody_runs, parent, postmaster, server_processes
from tests.patience import BUSY

pytestmark = pytest.mark.proves("DB-08")


async def test_a_second_process_uses_the_running_server_and_leaves_it_running(data_dir: Path) -> None:
    async with parent(data_dir) as first:
        server = postmaster(data_dir)
        async with parent(data_dir) as second:
            assert second.answer == first.answer
            assert await ask(second.app, "select 1") == 1
        assert await second.ended() == 0
        assert postmaster(data_dir) == server
        assert await ask(first.app, "select 1") == 1


async def test_a_second_process_that_is_killed_does_the_first_no_harm(data_dir: Path) -> None:
    async with parent(data_dir) as first, parent(data_dir) as second:
        second.process.kill()
        await second.ended()
        assert await ask(first.app, "select 1") == 1


async def test_of_many_processes_that_start_together_one_runs_the_server(folder: Path) -> None:
    data_dir = folder / "data"
    starts = [parent(data_dir) for _ in range(4)]
    running = await asyncio.gather(*(start.__aenter__() for start in starts))
    try:
        assert len({each.app for each in running}) == 1
        assert await asyncio.gather(*(ask(each.app, "select 1") for each in running)) == [1] * 4
    finally:
        await asyncio.gather(*(start.__aexit__(None, None, None) for start in starts))
    await nobody_runs(data_dir, within=5 * BUSY)


async def test_where_it_runs_can_be_asked_without_starting_it(data_dir: Path) -> None:
    assert running_urls(data_dir) is None
    with EmbeddedPostgres(data_dir) as urls:
        assert running_urls(data_dir) == urls
    assert running_urls(data_dir) is None
    assert server_processes(data_dir) == set()
    assert running_urls(data_dir / "never used") is None


async def test_a_start_during_another_processs_shutdown_waits_for_its_end(data_dir: Path) -> None:
    async with parent(data_dir) as first:
        first.process.kill()
        async with parent(data_dir) as second:
            assert await ask(second.app, "select 1") == 1


async def test_another_account_is_told_whose_server_it_is(
    data_dir: Path, unprivileged: struct_passwd | None
) -> None:
    if unprivileged is None:
        pytest.skip("needs two accounts")
    async with parent(data_dir), parent(data_dir, account=unprivileged) as second:
        assert "belongs to user id" in second.answer["refused"]
        assert "CHATKIT_DATA_DIR" in second.answer["refused"]
