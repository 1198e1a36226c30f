"""The `alembic` command, as an operator uses it."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import asyncpg
import pytest

import migrations
from app.db.embedded import ConnectionUrls
from app.db.migrate import migrate

REPOSITORY = Path(__file__).parents[2]


async def alembic(*arguments: str, **variables: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), *arguments),
        env={"PATH": os.environ["PATH"], **variables},
        cwd="/",
        stdout=PIPE,
        stderr=PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode() + errors.decode()


@pytest.mark.parametrize("name", ["CHATKIT_DATABASE_URL", "CHATKIT_MIGRATION_DATABASE_URL"])
async def test_it_finds_the_database_in_the_settings(empty_newest: ConnectionUrls, name: str) -> None:
    urls = {"CHATKIT_DATABASE_URL": empty_newest.app, name: empty_newest.owner}
    code, output = await alembic("upgrade", "head", **urls)
    assert code == 0, output
    connection = await asyncpg.connect(empty_newest.app)
    assert await connection.fetchval("select version_num from chatkit.alembic_version") == migrations.HEAD
    await connection.close()


@pytest.mark.proves("DB-36")
async def test_a_refused_downgrade_is_one_sentence(empty_newest: ConnectionUrls) -> None:
    await migrate(empty_newest.owner)
    connection = await asyncpg.connect(empty_newest.app)
    await connection.execute("insert into chatkit.threads (id, user_id) values ('thr_1', 'u')")
    code, output = await alembic("-x", f"url={empty_newest.owner}", "downgrade", "base")
    assert code != 0
    assert "would lose the rows of chatkit.threads" in output
    assert "Traceback" not in output
    assert await connection.fetchval("select count(*) from chatkit.threads") == 1
    await connection.close()


async def test_the_sql_can_be_had_for_a_review_without_a_database() -> None:
    code, output = await alembic("upgrade", "head", "--sql")
    assert code == 0, output
    assert "CREATE TABLE chatkit.threads" in output
    assert "comment on view chatkit.admin_threads" in output
    assert "grant usage on schema chatkit to chatkit_app" in output


async def test_a_database_that_is_not_there_is_one_sentence() -> None:
    code, output = await alembic("current", CHATKIT_DATABASE_URL="postgresql://u:secret@127.0.0.1:1/x")
    assert code != 0
    assert "127.0.0.1:1/x" in output
    assert "secret" not in output
    assert "Traceback" not in output
