"""What an attack leaves behind in the server's process and in its database: nothing but what was stored."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.faults.watching import until
from tests.fuzz.verdict import Findings
from tests.serving import RunningServer

GONE_SECONDS = 30.0
MOST_BACKENDS = Settings.model_fields["database_pool_size"].default + 2
"""The server's pool and its listener, and who counts them."""
_BACKENDS = text("select count(*) from pg_stat_activity where datname = current_database()")


@dataclass(frozen=True)
class Held:
    """What a server holds that is quiet. All of it, as it runs in the process of its test."""

    tasks: int
    descriptors: int
    backends: int
    megabytes: float


@asynccontextmanager
async def nothing_left(server: RunningServer, database: Database, findings: Findings) -> AsyncIterator[None]:
    """Note what the attack in the block has left. Its clients are new in there, those before it closed."""
    before = await _held(server, database)
    yield
    after = await _held(server, database)
    findings.grown = f"{max(0.0, after.megabytes - before.megabytes):.0f} MB more memory"
    # A connection to the database is kept for the next one, and is a descriptor.
    descriptors = before.descriptors + max(0, after.backends - before.backends)
    if after.tasks > before.tasks:
        findings.note(f"{after.tasks - before.tasks} tasks are left", asyncio.all_tasks())
    if after.descriptors > descriptors:
        findings.note(f"{after.descriptors - descriptors} descriptors are left", before)
    if after.backends > MOST_BACKENDS:
        findings.note(f"the database has {after.backends} connections", before)


async def _held(server: RunningServer, database: Database) -> Held:
    state = server.http.server_state
    await server.turns_ended()
    await server.nothing_beside()
    for client in server.clients[1:]:
        await client.http.aclose()
    await until(lambda: len(state.connections) <= 1 and not state.tasks, GONE_SECONDS)
    async with database.autocommit() as connection:
        backends = int((await connection.execute(_BACKENDS)).scalar_one())
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    return Held(len(asyncio.all_tasks()), len(os.listdir("/proc/self/fd")), backends, resident / 1e6)
