"""`deploy/roles.sql` on a real server: what each role may do once the schema is there."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from app.db.embedded import EmbeddedPostgres
from app.db.embedded.binaries import find_binaries
from app.db.migrate import migrate
from app.db.urls import with_database
from tools.tracked import ROOT

PASSWORDS = {"DATABASE_OWNER_PASSWORD": "it's hidden", "DATABASE_APP_PASSWORD": "hidden"}
FORBIDDEN_TO_THE_APP = (
    "create table chatkit.more (id int)",
    "create table public.more (id int)",
    "drop table chatkit.threads",
    "update chatkit.alembic_version set version_num = '9'",
    "create role another",
    "create database another",
)


@pytest.fixture
async def app_url() -> AsyncIterator[str]:
    """The app's URL on a server of its own, where the script has made the roles and the owner the schema."""
    with (
        tempfile.TemporaryDirectory(prefix="chatkit-roles-") as folder,
        EmbeddedPostgres(Path(folder), durable=False) as urls,
    ):
        admin = with_database(urls.admin, "postgres")
        connection = await asyncpg.connect(admin)
        await connection.execute("drop database chatkit")
        await connection.execute("drop role chatkit_owner, chatkit_app")
        await connection.close()
        psql = await asyncio.create_subprocess_exec(
            *(find_binaries(None).folder / "psql", "--no-psqlrc", "--quiet", f"--dbname={admin}"),
            *("--file", ROOT / "deploy/roles.sql"),
            env=os.environ | PASSWORDS,
        )
        assert await psql.wait() == 0
        await migrate(urls.owner)
        yield urls.app


@pytest.mark.proves("DB-10")
async def test_the_app_may_use_the_schema_and_change_nothing_of_it(app_url: str) -> None:
    app = await asyncpg.connect(app_url)
    await app.execute("insert into chatkit.threads (id, user_id) values ('thr_1', 'usr_1')")
    assert await app.fetchval("select user_id from chatkit.threads") == "usr_1"
    for statement in FORBIDDEN_TO_THE_APP:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)
    flags = await app.fetch(
        "select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname like 'chatkit_%'"
    )
    assert [tuple(row) for row in flags] == [(False, False, False)] * 2
    assert await app.fetchval("select count(*) from pg_class where relowner = 'chatkit_app'::regrole") == 0
    await app.close()
