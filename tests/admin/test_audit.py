"""Whoever looks at or changes threads of others is written down, and nothing of what they saw."""

import json
import os
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from app.admin.changes import set_status
from app.audit import Actor, Entry, entries_by_user, record
from app.db.engine import Database
from app.errors import NotFound, Unavailable
from tests.admin.conftest import ADMIN, Office
from tests.commands import command


@pytest.fixture
async def app(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A session of the application's role."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def operator(url: str, *words: str, **environ: str) -> str:
    told = await command(*words, CHATKIT_DATABASE_URL=url, **environ)
    assert told.code == 0, told.err
    return told.out


async def entries(url: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(await operator(url, "audit", "--json", *options))["entries"]
    return found


LOOKING = [
    (("threads", "list"), "threads.list", {"ann": {"thr_tea", "thr_old"}, "bob": {"thr_bob"}}),
    (("threads", "show", "thr_tea"), "threads.read", {"ann": {"thr_tea"}}),
    (("threads", "search", "tea"), "threads.search", {"ann": {"thr_tea"}}),
    (("threads", "search", "nothing like it"), "threads.search", {None: set()}),
    (("threads", "list", "--user", "carol"), "threads.list", {"carol": set()}),
    (("threads", "lock", "thr_tea", "--reason", "A bad word."), "threads.status", {"ann": {"thr_tea"}}),
    (("approvals", "--user", "ann"), "approvals.list", {"ann": set()}),
    (("feedback", "export"), "feedback.export", {None: set()}),
]


@pytest.mark.proves("SEC-64")
@pytest.mark.parametrize(
    ("words", "action", "whose"), LOOKING, ids=[" ".join(words) for words, _, _ in LOOKING]
)
async def test_every_command_that_shows_or_changes_threads_is_recorded(
    office: Office, database_url: str, words: tuple[str, ...], action: str, whose: dict[str | None, set[str]]
) -> None:
    await operator(
        database_url, *words, USER="root", LOGNAME="alice", SSH_CONNECTION="192.0.2.7 5 192.0.2.1 22"
    )

    found = await entries(database_url)
    assert {entry["action"] for entry in found} == {action}
    assert {entry["user_id"]: set(entry["thread_ids"]) for entry in found} == whose
    assert {(entry["actor_kind"], entry["actor"]) for entry in found} == {("command", "alice")}
    assert all(entry["source"].endswith("from 192.0.2.7") for entry in found)
    assert all(entry["details"]["threads"] == len(entry["thread_ids"]) for entry in found)


async def test_the_log_is_listed_by_user_thread_action_and_time(office: Office, database_url: str) -> None:
    await record(
        office.database,
        ADMIN,
        [
            Entry("threads.read", "ann", ("thr_tea",)),
            Entry("threads.read", "bob", ("thr_bob",)),
            Entry("threads.delete", "ann", ("thr_old",)),
        ],
    )
    assert len(await entries(database_url)) == 3
    assert {entry["user_id"] for entry in await entries(database_url, "--user", "bob")} == {"bob"}
    assert [entry["action"] for entry in await entries(database_url, "--thread", "thr_old")] == [
        "threads.delete"
    ]
    assert len(await entries(database_url, "--action", "threads.read", "--since", "1h")) == 2
    shown = await operator(database_url, "audit", "--limit", "1")
    assert "by alice  desk" in shown
    assert "There are more" in shown
    assert await operator(database_url, "audit", "--user", "nobody") == "No entries.\n"


@pytest.mark.proves("SEC-64")
async def test_nothing_that_was_written_or_searched_for_gets_into_the_log(
    office: Office, database_url: str, app: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await operator(database_url, "threads", "search", "Green tea")
    await operator(database_url, "threads", "show", "thr_tea")
    await operator(database_url, "threads", "lock", "thr_tea", "--reason", "Green tea")

    rows = await app.fetch("select log::text from chatkit.audit_log log")
    assert rows
    assert not any("reen" in text or "Tea" in text for (text,) in rows)


@pytest.mark.proves("SEC-64")
@pytest.mark.parametrize(
    "statement",
    [
        "update chatkit.audit_log set actor = 'nobody'",
        "delete from chatkit.audit_log",
        "truncate chatkit.audit_log",
    ],
)
async def test_the_application_can_neither_change_nor_remove_an_entry(
    app: "asyncpg.Connection[asyncpg.Record]", statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(statement)


@pytest.mark.proves("SEC-64")
async def test_a_change_that_fails_is_not_recorded_and_one_that_cannot_be_recorded_is_not_made(
    office: Office, database: Database
) -> None:
    with pytest.raises(NotFound):
        await set_status(database, ADMIN, "thr_none", "locked")
    with pytest.raises(Exception, match="audit_log_actor_kind_check"):
        await set_status(database, Actor("nobody", "x"), "thr_tea", "locked")  # type: ignore[arg-type]

    async with database.autocommit() as connection:
        counted = await connection.exec_driver_sql("select count(*) from chatkit.audit_log")
        status = await connection.exec_driver_sql("select status from chatkit.threads where id = 'thr_tea'")
        assert (counted.scalar_one(), status.scalar_one()) == (0, "active")


async def test_what_is_recorded_in_a_transaction_that_is_rolled_back_is_not_there(
    office: Office, database: Database, database_url: str
) -> None:
    async def broken_off() -> None:
        async with database.transaction() as connection:
            await record(connection, ADMIN, [Entry("threads.delete", "ann", ("thr_tea",))])
            raise Unavailable("The database is away.")

    with pytest.raises(Unavailable):
        await broken_off()
    assert await entries(database_url) == []


def test_server_keys_are_told_apart_without_being_shown() -> None:
    one, other = (Actor.with_server_key(key, "192.0.2.9") for key in ("k" * 40, "l" * 40))
    assert one.name != other.name
    assert one.source == "192.0.2.9"
    assert "kkk" not in str(one)


def test_what_belongs_to_one_user_is_one_entry_and_each_thread_counts_once() -> None:
    shown = [("ann", "a"), ("bob", "b"), ("ann", "c"), ("ann", "a")]
    assert entries_by_user("threads.search", shown) == [
        Entry("threads.search", "ann", ("a", "c")),
        Entry("threads.search", "bob", ("b",)),
    ]


def test_the_account_behind_sudo_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "root")
    monkeypatch.setenv("SUDO_USER", "carol")
    assert Actor.at_command_line().name == "carol as root"
    monkeypatch.delenv("SUDO_USER")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    assert Actor.at_command_line() == Actor("command", "root", os.uname().nodename)
