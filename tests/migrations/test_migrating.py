"""Migrating beside other sessions, other versions and other roles."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, event

import migrations
from app.db.embedded import ConnectionUrls
from app.db.migrate import alembic_config, migrate, migration_connection
from app.errors import ConfigurationError
from tests.migrations.conftest import Alembic
from tests.patience import PATIENCE

MIGRATORS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'chatkit-server migration'
"""


@pytest.fixture
async def owner(empty: ConnectionUrls) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A session of the owner's beside the migration."""
    connection = await asyncpg.connect(empty.owner)
    yield connection
    await connection.close()


async def revision(connection: "asyncpg.Connection[asyncpg.Record]") -> str | None:
    if await connection.fetchval("select to_regclass('chatkit.alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval("select version_num from chatkit.alembic_version")
    return found


@pytest.mark.proves("DB-32")
async def test_many_migrators_at_once_all_succeed(
    empty: ConnectionUrls, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await asyncio.gather(*(migrate(empty.owner) for _ in range(3)))
    assert await revision(owner) == migrations.HEAD


@pytest.mark.proves("DB-32")
async def test_a_second_migrator_waits_for_the_first(
    empty: ConnectionUrls, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    async with migration_connection(empty.owner):
        second = asyncio.create_task(migrate(empty.owner))
        while await owner.fetchval(MIGRATORS) < 2:
            assert not second.done()
        assert await revision(owner) is None
    await asyncio.wait_for(second, PATIENCE)
    assert await revision(owner) == migrations.HEAD


@pytest.mark.proves("DB-33")
async def test_a_lock_that_is_not_to_be_had_ends_the_migration_cleanly_and_a_repeat_succeeds(
    empty: ConnectionUrls, owner: "asyncpg.Connection[asyncpg.Record]", alembic: Alembic
) -> None:
    await alembic(empty, "upgrade", "0001")
    transaction = owner.transaction()
    await transaction.start()
    await owner.execute("lock table chatkit.threads in access exclusive mode")
    with pytest.raises(ConfigurationError, match="has been undone: start again"):
        await migrate(empty.owner, lock_timeout="50ms")
    await transaction.rollback()
    assert await revision(owner) == "0001"
    await migrate(empty.owner)
    assert await revision(owner) == migrations.HEAD


@pytest.mark.proves("DB-33")
async def test_a_migration_bounds_locks_and_statements(empty: ConnectionUrls) -> None:
    async with migration_connection(empty.owner) as connection:
        shown = [
            (await connection.exec_driver_sql(f"show {name}")).scalar()
            for name in ("lock_timeout", "statement_timeout")
        ]
    assert shown == ["5s", "10min"]


@pytest.mark.proves("DB-37")
async def test_a_newer_schema_is_refused_with_the_way_out(
    empty: ConnectionUrls, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await migrate(empty.owner)
    await owner.execute("update chatkit.alembic_version set version_num = '9999'")
    with pytest.raises(ConfigurationError, match=rf"9999.*newer.*alembic downgrade {migrations.HEAD}"):
        await migrate(empty.owner)
    assert await revision(owner) == "9999"


async def test_a_role_that_may_not_change_the_schema_is_told_which_may(empty: ConnectionUrls) -> None:
    with pytest.raises(ConfigurationError, match="CHATKIT_MIGRATION_DATABASE_URL"):
        await migrate(empty.app)


@pytest.mark.proves("DB-10")
async def test_the_applications_role_works_with_rows_and_with_nothing_else(empty: ConnectionUrls) -> None:
    await migrate(empty.owner)
    app = await asyncpg.connect(empty.app)
    await app.execute("insert into chatkit.threads (id, user_id) values ('thr_1', 'u')")
    await app.execute("update chatkit.threads set title = 't'")
    assert await app.fetchval("select title from chatkit.admin_threads") == "t"
    assert await app.fetchval("select count(*) from chatkit.admin_messages") == 0
    await app.execute("delete from chatkit.threads")
    for forbidden in (
        "create table chatkit.own (id int)",
        "alter table chatkit.threads add column own int",
        "drop table chatkit.feedback",
        "truncate chatkit.threads",
        "update chatkit.alembic_version set version_num = '0000'",
        "update chatkit.audit_log set actor = 'nobody'",
        "delete from chatkit.audit_log",
        "truncate chatkit.audit_log",
        "create role own",
        "create schema own",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(forbidden)
    await app.close()


async def test_one_role_can_own_and_use_everything(empty: ConnectionUrls) -> None:
    await migrate(empty.admin)
    await migrate(empty.admin)


class BrokenOff(Exception):
    """A process that is killed in the middle."""


def upgrade_to_the_first_index(connection: Connection) -> None:
    @event.listens_for(connection, "before_cursor_execute")
    def break_off(_: Connection, __: object, statement: str, *___: object) -> None:
        if "CONCURRENTLY" in statement:
            raise BrokenOff

    command.upgrade(alembic_config(connection), "head")


@pytest.mark.proves("REL-38")
async def test_a_migration_that_breaks_off_leaves_the_application_able_to_see_it(
    empty: ConnectionUrls, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    with pytest.raises(BrokenOff):
        async with migration_connection(empty.owner) as connection:
            await connection.run_sync(upgrade_to_the_first_index)
    reached = await revision(owner)
    assert reached not in (None, migrations.HEAD)
    app = await asyncpg.connect(empty.app)
    assert await app.fetchval("select version_num from chatkit.alembic_version") == reached
    await app.close()
