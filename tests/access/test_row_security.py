"""The second wall: PostgreSQL shows a transaction the rows of those that it says it acts for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from app.db.acting import Owner, Owners, for_everyone
from app.db.embedded import ConnectionUrls
from app.db.embedded.binaries import find_binaries
from app.db.engine import Database
from app.db.tables import metadata, threads
from app.settings import Settings
from tests.access import first_wall
from tests.access.asking import requests
from tests.access.conftest import SECRET
from tests.access.things import things_of
from tests.databases import Databases
from tests.owners import Watch
from tests.serving import serving
from tools.tracked import ROOT

HOSTILE = ('a"b', "a\\b", "{a,b}", "a'; select 1; --", "everyone", "null", "\N{SNOWMAN} x", " ")
AGENT = f"{Path(__file__).with_name('agents_asked.py')}:assistant"

ALL = sa.select(threads.c.user_id).order_by(threads.c.user_id)
OWN = ALL.where(sa.bindparam("me", type_=Owner()).is_not(None))
THEIRS = ALL.where(sa.bindparam("them", type_=Owners()).is_not(None))
EVERYONES = ALL.where(for_everyone("a test"))

Opened = Callable[..., Database]

OF_NOBODY = {
    "limit_counters": "counts by hashes, and names nobody",
    "audit_log": "is added to and never read by the server",
}
"""Tables without rows of users for the server to show."""


@pytest.fixture
async def urls(databases: Databases) -> AsyncIterator[ConnectionUrls]:
    """A database in which each of some users has a thread, and one item in it."""
    async with databases.one() as urls:
        owner = await asyncpg.connect(urls.owner)
        for user in ("ann", "bob", *HOSTILE):
            await owner.execute("insert into chatkit.threads (id, user_id) values ($1, $1)", user)
            await owner.execute(
                "insert into chatkit.thread_items (thread_id, seq, id, type, created_at, payload)"
                " values ($1, 1, $1, 'end_of_turn', now(), '{}')",
                user,
            )
        await owner.close()
        yield urls


@pytest.fixture
async def opened(urls: ConnectionUrls) -> AsyncIterator[Opened]:
    """Open the database as the server does."""
    made: list[Database] = []

    def open_(url: str = urls.app, **how: Any) -> Database:
        made.append(Database(url, pool_size=1, **{"walled": True, **how}))
        return made[-1]

    yield open_
    for database in made:
        await database.dispose()


async def seen(database: Database, statement: sa.Executable, **values: Any) -> list[str]:
    return list((await database.execute(statement, values)).scalars())


@pytest.mark.proves("SEC-06")
@pytest.mark.parametrize("prepared", [True, False], ids=["prepared", "behind a pooler"])
async def test_a_statement_sees_the_rows_of_those_it_acts_for(opened: Opened, prepared: bool) -> None:
    database = opened(prepared_statements=prepared)
    everyone = sorted(["ann", "bob", *HOSTILE])
    assert await seen(database, ALL) == []
    for user in everyone:
        assert await seen(database, OWN, me=user) == [user]
        assert await seen(database, THEIRS, them=[user, "ann"]) == sorted({user, "ann"})
        assert await seen(database, ALL) == [], "what a transaction was told ends with it"
    assert await seen(database, OWN, me="nobody") == []
    assert await seen(database, THEIRS, them=[]) == []
    assert sorted(await seen(database, EVERYONES)) == everyone
    assert await seen(database, ALL) == []


@pytest.mark.proves("SEC-06")
async def test_what_hangs_off_a_thread_is_seen_with_it(opened: Opened) -> None:
    database = opened()
    items = sa.text("select id from chatkit.thread_items where cast(:me as chatkit.owner) is not null")
    assert await seen(database, items, me="ann") == ["ann"]
    write = sa.text(
        "insert into chatkit.thread_items (thread_id, seq, id, type, created_at, payload)"
        " select 'bob', 2, 'x', 'end_of_turn', now(), '{}' where cast(:me as chatkit.owner) is not null"
    )
    with pytest.raises(sa.exc.DBAPIError, match="row-level security"):
        await database.execute(write, {"me": "ann"})
    for change in ("update chatkit.thread_items set id = 'y'", "delete from chatkit.thread_items"):
        changed = await database.execute(
            sa.text(f"{change} where thread_id = 'bob' and cast(:me as chatkit.owner) is not null"),
            {"me": "ann"},
        )
        assert changed.rowcount == 0


async def test_a_session_that_says_nothing_of_it_sees_what_its_role_may(opened: Opened) -> None:
    database = opened(walled=False)
    assert len(await seen(database, ALL)) == len(HOSTILE) + 2
    assert len(await seen(database, OWN, me="ann")) == len(HOSTILE) + 2


@pytest.mark.proves("SEC-06")
async def test_every_table_with_an_owner_has_a_policy_that_holds_for_the_applications_role(
    urls: ConnectionUrls,
) -> None:
    app = await asyncpg.connect(urls.app)
    for table in metadata.tables.values():
        if table.name in OF_NOBODY:
            continue
        assert await app.fetchval("select row_security_active($1)", str(table)), table
    assert await app.fetchval("select not rolsuper and not rolbypassrls from pg_roles where rolname = user")
    assert await app.fetchval("select count(*) from pg_class where relowner = user::regrole") == 0
    await app.close()


async def test_a_dump_by_the_applications_role_is_whole_or_refused(urls: ConnectionUrls) -> None:
    async def dumped(*options: str) -> tuple[int | None, str]:
        pg_dump = await asyncio.create_subprocess_exec(
            find_binaries(None).folder / "pg_dump",
            *("--data-only", "--table=chatkit.threads", *options, urls.app),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await pg_dump.communicate()
        return pg_dump.returncode, output.decode()

    code, said = await dumped()
    assert code != 0
    assert "row-level security" in said
    code, rows = await dumped("--enable-row-security")
    assert code == 0
    assert all(user.replace("\\", "\\\\") in rows for user in ("ann", "bob", *HOSTILE))


async def test_what_the_page_on_isolation_shows_in_psql_is_what_psql_shows(urls: ConnectionUrls) -> None:
    page = (ROOT / "docs/isolation.md").read_text()
    example = page.partition("```sql\nbegin;")[2].partition("```")[0].replace("guest_0193…", "ann")
    psql = await asyncio.create_subprocess_exec(
        *(
            find_binaries(None).folder / "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            urls.app,
        ),
        *("--set=ON_ERROR_STOP=1", f"--command=begin; {example}"),
        stdout=asyncio.subprocess.PIPE,
    )
    shown, _ = await psql.communicate()
    assert psql.returncode == 0
    assert shown.decode().splitlines()[:3] == ["0", "ann", "1"]


@pytest.mark.proves("SEC-06")
async def test_the_statement_on_that_page_forces_the_policies_on_one_role_for_everything(
    opened: Opened, urls: ConnectionUrls
) -> None:
    page = (ROOT / "docs/isolation.md").read_text()
    owner = await asyncpg.connect(urls.owner)
    assert len(await seen(opened(urls.owner), ALL)) == len(HOSTILE) + 2
    await owner.execute("do $$" + page.partition("```sql\ndo $$")[2].partition("```")[0])
    await owner.close()
    database = opened(urls.owner)
    assert await seen(database, ALL) == []
    assert await seen(database, OWN, me="ann") == ["ann"]
    items = sa.text("select id from chatkit.thread_items where cast(:me as chatkit.owner) is not null")
    assert await seen(database, items, me="ann") == ["ann"]


@pytest.mark.unpublished("the demo's widget has actions that are answered at once")
@pytest.mark.proves("SEC-06")
@pytest.mark.parametrize("second_wall", [True, False])
async def test_without_the_first_wall_nothing_of_anothers_comes_out(
    databases: Databases, tmp_path: Path, second_wall: bool, watch: Watch
) -> None:
    shown = []
    async with databases.one() as urls:
        settings = Settings(
            database_url=SecretStr(urls.app),
            data_dir=tmp_path,
            agent=AGENT,
            titles=False,
            row_level_security=second_wall,
        )
        async with serving(settings) as server:
            ann, bob = server.client(), server.client()
            things = await things_of(ann, SECRET)
            await bob.say("Hello")
            with first_wall.removed() as changed:
                for request in requests():
                    answer = await request.send(bob, things)
                    if SECRET in answer.text:
                        shown.append(request.name)
            assert len(changed) > 20
    assert (shown == []) is second_wall
    watch.found.clear()
