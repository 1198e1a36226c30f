"""What the store costs: writing items beside a bare asyncpg INSERT, and reading pages at any size.

    python -m benchmarks.store

On an embedded PostgreSQL that writes to disk as in production, and on the event loop that the server uses.
Each counts with its best round: what is slower than that is the machine's doing. Ratios hold across machines.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import uvloop
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadMetadata

from app.context import Principal, RequestContext
from app.db.embedded import EmbeddedPostgres
from app.db.engine import Database
from app.db.migrate import migrate
from app.ids import UserId, new_id
from app.threads.store import ThreadStore

ROUNDS = 5
WRITERS = 64
ITEMS_EACH = 40
CONNECTIONS = 32
WRITE_BUDGET = 3_000 / 7_000
"""Our items per second, as a part of what a bare INSERT makes."""

READS = 300
READ_BUDGET = 1.0
"""Milliseconds, median."""

TEXT = "An answer of some length, as a model gives one when it is asked something easy. " * 4
CONTEXT = RequestContext(Principal(UserId("writer")), "benchmark")
INSERT = """
insert into chatkit.thread_items (thread_id, seq, id, type, role, text, hidden, created_at, payload)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
FILL = """
insert into chatkit.threads (id, user_id, title, last_seq, updated_at)
select format('reading %s', n), 'reader', 'A title', 10000, now() - n * interval '1 s'
  from generate_series(1, 100000) n;
insert into chatkit.thread_items (thread_id, seq, id, type, role, text, created_at, payload)
select thread, n, format('item %s', n), 'assistant_message', 'assistant', 'text', now(), jsonb_build_object(
         'id', format('item %s', n), 'thread_id', thread, 'type', 'assistant_message', 'created_at', now(),
         'content', jsonb_build_array(jsonb_build_object(
           'type', 'output_text', 'annotations', '[]'::jsonb, 'text', repeat('some text ', 40))))
  from (values ('reading 1', 10000), ('reading 2', 20)) as threads (thread, items),
       lateral generate_series(1, items) n;
analyze chatkit.threads, chatkit.thread_items;
"""

places = count(1_000_000)


def answer(thread_id: str) -> AssistantMessageItem:
    """Return an item to store."""
    content = [AssistantMessageContent(text=TEXT)]
    return AssistantMessageItem(
        id=new_id("msg"), thread_id=thread_id, created_at=datetime.now(UTC), content=content
    )


async def insert(pool: "asyncpg.Pool[Any]", thread_id: str) -> None:
    """The row alone: no owner, no place in the thread, no upsert."""
    item = answer(thread_id)
    row = (thread_id, next(places), item.id, item.type, "assistant", TEXT, False, item.created_at)
    async with pool.acquire() as connection:
        await connection.execute(INSERT, *row, item.model_dump_json(by_alias=True, exclude_none=True))


async def per_second(write: Callable[[str], Awaitable[None]], thread_ids: list[str]) -> float:
    """Return how many items 64 writers store in a second."""

    async def writer(thread_id: str) -> None:
        for _ in range(ITEMS_EACH):
            await write(thread_id)

    begun = time.perf_counter()
    await asyncio.gather(*(writer(thread_id) for thread_id in thread_ids))
    return WRITERS * ITEMS_EACH / (time.perf_counter() - begun)


async def milliseconds(read: Callable[[], Awaitable[object]]) -> float:
    """Return the median time of one read."""
    taken = []
    for _ in range(READS):
        begun = time.perf_counter()
        await read()
        taken.append(time.perf_counter() - begun)
    return 1000 * statistics.median(taken)


async def measure_writes(url: str) -> list[str]:
    """Write in alternation; return lines to print."""
    database = Database(url, pool_size=CONNECTIONS)
    store = ThreadStore(database)
    thread_ids = [store.generate_thread_id(CONTEXT) for _ in range(WRITERS)]
    for thread_id in thread_ids:
        await store.save_thread(ThreadMetadata(id=thread_id, created_at=datetime.now(UTC)), CONTEXT)

    async def save(thread_id: str) -> None:
        await store.add_thread_item(thread_id, answer(thread_id), CONTEXT)

    async with asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        rounds = [
            (
                await per_second(lambda thread_id: insert(pool, thread_id), thread_ids),
                await per_second(save, thread_ids),
                await per_second(save, thread_ids[:1] * WRITERS),
            )
            for _ in range(ROUNDS)
        ]
    await database.dispose()
    bare, spread, crowded = (max(column) for column in zip(*rounds, strict=True))
    return [
        f"{WRITERS} writers, bare asyncpg INSERT       {bare:7.0f} items/s",
        f"{WRITERS} writers, a thread each             {spread:7.0f} items/s   ratio {spread / bare:.2f}"
        f"   (budget {WRITE_BUDGET:.2f})",
        f"{WRITERS} writers, one thread for all        {crowded:7.0f} items/s   ratio {crowded / bare:.2f}",
    ]


async def measure_reads(url: str) -> list[str]:
    """Read pages of the largest thread and user, at their ends and in the middle; return lines to print."""
    database = Database(url, pool_size=1)
    store, reader = ThreadStore(database), RequestContext(Principal(UserId("reader")), "benchmark")
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "all 20 items of a small thread": lambda: store.load_thread_items(
            "reading 2", None, 20, "desc", reader
        ),
        "last 20 of 10,000 items": lambda: store.load_thread_items("reading 1", None, 20, "desc", reader),
        "20 items from the middle of 10,000": lambda: store.load_thread_items(
            "reading 1", "item 5000", 20, "asc", reader
        ),
        "first 20 of 100,000 threads": lambda: store.load_threads(20, None, "desc", reader),
        "20 threads from the middle of 100,000": lambda: store.load_threads(
            20, "reading 50000", "desc", reader
        ),
    }
    rounds = [[await milliseconds(read) for read in reads.values()] for _ in range(ROUNDS)]
    await database.dispose()
    best = [min(column) for column in zip(*rounds, strict=True)]
    return [
        f"{what:40} {time:6.2f} ms median   (budget {READ_BUDGET:.1f})"
        for what, time in zip(reads, best, strict=True)
    ]


async def main() -> None:
    """Print each figure beside its budget."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as urls:
        await migrate(urls.owner)
        for line in await measure_writes(urls.app):
            print(line)
        owner = await asyncpg.connect(urls.owner)
        await owner.execute(FILL)
        await owner.close()
        for line in await measure_reads(urls.app):
            print(line)


if __name__ == "__main__":
    uvloop.run(main())
