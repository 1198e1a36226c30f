"""Files that an answer brings: kept, addressed, and gone with what they belong to."""

import asyncio
from dataclasses import replace
from mmap import mmap
from pathlib import Path

import pytest
from chatkit.types import GeneratedImage, GeneratedImageItem
from sqlalchemy import text

from app.attachments import Attachments
from app.attachments.blobs import Blobs
from app.attachments.collecting import Collector
from app.attachments.serving import Served
from app.db.engine import Database
from app.errors import NotFound
from app.ids import ItemId, ThreadId, UserId
from app.settings import Settings
from app.threads import items, threads
from app.threads.store import ThreadStore
from tests.attachments.conftest import ANN
from tests.attachments.samples import image
from tests.conformance.store.samples import NOW

BOB = UserId("bob")


@pytest.mark.proves("ITEM-generated_image-3")
async def test_a_generated_file_is_read_back_as_what_it_is(files: Attachments, thread_id: ThreadId) -> None:
    data = image("WEBP")
    file_id = await files.store_generated(thread_id, ANN.user_id, "msg_1", "picture", data)

    stored = await files.read(file_id, ANN.user_id)
    assert (stored.name, stored.mime_type, stored.data) == ("picture", "image/webp", data)
    with pytest.raises(NotFound):
        await files.read(file_id, BOB)


async def test_nothing_is_kept_for_a_thread_that_is_not_the_users(
    files: Attachments, thread_id: ThreadId, settings: Settings
) -> None:
    with pytest.raises(NotFound):
        await files.store_generated(thread_id, BOB, "msg_1", "picture", image())

    assert not [path for path in settings.data_dir.rglob("*") if path.is_file()]


async def test_the_address_of_a_generated_image_is_made_anew_at_every_load(
    files: Attachments, thread_id: ThreadId
) -> None:
    file_id = await files.store_generated(thread_id, ANN.user_id, "msg_1", "picture", image())
    old = f"https://elsewhere.example/chatkit/files/{file_id}?for=content&until=1&signature=0"
    item = GeneratedImageItem(
        id="msg_1", thread_id=thread_id, created_at=NOW, image=GeneratedImage(id="ig_1", url=old)
    )

    fresh = files.with_fresh_urls(item, ANN)

    assert isinstance(fresh, GeneratedImageItem)
    assert fresh.image is not None
    assert fresh.image.url == files.url(file_id, ANN)
    foreign = item.model_copy(update={"image": GeneratedImage(id="ig_1", url="https://other.example/a.png")})
    assert files.with_fresh_urls(foreign, ANN) == foreign


@pytest.mark.proves("OP-threads.retry_after_item-1")
async def test_what_an_answer_brought_goes_when_it_is_tried_again(
    files: Attachments, thread_id: ThreadId, database: Database
) -> None:
    store = ThreadStore(database)
    question = GeneratedImageItem(id="msg_0", thread_id=thread_id, created_at=NOW)
    answer = GeneratedImageItem(id="msg_1", thread_id=thread_id, created_at=NOW)
    kept = await files.store_generated(thread_id, ANN.user_id, question.id, "a", image())
    dropped = await files.store_generated(thread_id, ANN.user_id, answer.id, "b", image())
    for item in (question, answer):
        await store.save_item(thread_id, item, ANN)

    async with database.transaction() as connection:
        await items.truncate_after(connection, thread_id, ANN.user_id, ItemId(question.id))

    assert (await files.read(kept, ANN.user_id)).name == "a"
    with pytest.raises(NotFound):
        await files.read(dropped, ANN.user_id)


class SlowBlobs(Blobs):
    """A storage that waits for the test before it keeps anything."""

    def __init__(self, folder: Path) -> None:
        super().__init__(None, folder)
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def put(self, key: str, data: bytes | mmap, as_served: Served) -> None:
        self.begun.set()
        await self.go_on.wait()
        await super().put(key, data, as_served)


@pytest.mark.proves("FEAT-att-7", "SEC-16", "REL-33")
async def test_a_file_whose_thread_goes_while_it_is_stored_leaves_nothing(
    files: Attachments, thread_id: ThreadId, database: Database, settings: Settings
) -> None:
    blobs = SlowBlobs(settings.data_dir / "files")
    slow = replace(files, blobs=blobs)
    storing = asyncio.create_task(slow.store_generated(thread_id, ANN.user_id, "msg_1", "a", b"x"))
    await blobs.begun.wait()
    await threads.delete(database, thread_id, ANN.user_id)
    collector = Collector(database, blobs)
    await collector.collect()
    blobs.go_on.set()
    with pytest.raises(NotFound):
        await storing

    await database.execute(text("update chatkit.blob_removals set due_at = now()"))
    await collector.collect()

    assert not [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]
