"""What nobody needs goes: rows after their time, bytes after their rows, and nothing else."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.attachments.blobs import Blobs
from app.attachments.collecting import Collector
from app.db.engine import Database
from app.settings import Settings
from tests.attachments.browser import Browser, with_files
from tests.attachments.samples import image
from tests.patience import PATIENCE


@pytest.fixture
def stored(settings: Settings) -> Callable[[], list[Path]]:
    """List the files of users on disk."""
    folder = settings.data_dir / "files"
    return lambda: [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def collector(database: Database, settings: Settings) -> Collector:
    """One that runs when the test says so."""
    return Collector(database, Blobs(None, settings.data_dir / "files"))


async def become_old(database: Database) -> None:
    """Let the time of every file that waits run out."""
    await database.execute(text("update chatkit.attachments set expires_at = now() - interval '1 second'"))


async def left(database: Database) -> tuple[int, int]:
    """Rows of files, and keys that wait to be removed."""
    counts = "select (select count(*) from chatkit.attachments), (select count(*) from chatkit.blob_removals)"
    return tuple((await database.execute(text(counts))).one())


async def none_left(stored: Callable[[], list[Path]]) -> None:
    """Wait until the server has removed every file."""
    async with asyncio.timeout(PATIENCE):
        while stored():
            await asyncio.to_thread(lambda: None)


@pytest.mark.proves("FEAT-att-7", "OP-threads.delete-1", "STORE-2")
async def test_files_go_with_their_thread_bytes_and_all(
    browser: Browser, stored: Callable[[], list[Path]], database: Database
) -> None:
    await browser.send((await browser.uploaded(image()))["id"], (await browser.uploaded(b"x"))["id"])
    assert len(stored()) == 4

    await browser.client.call("threads.delete", thread_id=browser.thread_id)

    await none_left(stored)
    assert (await left(database))[0] == 0


@pytest.mark.proves("WIRE-54", "FEAT-att-7")
async def test_a_file_that_is_taken_out_of_the_composer_goes_at_once(
    browser: Browser, stored: Callable[[], list[Path]]
) -> None:
    file = await browser.uploaded(image(), "a.png")

    await browser.client.call("attachments.delete", attachment_id=file["id"])

    await none_left(stored)
    assert (await browser.get(file["preview_url"])).status_code == 404


@pytest.mark.proves("FEAT-att-7", "OP-attachments.create-3")
async def test_files_that_were_never_sent_go_and_sent_ones_stay(
    browser: Browser, database: Database, collector: Collector, stored: Callable[[], list[Path]]
) -> None:
    await browser.uploaded(b"never sent")
    announced = await browser.announced("a.txt", 1)
    sent = await browser.uploaded(b"sent")
    await browser.send(sent["id"])
    await become_old(database)

    await collector.collect()

    assert await left(database) == (1, 0)
    assert [path.read_bytes() for path in stored()] == [b"sent"]
    late = await browser.client.http.put(announced["upload_descriptor"]["url"], content=b"x")
    assert late.status_code == 404


@pytest.mark.proves("FEAT-att-7", "SEC-16")
async def test_the_bytes_of_an_upload_that_died_in_the_middle_are_removed_later(
    browser: Browser, database: Database, collector: Collector, stored: Callable[[], list[Path]]
) -> None:
    await browser.uploaded(b"x")
    # As a process leaves it that is killed after the bytes are in and before the row says so.
    await database.execute(text("update chatkit.attachments set state = 'pending'"))
    await become_old(database)

    await collector.collect()
    assert await left(database) == (0, 1)
    assert len(stored()) == 1, "somebody might still be writing"
    await database.execute(text("update chatkit.blob_removals set due_at = now()"))
    await collector.collect()

    assert await left(database) == (0, 0)
    assert stored() == []


@pytest.mark.proves("FEAT-att-7")
async def test_the_bytes_of_a_row_that_is_deleted_by_hand_follow_it(
    browser: Browser, database: Database, collector: Collector, stored: Callable[[], list[Path]]
) -> None:
    file = await browser.uploaded(image(), "a.png")
    await database.execute(text("delete from chatkit.attachments"))

    assert (await browser.get(file["preview_url"])).status_code == 404
    assert (await browser.client.post("threads.create", input=with_files(file["id"]))).status_code == 404
    await collector.collect()
    assert await left(database) == (0, 0)
    assert stored() == []


@pytest.mark.proves("FEAT-att-7")
async def test_two_collectors_do_not_get_in_each_others_way(
    browser: Browser, database: Database, settings: Settings, stored: Callable[[], list[Path]]
) -> None:
    for _ in range(20):
        await browser.uploaded(image())
    await become_old(database)
    collectors = [Collector(database, Blobs(None, settings.data_dir / "files")) for _ in range(3)]

    await asyncio.gather(*(collector.collect() for collector in collectors))

    await none_left(stored)
    assert (await left(database))[0] == 0


@pytest.mark.proves("REL-23")
async def test_a_storage_that_fails_refuses_the_upload_and_leaves_nothing_visible(
    browser: Browser, settings: Settings, database: Database, stored: Callable[[], list[Path]]
) -> None:
    announced = await browser.announced("a.txt", 1)
    url = announced["upload_descriptor"]["url"]
    await browser.uploaded(b"x")
    folder = settings.data_dir / "files"
    folder.rename(folder.with_name("away"))
    folder.write_bytes(b"no folder")

    refused = [await browser.upload(b"x"), await browser.client.http.put(url, content=b"x")]
    folder.unlink()
    accepted = await browser.upload(b"x")

    assert {response.status_code for response in refused} == {503}
    assert all(response.json()["error"]["retryable"] for response in refused)
    assert accepted.status_code == 200
    assert (await left(database))[0] == 2
    assert len(stored()) == 1
