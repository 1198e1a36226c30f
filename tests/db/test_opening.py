"""From the settings to a database that is ready."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text

import migrations
from app.db.embedded import ConnectionUrls
from app.db.engine import Database
from app.db.opening import open_database, psql_url
from app.db.readiness import is_current_when_ready
from app.db.urls import with_database
from app.errors import ConfigurationError
from app.settings import Settings
from tests.db.processes import REPOSITORY, parent, postmaster, server_processes


def settings(**values: Any) -> Settings:
    return Settings(**values)


async def refusal(**values: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        async with open_database(settings(**values)):
            pass
    return str(caught.value)


@pytest.mark.proves("DB-01", "DB-10")
async def test_without_a_url_the_embedded_database_is_started_migrated_and_stopped(data_dir: Path) -> None:
    async with open_database(settings(data_dir=data_dir)) as opened:
        assert opened.description.startswith("embedded PostgreSQL 18.")
        assert str(data_dir) in opened.description
        async with opened.database.autocommit() as connection:
            assert await connection.scalar(select(func.current_user())) == "chatkit_app"
            assert await connection.scalar(text("select count(*) from chatkit.threads")) == 0
    assert server_processes(data_dir) == set()


@pytest.mark.proves("DB-08")
async def test_a_command_beside_a_running_server_leaves_it_running(data_dir: Path) -> None:
    async with parent(data_dir):
        server = postmaster(data_dir)
        async with (
            open_database(settings(data_dir=data_dir)) as opened,
            opened.database.autocommit() as connection,
        ):
            assert await connection.scalar(text("select count(*) from chatkit.threads")) == 0
        assert postmaster(data_dir) == server


async def test_it_is_stopped_when_its_users_fail(data_dir: Path) -> None:
    with pytest.raises(KeyError):
        async with open_database(settings(data_dir=data_dir)):
            raise KeyError
    assert server_processes(data_dir) == set()


async def test_it_is_stopped_when_the_start_is_cancelled(data_dir: Path) -> None:
    async def start() -> None:
        async with open_database(settings(data_dir=data_dir)):
            pytest.fail("cancelled before this")

    task = asyncio.create_task(start())
    await asyncio.to_thread(lambda: None)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert server_processes(data_dir) == set()


@pytest.mark.proves("DB-13")
async def test_with_a_url_nothing_is_started(database_url: str, folder: Path) -> None:
    data_dir = folder / "untouched"
    async with open_database(settings(database_url=SecretStr(database_url), data_dir=data_dir)) as opened:
        assert "test_" in opened.description
        async with opened.database.autocommit() as connection:
            assert await connection.scalar(text("select count(*) from chatkit.threads")) == 0
    assert not data_dir.exists()


@pytest.mark.proves("DB-13")
async def test_the_owners_url_migrates_for_an_application_that_may_not(
    postgres: ConnectionUrls, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await admin.execute("drop database if exists fresh with (force)")
    await admin.execute("create database fresh owner chatkit_owner")
    app, owner = (SecretStr(with_database(url, "fresh")) for url in (postgres.app, postgres.owner))
    assert "CHATKIT_MIGRATION_DATABASE_URL" in await refusal(database_url=app)
    both = settings(database_url=app, migration_database_url=owner)
    async with open_database(both) as opened, opened.database.autocommit() as connection:
        assert await connection.scalar(select(func.current_user())) == "chatkit_app"
        revision = await connection.scalar(text("select version_num from chatkit.alembic_version"))
        assert revision == migrations.HEAD


@pytest.mark.proves("REL-38")
@pytest.mark.parametrize("what", ["schema", "version table"])
async def test_a_migration_that_broke_off_before_the_application_was_let_in_is_gone_on_with(
    database_url: str, owner: "asyncpg.Connection[asyncpg.Record]", postgres: ConnectionUrls, what: str
) -> None:
    place = "schema chatkit" if what == "schema" else "chatkit.alembic_version"
    await owner.execute(f"revoke all on {place} from chatkit_app")
    name = str(await owner.fetchval("select current_database()"))
    both = settings(
        database_url=SecretStr(database_url),
        migration_database_url=SecretStr(with_database(postgres.owner, name)),
    )
    async with open_database(both) as opened, opened.database.autocommit() as connection:
        assert await connection.scalar(text("select count(*) from chatkit.threads")) == 0


@pytest.mark.proves("DB-37")
async def test_a_schema_newer_than_this_server_stops_the_start(
    database_url: str, postgres: ConnectionUrls, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await owner.execute("update chatkit.alembic_version set version_num = '9999'")
    said = await refusal(database_url=SecretStr(database_url))
    assert "9999" in said
    assert "alembic downgrade" in said


async def test_a_current_schema_costs_no_import_of_alembic(database_url: str) -> None:
    script = """if True:
        import asyncio, sys
        from app.db.opening import open_database
        from app.settings import Settings
        async def main():
            async with open_database(Settings(database_url=sys.argv[1])):
                print("alembic" in sys.modules)
        asyncio.run(main())
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, database_url, cwd=REPOSITORY, stdout=PIPE
    )
    output, _ = await process.communicate()
    assert output == b"False\n"


async def test_a_database_in_another_encoding_is_refused(
    postgres: ConnectionUrls, admin: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await admin.execute("drop database if exists latin with (force)")
    await admin.execute(
        "create database latin encoding 'LATIN1' locale_provider libc locale 'C' template template0"
    )
    assert "LATIN1" in await refusal(database_url=SecretStr(with_database(postgres.app, "latin")))


@pytest.mark.parametrize("database", ["absent", "postgres"])
async def test_a_database_that_refuses_us_is_not_waited_for(postgres: ConnectionUrls, database: str) -> None:
    url = with_database(postgres.app, database).replace("chatkit_app", "stranger")
    said = await refusal(database_url=SecretStr(url))
    assert "CHATKIT_DATABASE_URL" in said


async def test_a_database_that_does_not_answer_is_given_up_in_the_end() -> None:
    database = Database("postgresql://u:secret@127.0.0.1:1/x")
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1:1/x") as caught:
        await is_current_when_ready(database, "postgresql://u:secret@127.0.0.1:1/x", wait_seconds=0)
    assert "secret" not in str(caught.value)


async def test_a_database_that_starts_later_is_waited_for(data_dir: Path) -> None:
    async with parent(data_dir) as running:
        url = running.app
    database = Database(url)
    waiting = asyncio.create_task(is_current_when_ready(database, url))
    async with parent(data_dir):
        assert await waiting is False
    await database.dispose()


async def test_psql_reaches_the_running_database_with_our_schema_first(data_dir: Path) -> None:
    with pytest.raises(ConfigurationError, match="start the server"):
        psql_url(settings(data_dir=data_dir))
    async with open_database(settings(data_dir=data_dir)):
        url = psql_url(settings(data_dir=data_dir))
        connection = await asyncpg.connect(url)
        assert await connection.fetch("select * from admin_threads") == []
        await connection.close()


def test_psql_gets_the_url_of_the_settings() -> None:
    url = psql_url(settings(database_url=SecretStr("postgresql+asyncpg://u:p@h/d?ssl=require")))
    assert url == "postgresql://u:p@h/d?options=-csearch_path%3Dchatkit%2Cpublic&sslmode=require"
