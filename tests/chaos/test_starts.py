"""Processes that are ended while they start, or migrate, or own the database."""

import asyncio
import os
import random
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from app.db.embedded import ConnectionUrls
from app.db.migrate import migration_connection
from app.db.urls import with_database
from tests.chaos.fleet import Fleet, Server, moment, now
from tests.chaos.report import Table
from tests.chaos.size import SIZE, seeded
from tests.db.processes import nobody_runs
from tests.patience import BUSY

BOUND_SECONDS = 8.0 * BUSY
"""What an end may take when no turn runs, on a machine on which others start."""
GONE_SECONDS = 5.0 * BUSY
ASKED_TO_END = (0, 1, 130, -signal.SIGTERM, -signal.SIGINT)


@pytest.mark.proves("REL-41")
async def test_a_stop_at_any_moment_of_the_start_ends_it(fleet: Fleet, table: Table) -> None:
    chance, found, times = seeded("stop in start-up"), list[str](), SIZE.repetitions

    async def attack(server: Server, after: float, number: signal.Signals) -> None:
        server.launch()
        await moment(after)
        found.extend(f"{number.name} after {after:.2f} s: {loss}" for loss in await _ended(server, number))

    draws = [(chance.uniform(0.0, 4.0), chance.choice((signal.SIGTERM, signal.SIGINT))) for _ in range(times)]
    for place in range(0, times, 2):
        await asyncio.gather(
            *(
                attack(fleet.server(f"start{place}{n}"), *draw)
                for n, draw in enumerate(draws[place : place + 2])
            )
        )
    table.row("REL-41", "SIGTERM or SIGINT at random moments of the start", times, found)


async def _ended(server: Server, number: signal.Signals) -> list[str]:
    began = now()
    server.signal(number)
    code = await server.ended()
    took = now() - began
    found = [f"exit code {code}"] if code not in ASKED_TO_END else []
    found += [f"the end took {took:.1f} s"] if took > BOUND_SECONDS else []
    said = server.said()
    return found + ([f"it left a traceback:\n{said}"] if "Traceback" in said and not _too_early(said) else [])


def _too_early(said: str) -> bool:
    """Say whether an interrupt met Python itself, before it had come to our first line."""
    return said.rstrip().endswith("KeyboardInterrupt") and "chatkit-server is starting" not in said


@pytest.mark.proves("REL-41")
async def test_a_stop_while_it_waits_for_a_migration_ends_it_and_the_next_start_migrates(
    fleet: Fleet, postgres: ConnectionUrls, table: Table
) -> None:
    async with _empty_database(postgres, f"fresh_{os.getpid()}") as name:
        owner = with_database(postgres.owner, name)
        server = fleet.server(
            "migrating",
            CHATKIT_DATABASE_URL=with_database(postgres.app, name),
            CHATKIT_MIGRATION_DATABASE_URL=owner,
        )
        try:
            async with migration_connection(owner):
                server.launch()
                await _waits_for_a_lock(postgres, name)
                found = await _ended(server, signal.SIGTERM)
            await server.ready()
            found += [f"after it: {loss}" for loss in await _ended(server, signal.SIGTERM)]
        finally:
            server.kill()
    table.row("REL-41", "SIGTERM while it waits for a migration", 1, found)


@asynccontextmanager
async def _empty_database(postgres: ConnectionUrls, name: str) -> AsyncIterator[str]:
    connection = await asyncpg.connect(with_database(postgres.admin, "postgres"))
    try:
        await connection.execute(f"create database {name} owner chatkit_owner")
        yield name
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()


async def _waits_for_a_lock(postgres: ConnectionUrls, name: str) -> None:
    """Return when a second connection has come for the schema's owner."""
    query = "select count(*) from pg_stat_activity where datname = $1 and application_name like '%migration'"
    connection = await asyncpg.connect(with_database(postgres.admin, "postgres"))
    try:
        async with asyncio.timeout(BOUND_SECONDS * 3):
            while (await connection.fetchval(query, name)) < 2:
                await moment(0.05)
    finally:
        await connection.close()


@pytest.mark.proves("REL-38", "REL-43")
async def test_starts_and_stops_with_a_database_of_ones_own_leave_nothing_behind(
    tmp_path: Path, table: Table
) -> None:
    chance, found = seeded("cycles"), list[str]()
    lives = [
        _life(tmp_path / f"life{number}", SIZE.cycles // SIZE.cycles_at_once, chance, found)
        for number in range(SIZE.cycles_at_once)
    ]
    await asyncio.gather(*lives)
    table.row("REL-38", "starts and stops at random, each with its own database", SIZE.cycles, found)


async def _life(data: Path, cycles: int, chance: random.Random, found: list[str]) -> None:
    """Start on one data folder again and again, and end at any moment in any way; the last start is whole."""
    data.mkdir()
    server = Server({"CHATKIT_DATA_DIR": str(data)}, data.with_suffix(".log"))
    for _ in range(cycles):
        server.launch()
        await moment(chance.uniform(0.0, 6.0))
        number = chance.choice((signal.SIGTERM, signal.SIGINT, signal.SIGKILL))
        try:
            losses = [] if number == signal.SIGKILL else await _ended(server, number)
        except subprocess.TimeoutExpired:
            losses = [f"it did not end: {server.said()}"]
        server.kill()
        found += [f"{data.name}, {number.name}: {loss}" for loss in losses]
        await _alone(data, found)
    try:
        await server.ready()
        server.signal(signal.SIGTERM)
        if code := await server.ended():
            found.append(f"{data.name}: exit code {code} after a whole life: {server.said()}")
    except AssertionError as error:
        found.append(f"{data.name}: no start after a whole life: {error}")
    finally:
        server.kill()
    await _alone(data, found)


async def _alone(data: Path, found: list[str]) -> None:
    """Note when a process of the database is left; before the first start there is no database yet."""
    if not list(data.glob("postgres-*/lock")) or not list(data.glob("postgres-*/data")):
        return
    try:
        await nobody_runs(data, GONE_SECONDS)
    except (TimeoutError, AssertionError):
        found.append(f"{data.name}: PostgreSQL is still there")
