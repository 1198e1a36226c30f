"""How Postgres finds turns: by an index, however many there are."""

import re
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url

from app.db.embedded import ConnectionUrls
from app.db.urls import with_database
from app.threads import waiting
from app.turns import acceptance, flush_statement, records, recovery, replay, stored_events

pytestmark = pytest.mark.new_database

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SEED = """
insert into chatkit.threads (id, user_id)
select format('t%s', n), format('u%s', n % 100) from generate_series(1, 20000) n;
insert into chatkit.turns (
    thread_id, id, kind, status, fingerprint, worker, lease_expires_at, undelivered, finished_at
)
select format('t%s', n), format('r%s', n), 'threads.create',
       case when n % 500 = 0 then 'running' else 'done' end, format('f%s', n), 'w',
       now(), n % 500 < 2, now()
  from generate_series(1, 20000) n;
insert into chatkit.thread_items (thread_id, seq, id, turn_id, type, created_at, payload)
select format('t%s', n), 1, format('i%s', n), format('r%s', n), 'end_of_turn', now(), '{}'
  from generate_series(1, 20000) n;
insert into chatkit.turn_events (thread_id, turn_id, position, frames)
select format('t%s', n), format('r%s', n), m, '{}'
  from generate_series(500, 20000, 500) n, generate_series(0, 99) m;
"""
MODULES = (acceptance, flush_statement, records, recovery, replay, stored_events, waiting)
STATEMENTS: dict[str, Any] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, sa.Executable) and not isinstance(value, sa.CTE) and name.startswith("_")
}
DIALECT = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]


@pytest.fixture
async def connection(postgres: ConnectionUrls, database_url: str) -> AsyncIterator[Connection]:
    """A connection to a database with many turns, of which few run."""
    connection = await asyncpg.connect(with_database(postgres.admin, str(make_url(database_url).database)))
    await connection.execute(SEED)
    yield connection
    await connection.close()


def test_the_statements_are_found() -> None:
    assert {"acceptance._IN_THREAD", "records._RENEW", "recovery._CANDIDATES"} <= STATEMENTS.keys()


@pytest.mark.proves("PERF-10")
async def test_no_statement_about_turns_reads_a_whole_table(connection: Connection) -> None:
    for statistics in ("none", "fresh"):
        if statistics == "fresh":
            await connection.execute("reset role; analyze")
        # As the server does, behind row-level security.
        await connection.execute("set role chatkit_app; set chatkit.row_security = 'on'")
        await connection.execute("set plan_cache_mode = force_generic_plan")
        for name, statement in STATEMENTS.items():
            explained = await plan(connection, statement)
            assert not re.search(r"Seq Scan on (threads|turns|thread_items|turn_events)", explained), (
                f"{statistics} {name}\n{explained}"
            )


async def plan(connection: Connection, statement: sa.ClauseElement) -> str:
    compiled = str(statement.compile(dialect=DIALECT))
    await connection.execute(f"prepare planned as {compiled}")
    count = await connection.fetchval(
        "select cardinality(parameter_types) from pg_prepared_statements where name = 'planned'"
    )
    values = f"({', '.join(['null'] * count)})" if count else ""
    rows = await connection.fetch(f"explain execute planned{values}")
    await connection.execute("deallocate planned")
    return "\n".join(row[0] for row in rows)
