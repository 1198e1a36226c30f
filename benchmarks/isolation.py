"""What row-level security costs: turns, writes and pages with it and without, in one run.

    python -m benchmarks.isolation

Without means that the tables have none: policies that let everything pass cost most of what others do. Both
are measured in alternation, on one embedded PostgreSQL (turns: on one each, with a scripted agent). Each
counts with its best round, as what is slower is the machine's doing; bursts with their median. Ratios hold
across machines.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import asyncpg
import httpx2
import uvloop
from chatkit.types import ThreadMetadata

from app.context import Principal, RequestContext
from app.db.embedded import EmbeddedPostgres, running_urls
from app.db.engine import Database
from app.db.migrate import migrate
from app.db.urls import with_database
from app.ids import ThreadId, UserId
from app.threads.store import ThreadStore
from app.transcripts import Transcripts, rows
from benchmarks.store import CONNECTIONS, CONTEXT, FILL, WRITERS, answer, milliseconds, per_second
from benchmarks.turns import AT_ONCE, SEQUENTIAL, all_at_once, free_port, one_after_the_other, server

ROUNDS = 9
BURSTS = 7
TAKEN_OFF = """
do $$
declare t regclass;
begin
    for t in select oid from pg_class where relnamespace = 'chatkit'::regnamespace and relrowsecurity loop
        execute format('alter table %s disable row level security', t);
    end loop;
end
$$"""
READER = RequestContext(Principal(UserId("reader")), "benchmark")
REMEMBERED = 400
"""Rows of the model's memory that go with a message."""

READ = ThreadId("reading 1")
READS: dict[str, Callable[[ThreadStore, Database], Awaitable[object]]] = {
    "one thread": lambda store, _: store.load_thread(READ, READER),
    "last 20 of 10,000 items": lambda store, _: store.load_thread_items(READ, None, 20, "desc", READER),
    "first 20 of 100,000 threads": lambda store, _: store.load_threads(20, None, "desc", READER),
    f"{REMEMBERED} rows of the model's memory": lambda _, database: Transcripts(database, 10**6).load(
        READ, READER.user_id
    ),
}


async def measure_store(*urls: str) -> None:
    """Print writes and reads: on a database that has it, and on one that has not."""
    databases = [
        Database(url, pool_size=CONNECTIONS, walled=walled, pool_wait_seconds=30, unit_seconds=30)
        for url, walled in zip(urls, (True, False), strict=True)
    ]
    stores = [ThreadStore(database) for database in databases]
    thread_ids = [stores[0].generate_thread_id(CONTEXT) for _ in range(WRITERS)]
    said = [{"role": "user", "content": "x"}] * REMEMBERED
    for store, database in zip(stores, databases, strict=True):
        for thread_id in thread_ids:
            await store.save_thread(ThreadMetadata(id=thread_id, created_at=datetime.now(UTC)), CONTEXT)
        await rows.append(database, READ, READER.user_id, None, said)

    rounds = [[await writes(store, thread_ids) for store in stores] for _ in range(ROUNDS)]
    walled, bare = (max(column) for column in zip(*rounds, strict=True))
    show(f"{WRITERS} writers, an item", 1000 / walled, 1000 / bare)
    for what, read in READS.items():
        both = list(zip(stores, databases, strict=True))
        rounds = [[await milliseconds(partial(read, *one)) for one in both] for _ in range(ROUNDS)]
        show(what, *(min(column) for column in zip(*rounds, strict=True)))
    for database in databases:
        await database.dispose()


async def writes(store: ThreadStore, thread_ids: list[str]) -> float:
    """Return how many items are stored in a second."""
    return await per_second(
        lambda thread_id: store.add_thread_item(thread_id, answer(thread_id), CONTEXT), thread_ids
    )


@asynccontextmanager
async def both(agent: str) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Serve a scripted agent with the second wall and without."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        common = {
            "CHATKIT_AGENT": f"benchmarks/scripted_agent.py:{agent}",
            "CHATKIT_TITLES": "false",
            "CHATKIT_LOG_LEVEL": "WARNING",
        }
        ports = free_port(), free_port()
        serve = [[sys.executable, "-m", "app.cli", "serve", "--port", str(port)] for port in ports]
        walled = {**common, "CHATKIT_DATA_DIR": one, "CHATKIT_ROW_LEVEL_SECURITY": "true"}
        bare = {**common, "CHATKIT_DATA_DIR": other, "CHATKIT_ROW_LEVEL_SECURITY": "false"}
        async with (
            server(serve[0], ports[0], **walled) as first,
            server(serve[1], ports[1], **bare) as second,
        ):
            await take_off(running_owner(Path(other)))
            for client in (first, second):
                await one_after_the_other(client)
            yield [first, second]


def running_owner(folder: Path) -> str:
    """Return the URL of the owner of the database that runs in a folder."""
    urls = running_urls(folder)
    assert urls is not None
    return urls.owner


async def take_off(url: str) -> None:
    """Have the tables of a database show every row to everybody."""
    owner = await asyncpg.connect(url)
    await owner.execute(TAKEN_OFF)
    await owner.close()


def cpu_milliseconds(port: int) -> float:
    """Return what the server on a port and its PostgreSQL have used of the processors."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            stats[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    family = {pid for pid in stats if f"--port\0{port}\0" in _command(pid)}
    while children := {pid for pid, (parent, _) in stats.items() if parent in family} - family:
        family |= children
    return 1000 * sum(stats[pid][1] for pid in family) / os.sysconf("SC_CLK_TCK")


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


async def measure_turns() -> None:
    """Print turns one after the other, and what they take of the processors."""
    os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"
    async with both("unpaced") as clients:
        used: list[list[float]] = [[] for _ in clients]
        taken: list[list[float]] = [[] for _ in clients]
        for _ in range(ROUNDS):
            for number, client in enumerate(clients):
                before = cpu_milliseconds(client.base_url.port or 0)
                taken[number].append(1000 * await one_after_the_other(client))
                used[number].append((cpu_milliseconds(client.base_url.port or 0) - before) / SEQUENTIAL)
    show("a turn, start to end", *map(min, taken))
    show("  processor time of it, database included", *map(statistics.median, used))
    async with both("paced") as clients:
        for client in clients:
            await all_at_once(client)
        rounds = [[await all_at_once(client) for client in clients] for _ in range(BURSTS)]
    for what, place in ((f"{AT_ONCE} turns at once, first event", 0), ("  first delta", 1)):
        times = [
            1000 * statistics.median(taken[place] for taken in column) for column in zip(*rounds, strict=True)
        ]
        show(what, *times)


def show(what: str, with_it: float, without: float) -> None:
    """Print times in milliseconds, and how much longer it takes."""
    print(f"{what:42} with {with_it:7.2f} ms   without {without:7.2f} ms   {_more(with_it, without)}")


def _more(more: float, less: float) -> str:
    """Return what is added, in percent."""
    return f"{100 * (more / less - 1):+5.1f} %"


async def main() -> None:
    """Measure the store, then turns."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as urls:
        await migrate(urls.owner)
        owner = await asyncpg.connect(urls.owner)
        await owner.execute(FILL)
        await owner.close()
        without = with_database(urls.owner, "without")
        admin = await asyncpg.connect(with_database(urls.admin, "postgres"))
        await admin.execute("create database without template chatkit owner chatkit_owner")
        await admin.close()
        await take_off(without)
        await measure_store(urls.app, with_database(urls.app, "without"))
    await measure_turns()


if __name__ == "__main__":
    uvloop.run(main())
