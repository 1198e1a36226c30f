"""What has had no activity for long goes with all that hangs off it, by a command or every hour by itself."""

import asyncio
import json
from typing import Any

import pytest

from tests.commands import command
from tests.erasing.conftest import Service, page_of
from tests.erasing.everything import all_rows, beyond, do_everything
from tests.patience import PATIENCE
from tests.serving import ChatKitClient, serving, thread_id_of

pytestmark = pytest.mark.unpublished("the demo's widget has actions that are answered at once")

HAVE_THEIR_OWN_TIME = {
    "sessions": "a day at the most",
    "limit_counters": "a day at the most",
    "attachments": "those that were never sent: CHATKIT_UNSENT_FILE_HOURS",
    "blob_removals": "until the bytes are gone",
}


async def age(service: Service, days: int, *threads: str) -> None:
    """Let the last activity in these threads, or in all, be so long ago."""
    await service.owner.execute(
        "update chatkit.threads set created_at = now() - $1 * interval '1 day' - interval '1 hour',"
        " updated_at = now() - $1 * interval '1 day' where id = any($2) or $2 = '{}'",
        days,
        list(threads),
    )


async def titles(page: ChatKitClient) -> set[str]:
    return {thread["id"] for thread in (await page.call("threads.list", limit=100))["data"]}


async def deletions(service: Service) -> list[dict[str, Any]]:
    told = await service.operator("audit", "--json", "--action", "threads.delete")
    found: list[dict[str, Any]] = json.loads(told.out)["entries"]
    return found


@pytest.mark.proves("SEC-60", "SEC-64")
async def test_of_an_old_thread_nothing_is_left_and_what_is_newer_stays(service: Service) -> None:
    bob = await page_of(service, "bob")
    new = thread_id_of(await bob.say("Hello"))
    before = await all_rows(service.owner)
    ann = await page_of(service, "ann")
    old = await do_everything(ann, "ann", service.owner)
    kept = thread_id_of(await ann.say("Hello once more"))
    await age(service, 91)
    await age(service, 89, new, kept)

    counted = await service.operator("threads", "prune", "--older-than", "90d", "--dry-run")
    assert counted.out == "Nothing has happened for 90 days in 3 threads of 1 user.\nNothing was removed.\n"
    assert await titles(ann) > {old, kept}
    told = await service.operator("threads", "prune", "--older-than", "90d", "--yes", LOGNAME="carol")

    assert (told.code, told.out) == (0, "Removed 3 threads.\n")
    assert await titles(ann) == {kept}
    assert await titles(bob) == {new}
    left = beyond(await all_rows(service.owner), before)
    of_old_ones = {name for name, rows in left.items() if not all(kept in row or new in row for row in rows)}
    assert of_old_ones <= HAVE_THEIR_OWN_TIME.keys()
    (entry,) = await deletions(service)
    assert (entry["user_id"], entry["actor"], len(entry["thread_ids"])) == ("ann", "carol", 3)
    assert old in entry["thread_ids"]
    assert len(await service.stored()) == 3, "the file that was not sent, and its smaller forms"


@pytest.mark.proves("SEC-60")
async def test_a_thread_in_which_an_answer_is_written_is_left(service: Service) -> None:
    ann = await page_of(service, "ann")
    thread = thread_id_of(await ann.say("Hello"))
    await age(service, 400)
    running = (
        "insert into chatkit.turns (thread_id, id, kind, status, fingerprint, worker, lease_expires_at)"
        " values ($1, 't', 'threads.retry_after_item', 'running', 'f', 'w', now() + interval '5 seconds')"
    )
    await service.owner.execute(running, thread)
    assert (await service.operator("threads", "prune", "--older-than", "52w", "--yes")).out.endswith(
        "Removed 0 threads.\n"
    )
    await service.owner.execute("delete from chatkit.turns where id = 't'")
    assert (await service.operator("threads", "prune", "--older-than", "52w", "--yes")).out.endswith(
        "Removed 1 thread.\n"
    )


@pytest.mark.parametrize("age", ["", "d", "0d", "-1d", "5", "5m", "1.5d", "\N{ARABIC-INDIC DIGIT THREE}d"])
async def test_an_age_that_is_none_is_refused(age: str) -> None:
    told = await command("threads", "prune", f"--older-than={age}", "--yes")
    assert told.code == 2
    assert "90d" in told.err


@pytest.mark.proves("SEC-60", "SEC-64")
async def test_processes_that_are_told_so_do_it_by_themselves_each_thread_once(service: Service) -> None:
    ann = await page_of(service, "ann")
    old, new = [thread_id_of(await ann.say("Hello")) for _ in range(2)]
    await age(service, 31, old)
    told = service.settings.model_copy(update={"retention_days": 30})
    async with serving(told), serving(told), asyncio.timeout(PATIENCE):
        while await titles(ann) != {new}:
            pass
    (entry,) = await deletions(service)
    assert (entry["actor_kind"], entry["actor"]) == ("system", "retention")
    assert (entry["user_id"], entry["thread_ids"]) == ("ann", [old])
