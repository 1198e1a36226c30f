"""Which files a message may take along: own, uploaded, each once, and each in one message only."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.attachments.browser import Browser, with_files
from tests.attachments.samples import image
from tests.serving import RunningServer, serving


async def states(database: Database) -> dict[str, str]:
    """The state of every file, by id."""
    found = await database.execute(text("select id, state from chatkit.attachments"))
    return {row.id: row.state for row in found}


async def count(database: Database, table: str) -> int:
    return int((await database.execute(text(f"select count(*) from chatkit.{table}"))).scalar_one())


@pytest.mark.proves("FEAT-att-1", "T13", "OP-threads.create-1", "OP-any-5")
@pytest.mark.parametrize("operation", ["threads.create", "threads.add_user_message"])
async def test_only_own_uploaded_and_unused_files_can_be_sent_each_once(
    browser: Browser, stranger: Browser, database: Database, operation: str
) -> None:
    free = (await browser.uploaded(b"free"))["id"]
    used = (await browser.uploaded(b"used"))["id"]
    await browser.send(used)
    pending = (await browser.announced("a.txt", 5))["id"]
    foreign = (await stranger.uploaded(b"foreign"))["id"]
    where = {} if operation == "threads.create" else {"thread_id": browser.thread_id}
    before = await count(database, "thread_items"), await count(database, "threads")

    async def refused(*ids: str) -> tuple[int, bytes]:
        response = await browser.client.post(operation, input=with_files(*ids), **where)
        return response.status_code, response.content

    unknown = await refused("atc_unknown")
    assert unknown[0] == 404
    assert await refused(free, foreign) == unknown
    assert await refused("\x00") == unknown
    assert (await refused(free, used))[0] == 409
    assert (await refused(pending))[0] == 409
    assert (await refused(free, free))[0] == 400
    assert (await refused(*(f"atc_{number}" for number in range(11))))[0] == 400
    assert (await count(database, "thread_items"), await count(database, "threads")) == before
    assert (await states(database))[free] == "uploaded"
    await browser.send(free)


async def test_a_file_alone_is_a_message(browser: Browser) -> None:
    file = await browser.uploaded(image(), "cat.png")
    async with browser.client.stream("threads.create", input=with_files(file["id"], text="")) as events:
        await events.rest()

    assert "image: cat.png image/png" in events.text
    (message,) = events.done_items("user_message")
    assert message["attachments"][0]["thread_id"] == message["thread_id"]


@pytest.mark.proves("FEAT-att-1")
async def test_of_two_messages_with_one_file_at_the_same_time_one_gets_it(
    browser: Browser, database: Database
) -> None:
    file = (await browser.uploaded(b"one"))["id"]

    async def create(words: str) -> int:
        return (await browser.client.post("threads.create", input=with_files(file, text=words))).status_code

    outcomes = Counter(await asyncio.gather(*(create(f"Look {number}") for number in range(8))))

    assert outcomes == {200: 1, 409: 7}
    assert await count(database, "threads") == 2


@pytest.mark.proves("OP-stream-3", "OP-threads.create-2")
async def test_a_repeated_message_with_a_file_is_not_a_second_one(
    browser: Browser, database: Database
) -> None:
    file = (await browser.uploaded(b"one"))["id"]

    async def create() -> int:
        return (await browser.client.post("threads.create", input=with_files(file))).status_code

    assert set(await asyncio.gather(*(create() for _ in range(4)))) == {200}
    assert await count(database, "threads") == 2


@pytest.mark.proves("OP-threads.retry_after_item-1", "FEAT-att-7")
async def test_a_retry_keeps_the_files_of_its_message_and_drops_later_ones(
    browser: Browser, database: Database
) -> None:
    first, second = (await browser.uploaded(b"first"))["id"], (await browser.uploaded(b"second"))["id"]
    message = (await browser.send(first)).done_items("user_message")[0]
    await browser.send(second)

    async with browser.client.stream(
        "threads.retry_after_item", thread_id=browser.thread_id, item_id=message["id"]
    ) as events:
        await events.rest()

    assert "file: a.txt text/plain, 5 bytes" in events.text
    assert await states(database) == {first: "attached"}


@pytest.mark.proves(
    "OP-attachments.delete-1", "OP-attachments.delete-2", "OP-attachments.delete-3", "WIRE-54"
)
async def test_only_own_unsent_files_are_deleted_and_nothing_is_told_of_others(
    browser: Browser, stranger: Browser, database: Database
) -> None:
    sent, unsent = (await browser.uploaded(b"sent"))["id"], (await browser.uploaded(b"unsent"))["id"]
    await browser.send(sent)
    foreign = (await stranger.uploaded(b"foreign"))["id"]

    for file in (unsent, unsent, sent, foreign, "atc_unknown", "\x00", "x" * 5_000):
        assert await browser.client.call("attachments.delete", attachment_id=file) == {}

    assert await states(database) == {sent: "attached", foreign: "uploaded"}


@pytest.mark.proves("OP-threads.get_by_id-3", "ITEM-user_message-1")
async def test_previews_are_fresh_on_another_server_with_another_public_address(
    browser: Browser, settings: Settings
) -> None:
    file = await browser.uploaded(image(), "cat.png")
    await browser.send(file["id"])
    moved = settings.model_copy(update={"public_url": "https://chat.example.com/base"})
    async with serving(moved) as other:
        client = browser.client.as_seen_by(other)
        thread = await client.call("threads.get_by_id", thread_id=browser.thread_id)
        listed = await client.items(browser.thread_id)

    for items in (thread["items"]["data"], listed):
        (attachment,) = next(item["attachments"] for item in items if item.get("attachments"))
        assert attachment["preview_url"].startswith(
            f"https://chat.example.com/base/chatkit/files/{file['id']}?for="
        )


async def test_an_assistant_without_files_says_so(settings: Settings) -> None:
    agent = settings.agent and settings.agent.replace(":assistant", ":without_files")
    async with serving(settings.model_copy(update={"agent": agent})) as server:
        browser = await Browser.opened(server)
        refused: list[Any] = [
            await browser.upload(b"x"),
            await browser.client.post("attachments.create", name="a", size=1, mime_type="a/b"),
            await browser.client.post("attachments.delete", attachment_id="atc_1"),
            await browser.client.post("threads.create", input=with_files("atc_1")),
        ]

    assert {response.status_code for response in refused} == {400}
    assert {response.json()["error"]["code"] for response in refused} == {"not_enabled"}


async def test_an_assistant_takes_the_types_it_says(settings: Settings, server: RunningServer) -> None:
    agent = settings.agent and settings.agent.replace(":assistant", ":images_only")
    async with serving(settings.model_copy(update={"agent": agent})) as picky:
        browser = await Browser.opened(picky)
        accepted = await browser.upload(image(), "a.png")
        refused = [
            await browser.upload(b"Hello", "a.png", "image/png"),
            await browser.upload(image(size=(3000, 3000), compress_level=0), "big.png"),
            await browser.client.post("attachments.create", name="a", size=1, mime_type="text/plain"),
        ]
        files = [(await browser.uploaded(image()))["id"] for _ in range(2)]
        too_many = await browser.client.post("threads.create", input=with_files(*files))

    assert accepted.status_code == 200
    assert [response.status_code for response in refused] == [400, 413, 400]
    assert "text/plain" in refused[0].json()["message"]
    assert too_many.status_code == 400
