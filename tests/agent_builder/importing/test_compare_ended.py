"""A comparison that is broken off reports what was answered, and what one leaves that was killed goes."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.db.presence import Presence
from tests.agent_builder.importing.archives import write_archive
from tests.agent_builder.importing.comparing import left_here, library, states
from tests.agent_builder.importing.conftest import Moving
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tools.tracked import ROOT

pytestmark = pytest.mark.proves("AB-84")

PATIENCE = 60.0
SCRATCH = "select user_id from chatkit.threads where user_id like 'scratch%'"


@pytest.fixture
async def root(moving: Moving, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", provider.base_url)
    root = write_archive(library(1), moving.folder / "archive")
    assert (await moving.run("import", root, "--users-match")).code == 0
    return root


@asynccontextmanager
async def comparing(
    root: Path, provider: FakeProvider, question: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Compare in a process of its own, as far as the gate in the answer to this question."""
    command = [sys.executable, "-m", "app.cli", "agent-builder", "compare", str(root), "--json"]
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while len(provider.requests) < question:
                assert process.returncode is None, "it ended before it asked"
                await asyncio.to_thread(lambda: None)
        await provider.waiting_at("half-way")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
async def test_interrupted_it_reports_what_was_answered_and_leaves_nothing(
    moving: Moving, root: Path, provider: FakeProvider, told: signal.Signals
) -> None:
    before = await left_here(moving)
    provider.respond(say("New answer 1."))
    provider.respond(say("New", gate("half-way"), " answer 2."))

    async with comparing(root, provider, question=2) as process:
        assert len(await moving.rows(SCRATCH)) == 1
        process.send_signal(told)
        printed, said = await asyncio.wait_for(process.communicate(), PATIENCE)

    assert process.returncode == 130, said.decode()
    assert b"Traceback" not in said
    report = json.loads(printed)
    assert (report["interrupted"], states(report)) == (True, ["answered", "not_asked"])
    assert await left_here(moving) == before


async def test_what_was_left_of_one_that_was_killed_goes_with_the_next_and_no_sooner(
    moving: Moving, root: Path, database_url: str, provider: FakeProvider
) -> None:
    before = await left_here(moving)
    provider.respond(say("New", gate("half-way"), " answer 1."))

    async with comparing(root, provider, question=1) as process:
        (left,) = await moving.rows(SCRATCH)
        provider.always(say("Yes."))
        assert (await moving.run("compare", root, "--json")).code == 0
        # The other one is still at it.
        assert await moving.rows(SCRATCH) == [left]
        process.send_signal(signal.SIGKILL)
        await process.wait()
    run = left["user_id"].rpartition("-")[0]
    async with asyncio.timeout(PATIENCE):
        while await Presence(database_url).is_held(run):
            pass

    ended = await moving.run("compare", root, "--json")

    assert (ended.code, ended.report["turns"]["answered"]) == (0, 2)
    assert await left_here(moving) == before


async def test_threads_of_a_user_whose_name_only_begins_alike_stay(
    moving: Moving, root: Path, provider: FakeProvider
) -> None:
    provider.always(say("Yes."))
    await moving.rows("update chatkit.threads set user_id = 'scratch-of-compare_ann' where id = 'cthr_0'")

    assert (await moving.run("compare", root)).code == 0

    assert len(await moving.rows(SCRATCH)) == 1
