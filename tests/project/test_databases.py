"""What a test has left in its database is not there for the next one."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from pydantic import SecretStr

from app.db.embedded import ConnectionUrls
from app.db.tables import SCHEMA, metadata
from app.settings import Settings
from tests.databases import Databases
from tests.serving import serving


@pytest.fixture
async def lent(postgres: ConnectionUrls) -> Databases:
    return Databases(postgres)


@pytest.fixture
async def name(lent: Databases) -> AsyncIterator[str]:
    """The database that is handed out next, unless it is changed."""
    async with lent.one() as urls:
        name = urlsplit(urls.app).path.lstrip("/")
    yield name
    async with lent.one():
        pass


async def test_rows_are_gone_and_the_database_is_the_same(lent: Databases, name: str, tmp_path: Path) -> None:
    async with lent.one() as urls:
        settings = Settings(database_url=SecretStr(urls.app), data_dir=tmp_path)
        async with serving(settings) as server:
            await server.client().say("Hi")
    async with lent.one() as again:
        connection = await asyncpg.connect(again.admin)
        for table in metadata.tables.values():
            assert await connection.fetchval(f"select count(*) from {SCHEMA}.{table.name}") == 0, table.name
        await connection.close()

    assert again == urls
    assert name in urls.app


@pytest.mark.parametrize(
    "change",
    [
        "alter table chatkit.threads add column more int",
        "alter table chatkit.threads disable row level security",
        "grant delete on chatkit.audit_log to chatkit_app",
        "create function pg_temp.f() returns int language sql as 'select 1'; create table more (id int)",
        "alter database {name} set default_transaction_read_only = on",
        "grant create on database {name} to chatkit_app",
        "update chatkit.alembic_version set version_num = 'other'",
    ],
)
async def test_one_that_was_changed_is_not_handed_out_again(lent: Databases, name: str, change: str) -> None:
    async with lent.one() as urls:
        assert name in urls.app
        connection = await asyncpg.connect(urls.admin)
        await connection.execute(change.format(name=name))
        await connection.close()

    async with lent.one() as others:
        assert name not in others.app
        connection = await asyncpg.connect(others.app)
        assert await connection.fetchval("select count(*) from chatkit.threads") == 0
        await connection.close()


async def test_nobody_is_left_in_one_that_is_handed_out(lent: Databases, name: str) -> None:
    async with lent.one() as urls:
        left = await asyncpg.connect(urls.app)
    async with lent.one() as again:
        assert again == urls
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
            await left.fetchval("select 1")
    left.terminate()
