"""An archive becomes threads: ids, order, owners and times as they were, however often it is done."""

import asyncio
import json
from typing import Any

import pytest

from tests.agent_builder.importing.archives import write_archive
from tests.agent_builder.importing.conftest import Moving, browser_of
from tests.hosted_api import Project
from tests.serving import RunningServer
from tools.tracked import ROOT


def library(threads: int = 3) -> Project:
    project = Project()
    for number in range(threads):
        project.add_exchange(project.add_thread(f"cthr_{number:03}", user=f"reader-{number % 2}"))
    return project


@pytest.mark.proves("AB-51", "AB-52", "AB-59")
async def test_threads_and_items_keep_their_ids_titles_status_times_and_json(moving: Moving) -> None:
    project = library()
    project.add_thread(
        "cthr_locked", title="Shut", status={"type": "locked", "reason": "paused"}, extra={"a": 1}
    )
    project.add_every_item_type("cthr_001")

    ended = await moving.take_in(project)

    assert (ended.code, ended.report["threads"]["imported"]) == (0, 4)
    threads = {row["id"]: row for row in await moving.rows("select * from chatkit.threads")}
    for record in project.threads:
        row, sent = threads[record.id], json.loads(record.text)
        assert (row["raw"], row["title"], row["user_id"]) == (record.text, sent["title"], sent["user"])
        assert row["created_at"].timestamp() == sent["created_at"]
        assert (row["status"], row["status_reason"]) == (sent["status"]["type"], sent["status"].get("reason"))
        rows = await moving.rows(
            "select id, raw, created_at from chatkit.thread_items where thread_id = :id order by seq",
            id=record.id,
        )
        assert [item["raw"] for item in rows] == [item.text for item in project.items[record.id]]
        own = [item.id for item in project.items[record.id]]
        assert [item["id"] for item in rows if item["id"] in own] == [found for found in own if found]


async def test_an_archive_is_taken_in_where_the_agent_is_an_exported_workflow(
    moving: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATKIT_AGENT", str(ROOT / "tests/workflows/exports/two_approvals.py"))

    ended = await moving.take_in(library())

    assert (ended.code, ended.report["threads"]["imported"]) == (0, 3), ended.said


@pytest.mark.proves("AB-53")
async def test_items_of_one_second_keep_the_order_of_the_api(moving: Moving, server: RunningServer) -> None:
    project = Project()
    thread_id = project.add_thread("cthr_busy", user="guest_ann")
    ids = [
        project.add_item(
            thread_id, "assistant_message", id=f"cthi_{(number * 7919) % 101}", content=[], created_at=5
        )
        for number in range(60)
    ]
    await moving.take_in(project)
    client = browser_of(server, "guest_ann")

    assert [item["id"] for item in await client.items(thread_id, limit=100)] == ids
    assert [item["id"] for item in await client.items(thread_id, order="desc", limit=100)] == ids[::-1]


@pytest.mark.proves("AB-52", "AB-59")
async def test_the_history_shows_them_by_their_last_activity_and_opens_them_by_their_id(
    moving: Moving, server: RunningServer
) -> None:
    project = Project()
    for name, moment in (
        ("cthr_old", 1_700_000_000),
        ("cthr_new", 1_760_000_000),
        ("cthr_mid", 1_730_000_000),
    ):
        project.add_thread(name, user="guest_ann", created_at=1)
        project.add_item(name, "assistant_message", content=[], created_at=moment)
    project.add_thread("cthr_other", user="guest_bob")
    await moving.take_in(project)
    client = browser_of(server, "guest_ann")

    listed = await client.call("threads.list")
    opened = await client.call("threads.get_by_id", thread_id="cthr_mid")

    assert [thread["id"] for thread in listed["data"]] == ["cthr_new", "cthr_mid", "cthr_old"]
    assert opened["title"] == "About cthr_mid"
    assert (await client.post("threads.get_by_id", thread_id="cthr_other")).status_code == 404


@pytest.mark.proves("AB-80", "AB-81", "AB-53")
async def test_twice_is_the_same_as_once(moving: Moving) -> None:
    project = library(8)
    project.add_every_item_type("cthr_003")
    await moving.take_in(project)
    once = await moving.everything()

    again = await moving.run("import", moving.folder / "archive", "--json", "--users-match")

    assert (again.code, again.report["threads"]["unchanged"]) == (0, 8)
    assert await moving.everything() == once


@pytest.mark.proves("AB-80")
async def test_two_imports_at_once_come_to_the_same(moving: Moving) -> None:
    root = write_archive(library(40), moving.folder / "archive")

    ended = await asyncio.gather(*(moving.run("import", root, "--users-match") for _ in range(2)))
    both = await moving.everything()
    for table in ("threads", "imported_threads"):
        await moving.rows(f"delete from chatkit.{table}")
    await moving.run("import", root, "--users-match")

    assert [one.code for one in ended] == [0, 0]
    assert await moving.everything() == both


@pytest.mark.proves("AB-81", "AB-54")
async def test_a_dry_run_writes_nothing_and_says_what_would_be_written(moving: Moving) -> None:
    project = library(5)
    project.add_every_item_type("cthr_000")
    project.add_thread("cthr_nobody", user="")
    root = write_archive(project, moving.folder / "archive")
    before = await moving.everything()

    blind = await moving.run("import", root, "--json", "--dry-run")
    dry = await moving.run("import", root, "--json", "--dry-run", "--users-match")
    unchanged = await moving.everything()
    real = await moving.run("import", root, "--json", "--users-match")

    assert unchanged == before
    assert blind.code == 1
    assert {row["user"]: row["threads"] for row in blind.report["unknown_users"]} == {
        "reader-0": 3,
        "reader-1": 2,
        "(threads without a user)": 1,
    }
    assert dry.report["dry_run"]
    for name in ("threads", "items", "lossy", "attachments", "unknown_users"):
        assert dry.report[name] == real.report[name]


@pytest.mark.proves("AB-80")
async def test_a_thread_of_many_items_is_imported_whole(moving: Moving) -> None:
    project = Project()
    thread_id = project.add_thread("cthr_long")
    for _ in range(1_050):
        project.add_exchange(thread_id)

    ended = await moving.take_in(project)

    assert ended.code == 0
    (row,) = await moving.rows(
        "select count(*), count(distinct seq), max(seq) from chatkit.thread_items where thread_id = :id",
        id=thread_id,
    )
    assert (row["count"], row["max"]) == (2_100, 4_199)
    rows = await moving.rows("select count(*) from chatkit.transcript_items")
    assert rows == [{"count": 2_100}]


async def test_the_outcome_is_one_screen_without_control_characters(moving: Moving) -> None:
    project = library()
    project.add_thread("cthr_odd", user="\x1b[31mred\u202e")
    root = write_archive(project, moving.folder / "archive")
    map_file = moving.folder / "users.json"
    map_file.write_text(json.dumps({"reader-0": "ann"}))

    ended = await moving.run("import", root, "--user-map", map_file)

    assert ended.code == 1
    assert "2 threads new here" in ended.printed
    assert "\x1b" not in ended.printed
    assert "\u202e" not in ended.printed


@pytest.mark.parametrize("arguments", [("nowhere",), (".", "--language", "tlh")])
async def test_what_cannot_start_is_a_sentence(moving: Moving, arguments: Any) -> None:
    ended = await moving.run("import", *arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.said
    assert ended.said.startswith("chatkit-server: ")
