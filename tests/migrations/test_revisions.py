"""The schema's history: complete, reversible, and what the tables in the code say."""

import re
from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from app.db.embedded import ConnectionUrls
from app.db.migrate import migrate
from app.db.tables import metadata
from tests.migrations.catalog import UNCOMMENTED, describe
from tests.migrations.conftest import Alembic

FOLDER = Path(migrations.__file__).parent
SCRIPTS = ScriptDirectory(str(FOLDER))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]

ROWS = {
    "0001": """
        insert into chatkit.threads (id, user_id) values ('thr_1', 'u');
        insert into chatkit.thread_items (thread_id, seq, id, type, created_at, payload)
            values ('thr_1', 1, 'msg_1', 'user_message', now(), '{}');
        insert into chatkit.transcript_items (thread_id, seq, item, tokens) values ('thr_1', 1, '{}', 1);
        insert into chatkit.turns (thread_id, id, kind, status, fingerprint, worker)
            values ('thr_1', 'turn_1', 'threads.create', 'done', 'f', 'w');
        insert into chatkit.feedback (thread_id, item_id, user_id, kind)
            values ('thr_1', 'msg_1', 'u', 'positive');
        insert into chatkit.attachments (id, user_id, name, mime_type, state, payload)
            values ('att_1', 'u', 'a.txt', 'text/plain', 'pending', '{}');
    """,
    "0003": """
        insert into chatkit.turn_events (thread_id, turn_id, position, frames)
            values ('thr_1', 'turn_1', 0, '{"type": "stream_options"}');
    """,
    "0006": """
        insert into chatkit.attachments (id, user_id, name, mime_type, state, payload, blob_key)
            values ('att_2', 'u', 'b.txt', 'text/plain', 'uploaded', '{}', 'key');
        delete from chatkit.attachments where id = 'att_2';
    """,
    "0007": """
        insert into chatkit.consumed_actions (thread_id, item_id, action) values ('thr_1', 'msg_1', 'buy');
    """,
    "0008": """
        insert into chatkit.pauses (thread_id, item_id, turn_id, calls, state, state_version)
            values ('thr_1', 'msg_1', 'turn_1', '[]', '{}', '1.0');
    """,
    "0014": """
        insert into chatkit.limit_counters (key, used, ends_at) values ('requests/1', 1, now());
    """,
    "0015": """
        insert into chatkit.audit_log (id, actor_kind, actor, action)
            values ('aud_1', 'command', 'a', 'threads.read');
    """,
    "0017": """
        update chatkit.threads set raw = '{"id": "thr_1"}' where id = 'thr_1';
        insert into chatkit.imported_threads
            (thread_id, user_id, content_sha256, language, item_count, last_seq)
            values ('thr_1', 'u', 'hash', 'en', 1, 1);
    """,
    "0012": """
        insert into chatkit.sessions (id, user_id, secret_sha256, workflow_id, configuration,
                requests_per_minute, expires_at)
            values ('cksess_1', 'u', 'hash', 'wf_1', '{}', 10, now());
    """,
    "0016": """
        insert into chatkit.thread_state (thread_id, workflow, variables) values ('thr_1', 'wf_1', '{}');
    """,
}
"""What a database may hold at a revision, for those that bring new tables."""


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def count_rows(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("select tablename from pg_tables where schemaname = 'chatkit'")
        return {
            name: await connection.fetchval(f"select count(*) from chatkit.{name}")
            for (name,) in tables
            if name != "alembic_version"
        }
    finally:
        await connection.close()


@pytest.mark.proves("DB-31")
def test_there_is_one_head_and_the_code_knows_it() -> None:
    assert SCRIPTS.get_heads() == [migrations.HEAD]


@pytest.mark.proves("DB-31")
def test_revisions_are_dated_and_in_order() -> None:
    names = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))
    assert [re.sub(r"^\d{4}_\d\d_\d\d_(\d{4})_\w+\.py$", r"\1", name) for name in names] == REVISIONS


@pytest.mark.proves("DB-13", "DB-31")
async def test_an_empty_database_becomes_what_the_code_expects(empty: ConnectionUrls) -> None:
    await migrate(empty.owner)
    migrated = await describe(empty.owner)
    await execute(empty.owner, "drop schema chatkit cascade; create schema chatkit")
    engine = create_async_engine("postgresql+asyncpg://", connect_args={"dsn": empty.owner})
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    assert migrated == await describe(empty.owner)
    assert migrated["constraints"]


@pytest.mark.proves("DB-31")
async def test_alembic_finds_nothing_left_to_do(empty_newest: ConnectionUrls, alembic: Alembic) -> None:
    await migrate(empty_newest.owner)
    await alembic(empty_newest, "check")


@pytest.mark.proves("DB-31")
async def test_every_table_view_and_column_is_commented(empty: ConnectionUrls) -> None:
    await migrate(empty.owner)
    connection = await asyncpg.connect(empty.owner)
    assert [name for (name,) in await connection.fetch(UNCOMMENTED)] == []
    await connection.close()


@pytest.mark.proves("DB-31")
async def test_each_revision_goes_up_down_and_up_again_with_the_data_of_the_one_before(
    empty: ConnectionUrls, alembic: Alembic
) -> None:
    for before, revision in zip(["base", *REVISIONS], REVISIONS, strict=False):
        rows = {} if before == "base" else await count_rows(empty.owner)
        await alembic(empty, "upgrade", revision)
        after_first = await describe(empty.owner)
        await alembic(empty, "downgrade", before)
        assert before == "base" or await count_rows(empty.owner) == rows
        await alembic(empty, "upgrade", revision)
        assert await describe(empty.owner) == after_first
        if revision in ROWS:
            await execute(empty.owner, ROWS[revision])
    assert all((await count_rows(empty.owner)).values()), "every table has a row in ROWS"


@pytest.mark.proves("DB-36")
async def test_a_downgrade_that_would_lose_rows_is_refused_until_it_is_forced(
    empty_newest: ConnectionUrls, alembic: Alembic
) -> None:
    await migrate(empty_newest.owner)
    await execute(empty_newest.owner, "insert into chatkit.threads (id, user_id) values ('thr_1', 'u')")
    with pytest.raises(Exception, match=r"lose the rows of chatkit\.threads.*force=true"):
        await alembic(empty_newest, "downgrade", "base")
    assert (await count_rows(empty_newest.owner))["threads"] == 1
    await alembic(empty_newest, "downgrade", "base", x=("force=true",))
    assert await count_rows(empty_newest.owner) == {}
