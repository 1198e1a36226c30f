"""A real import that is killed leaves whole threads only, and the next one ends as if nothing had been."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.agent_builder.importing.archives import write_archive
from tests.agent_builder.importing.conftest import Moving
from tests.hosted_api import Project
from tools.tracked import ROOT

THREADS, EXCHANGES = 250, 6
PATIENCE = 60.0
NOTED = """
select n.item_count as items,
       (select count(*) from chatkit.thread_items i where i.thread_id = n.thread_id) as there,
       (select count(*) from chatkit.threads t where t.id = n.thread_id) as threads
  from chatkit.imported_threads n
"""


def library() -> Project:
    project = Project()
    for number in range(THREADS):
        thread_id = project.add_thread(f"cthr_{number:04}", user=f"reader-{number % 7}")
        for _ in range(EXCHANGES):
            project.add_exchange(thread_id)
    return project


async def killed_half_way(moving: Moving, root: Path) -> None:
    command = [sys.executable, "-m", "app.cli", "agent-builder", "import", str(root), "--users-match"]
    importing = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while not await moving.rows("select 1 from chatkit.imported_threads"):
                assert importing.returncode is None, "it ended before anything was written"
    finally:
        importing.send_signal(signal.SIGKILL)
        await importing.wait()


@pytest.mark.proves("AB-80")
async def test_killed_and_run_again_it_ends_with_the_same_database(moving: Moving) -> None:
    root = write_archive(library(), moving.folder / "archive")

    await killed_half_way(moving, root)
    rows = await moving.rows(NOTED)
    assert 0 < len(rows) < THREADS
    whole = (2 * EXCHANGES, 2 * EXCHANGES, 1)
    assert {(row["items"], row["there"], row["threads"]) for row in rows} == {whole}

    again = await moving.run("import", root, "--json", "--users-match")
    assert again.report["threads"]["unchanged"] == len(rows)
    assert again.report["threads"]["imported"] == THREADS - len(rows)
    resumed = await moving.everything()
    for table in ("threads", "imported_threads"):
        await moving.rows(f"delete from chatkit.{table}")
    await moving.run("import", root, "--users-match")
    assert await moving.everything() == resumed
