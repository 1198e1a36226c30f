"""How Postgres reads a page: from an index, in the index's order, however much there is."""

import re
from collections.abc import AsyncIterator
from typing import TypeAlias

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.sql.compiler import SQLCompiler

from app.db.embedded import ConnectionUrls
from app.db.engine import Database
from app.db.urls import with_database
from tests.statements import DIALECT, statements
from tests.threads.conftest import Desk, desk_on

pytestmark = pytest.mark.new_database

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SEED = """
insert into chatkit.threads (id, user_id, updated_at, created_at)
select format('t%s', n),
       case when n % 8 = 0 then '{user}' else format('user %s', n / 3) end,
       now() - n * interval '1 s',
       now()
  from generate_series(1, 80000) n;
insert into chatkit.thread_items (thread_id, seq, id, type, created_at, payload)
select '{thread}', n, format('i%s', n), 'end_of_turn', now(), '{{}}'::jsonb from generate_series(1, 10000) n
union all
select format('t%s', n), m, format('i%s', m), 'end_of_turn', now(), '{{}}'
  from generate_series(1, 10000) n, generate_series(1, 10) m;
"""
INDEXES = {
    "items": "thread_items_pkey",
    "threads": "threads_user_id_updated_at_id_idx",
    "app.threads.of_all_users.created": "threads_created_at_id_idx",
}
PAGES = {name: page for name, page in statements().items() if name.partition(" ")[0] in INDEXES}


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await desk_on(database)


@pytest.fixture
async def connection(desk: Desk, postgres: ConnectionUrls, database_url: str) -> AsyncIterator[Connection]:
    """A connection to a user of 10,000 threads and a thread of 10,000 items, among many small ones."""
    database = make_url(database_url).database
    connection = await asyncpg.connect(with_database(postgres.admin, str(database)))
    await connection.execute(SEED.format(user=desk.user_id, thread=desk.thread_id))
    yield connection
    await connection.close()


async def plan(connection: Connection, statement: sa.ClauseElement, values: dict[str, str]) -> str:
    compiled = statement.compile(dialect=DIALECT)
    assert isinstance(compiled, SQLCompiler)
    given = (values.get(name, "everyone") for name in compiled.positiontup or ())
    literals = ", ".join(f"'{value}'" for value in given)
    await connection.execute(f"prepare planned as {compiled}")
    rows = await connection.fetch(f"explain execute planned ({literals})")
    await connection.execute("deallocate planned")
    return "\n".join(row[0] for row in rows)


@pytest.mark.proves("PERF-10", "STORE-3", "OP-threads.list-1")
async def test_pages_come_from_an_index_in_its_order(desk: Desk, connection: Connection) -> None:
    values = {
        "owner": desk.user_id,
        "thread": desk.thread_id,
        "after_seq": "5000",
        "after_id": "t8",
        "after_time": "2026-11-22T00:00:00Z",
        "start": "5000",
        "stop": "9000",
        "start_time": "2026-11-22T00:00:00Z",
        "start_id": "",
        "stop_time": "9999-12-31T00:00:00Z",
        "stop_id": "",
        "types": "{end_of_turn,user_message}",
    }
    for statistics in ("none", "fresh"):
        if statistics == "fresh":
            await connection.execute("reset role; analyze chatkit.threads, chatkit.thread_items")
        # As the server does, behind row-level security.
        await connection.execute("set role chatkit_app; set chatkit.row_security = 'on'")
        # The plan of a connection that has run the statement often, and of a new one.
        for mode in ("force_generic_plan", "force_custom_plan"):
            await connection.execute(f"set plan_cache_mode = {mode}")
            for name, page in PAGES.items():
                explained = await plan(connection, page, values)
                about = f"{statistics} {mode} {name}\n{explained}"
                assert f"using {INDEXES[name.split()[0]]}" in explained, about
                assert re.search(r"Index Cond: \(+ROW\(", explained), about
                assert "Bitmap" not in explained, about
                assert "Seq Scan" not in explained, about
                assert "Incremental Sort" not in explained, about
                # The items of the page alone are sorted, after they were joined to their thread.
                assert explained.count("Sort Key") == name.startswith("items"), about
