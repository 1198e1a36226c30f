"""Erasing a user leaves no row and no object of theirs, and everything of everybody else's."""

import json
from hashlib import sha256
from typing import Any

import pytest

from tests.erasing.conftest import Service, page_of
from tests.erasing.everything import KEPT, all_rows, begin_answer, beyond, do_everything, uploaded
from tests.serving import ChatKitClient
from tools.tracked import ROOT

pytestmark = pytest.mark.unpublished("the demo's widget has actions that are answered at once")

GO_BY_THEMSELVES = {"limit_counters": "counts of a minute go when it is over"}
"""Tables in which rows of others may go meanwhile, and why."""


async def entries(service: Service) -> list[dict[str, Any]]:
    told = await service.operator("audit", "--json", "--action", "user.erase")
    found: list[dict[str, Any]] = json.loads(told.out)["entries"]
    return found


@pytest.mark.proves("SEC-60")
@pytest.mark.parametrize("storage", ["disk", "s3"])
async def test_no_row_in_any_table_and_no_object_is_left(service: Service) -> None:
    await do_everything(await page_of(service, "bob"), "bob", service.owner)
    before, objects_before = await all_rows(service.owner), await service.stored()

    ann = await page_of(service, "ann")
    await do_everything(ann, "ann", service.owner)
    elsewhere: ChatKitClient = ann.as_seen_by(service.other, **dict(ann.http.headers))
    await begin_answer(elsewhere, service.owner)
    made = beyond(await all_rows(service.owner), before)
    assert made.keys() | KEPT.keys() == before.keys(), "a table in which nothing is left proves nothing"
    assert len(await service.stored() - objects_before) == 6
    await service.owner.execute("update chatkit.blob_removals set due_at = now() where user_id = 'ann'")

    told = await service.operator("users", "erase", "ann", "--yes")

    assert (told.code, told.err) == (0, "")
    assert beyond(await all_rows(service.owner), before) == {}
    assert await service.stored() == objects_before
    after = await all_rows(service.owner)
    assert {name for name in before if before[name] - after[name]} <= GO_BY_THEMSELVES.keys()
    assert service.one.http.lifespan.state["running"].turns.count() == 0
    assert (await ann.post("threads.list")).status_code == 401
    await service.other.turns_ended()
    assert beyond(await all_rows(service.owner), before) == {}, "an answer that was stopped writes nothing"


@pytest.mark.proves("SEC-60", "SEC-64")
async def test_the_erasure_is_recorded_and_nothing_of_what_was_erased(service: Service) -> None:
    ann = await page_of(service, "ann")
    thread = await do_everything(ann, "ann", service.owner)

    told = await service.operator("users", "erase", "ann", "--yes", LOGNAME="carol")

    (entry,) = await entries(service)
    assert (entry["user_id"], entry["actor"]) == ("ann", "carol")
    assert thread in entry["thread_ids"]
    assert set(entry["details"]) == {"threads", "items", "files", "votes", "sessions", "imports"}
    assert entry["details"]["threads"] == len(entry["thread_ids"]) == 3
    assert "ann had 3 threads" in told.out
    (row,) = await service.owner.fetch(
        "select log::text from chatkit.audit_log log where action = 'user.erase'"
    )
    assert "Hello" not in row[0]


async def test_a_dry_run_says_how_much_it_is_and_changes_nothing(service: Service) -> None:
    ann = await page_of(service, "ann")
    await do_everything(ann, "ann", service.owner)
    before = await all_rows(service.owner)

    told = await service.operator("users", "erase", "ann", "--dry-run")

    assert "ann has 3 threads" in told.out
    assert "Nothing was removed." in told.out
    assert await all_rows(service.owner) == before


async def test_where_nobody_can_be_asked_nothing_is_removed(service: Service) -> None:
    ann = await page_of(service, "ann")
    await ann.say("Hello")
    for words in (("users", "erase", "ann"), ("threads", "prune", "--older-than", "1d")):
        told = await service.operator(*words)
        assert told.code == 2
        assert "--yes" in told.err
    assert len((await ann.call("threads.list"))["data"]) == 1


async def test_who_is_not_known_has_nothing_and_is_recorded_all_the_same(service: Service) -> None:
    told = await service.operator("users", "erase", "' or true --", "--yes")
    assert told.code == 0
    assert "had 0 threads" in told.out
    assert [entry["user_id"] for entry in await entries(service)] == ["' or true --"]


@pytest.mark.proves("SEC-60")
async def test_one_that_could_not_go_on_is_run_again(service: Service) -> None:
    ann = await page_of(service, "ann")
    before = await all_rows(service.owner)
    thread = await do_everything(ann, "ann", service.owner)
    await service.owner.execute("delete from chatkit.blob_removals")
    async with service.owner.transaction():
        await service.owner.execute("select from chatkit.threads where id = $1 for update", thread)
        broken_off = await service.operator("users", "erase", "ann", "--yes")
    assert broken_off.code == 1
    assert "database" in broken_off.err

    told = await service.operator("users", "erase", "ann", "--yes")

    assert told.code == 0
    left = beyond(await all_rows(service.owner), before)
    assert left == {}
    assert len(await entries(service)) == 2


@pytest.mark.proves("SEC-60")
async def test_bytes_that_could_not_be_removed_are_removed_later(service: Service) -> None:
    ann = await page_of(service, "ann")
    await uploaded(ann, "a.png", b"not a picture")
    folder = service.settings.data_dir / "files"
    folder.rename(folder.with_name("away"))
    folder.write_bytes(b"no folder")

    told = await service.operator("users", "erase", "ann", "--yes")

    assert told.code == 1
    assert "not yet all bytes" in told.err
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert await service.owner.fetchval("select count(*) from chatkit.attachments") == 0
    await service.owner.execute("update chatkit.blob_removals set due_at = now()")
    assert (await service.operator("users", "erase", "ann", "--yes")).code == 0
    assert await service.stored() == set()
    assert await service.owner.fetchval("select count(*) from chatkit.blob_removals") == 0


async def test_an_id_can_be_replaced_in_the_audit_log_as_the_page_says(service: Service) -> None:
    await service.operator("users", "erase", "user-42", "--yes")
    page = (ROOT / "docs/erasing.md").read_text()
    await service.owner.execute(page.partition("```sql\n")[2].partition("```")[0].replace("…", "secret"))
    (entry,) = await entries(service)
    assert entry["user_id"] == f"erased-{sha256(b'secretuser-42').hexdigest()}"
