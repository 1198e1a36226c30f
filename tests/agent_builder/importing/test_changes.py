"""What has changed at either end since the last import: the other end's is taken, ours is kept."""

import json

import pytest

from tests.agent_builder.importing.conftest import Moving, browser_of
from tests.hosted_api import Project
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer

pytestmark = pytest.mark.proves("AB-81", "AB-80")


def library() -> Project:
    project = Project()
    for name in ("cthr_a", "cthr_b"):
        project.add_exchange(project.add_thread(name, user="guest_ann"))
    return project


async def test_what_came_in_since_is_added_and_nothing_else_is_touched(moving: Moving) -> None:
    project = library()
    await moving.take_in(project)
    await moving.rows(
        "insert into chatkit.feedback (thread_id, item_id, user_id, kind)"
        " select 'cthr_a', id, 'guest_ann', 'positive' from chatkit.thread_items where thread_id = 'cthr_a'"
    )
    project.add_exchange("cthr_a", "And now?", "Now as well.")
    project.threads[0].text = project.threads[0].text.replace("About cthr_a", "Renamed there")

    ended = await moving.take_in(project)
    other = await moving.take_in(project)

    assert ended.code == other.code == 0
    assert (ended.report["threads"]["updated"], ended.report["threads"]["unchanged"]) == (1, 1)
    assert other.report["threads"]["unchanged"] == 2
    rows = await moving.rows(
        "select seq, text from chatkit.thread_items where thread_id = 'cthr_a' order by seq"
    )
    assert [row["text"] for row in rows] == ["Is it in?", "It is.", "And now?", "Now as well."]
    assert [row["seq"] for row in rows] == [1, 3, 5, 7]
    assert await moving.rows("select title from chatkit.threads where id = 'cthr_a'") == [
        {"title": "Renamed there"}
    ]
    assert len(await moving.rows("select 1 from chatkit.feedback")) == 2


async def test_an_update_comes_to_the_same_as_a_first_import(moving: Moving) -> None:
    project = library()
    project.add_every_item_type("cthr_a")
    await moving.take_in(project)
    moved = project.items["cthr_a"].pop(2)
    project.items["cthr_a"].append(moved)
    del project.items["cthr_a"][0]
    await moving.take_in(project)
    updated = await moving.everything()
    for table in ("threads", "imported_threads"):
        await moving.rows(f"delete from chatkit.{table}")

    await moving.take_in(project)

    assert await moving.everything() == updated


async def test_a_thread_that_went_on_here_is_kept_and_reported(
    moving: Moving, server: RunningServer, provider: FakeProvider
) -> None:
    project = library()
    await moving.take_in(project)
    provider.respond(say("Still here."))
    await browser_of(server, "guest_ann").say("Are you there?", "cthr_a")
    await server.turns_ended()
    here = await moving.everything()
    project.add_exchange("cthr_a", "Written there", "too late")

    ended = await moving.take_in(project)

    assert ended.code == 0
    assert ended.report["threads"]["kept"] == 1
    assert ended.report["kept"] == [{"thread_id": "cthr_a", "changed": ["items"]}]
    assert await moving.everything() == here


async def test_a_title_that_was_changed_here_is_kept(moving: Moving, server: RunningServer) -> None:
    project = library()
    await moving.take_in(project)
    await browser_of(server, "guest_ann").call("threads.update", thread_id="cthr_a", title="Mine")
    project.add_exchange("cthr_a", "More", "of it")
    project.threads[0].text = project.threads[0].text.replace("About cthr_a", "Theirs")

    ended = await moving.take_in(project)

    assert ended.report["kept"] == [{"thread_id": "cthr_a", "changed": ["title"]}]
    assert await moving.rows("select title from chatkit.threads where id = 'cthr_a'") == [{"title": "Mine"}]
    (row,) = await moving.rows("select count(*) from chatkit.thread_items where thread_id = 'cthr_a'")
    assert row["count"] == 4


async def test_a_thread_that_was_deleted_here_is_not_brought_back_unless_asked(
    moving: Moving, server: RunningServer
) -> None:
    project = library()
    await moving.take_in(project)
    whole = await moving.everything()
    await browser_of(server, "guest_ann").call("threads.delete", thread_id="cthr_b")
    assert "Is it in?" not in json.dumps(
        await moving.rows("select * from chatkit.imported_threads"), default=str
    )

    ended = await moving.take_in(project)
    restored = await moving.take_in(project, "--users-match", "--restore-deleted")

    assert ended.code == 0
    assert ended.report["deleted_here"] == ["cthr_b"]
    assert restored.report["threads"]["imported"] == 1
    assert await moving.everything() == whole
