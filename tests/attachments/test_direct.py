"""Files that browsers send to the object storage and fetch from it themselves."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa

from app.attachments import direct
from app.attachments.blobs import Blobs
from app.db.engine import Database
from app.errors import ConfigurationError
from app.settings import Settings
from tests.attachments.browser import Browser, with_files
from tests.attachments.bucket import stored
from tests.attachments.samples import HTML, PDF, image
from tests.patience import PATIENCE
from tests.serving import serving


@pytest.fixture
def settings(settings: Settings, bucket: str) -> Settings:
    """Servers whose browsers talk to the bucket."""
    return settings.model_copy(
        update={"files_url": "s3://files/of/tests", "files_direct": "all", "max_file_bytes": 100_000}
    )


async def put(attachment: dict[str, Any], data: bytes, kind: str = "text/html") -> httpx2.Response:
    """Send bytes to where an announced file is to go, as a browser does: with a type of its own choice."""
    descriptor = attachment["upload_descriptor"]
    assert descriptor["method"] == "PUT"
    async with httpx2.AsyncClient() as http:
        return await http.put(descriptor["url"], content=data, headers={"content-type": kind})


@pytest.mark.proves("FEAT-att-1")
async def test_a_file_goes_to_the_storage_and_comes_from_there(settings: Settings, bucket: str) -> None:
    async with serving(settings) as server:
        browser = await Browser.opened(server)
        announced = await browser.announced("cat.png", 100, "image/png")
        assert announced["upload_descriptor"]["url"].startswith(bucket)
        assert (await put(announced, image())).status_code == 200

        preview = await browser.get(announced["preview_url"])
        assert preview.status_code == 307
        assert preview.headers["referrer-policy"] == "no-referrer"
        shown = await browser.get(preview.headers["location"])
        assert shown.content.startswith(b"RIFF")
        assert shown.headers["content-type"] == "image/webp"
        assert shown.headers["content-disposition"].startswith("inline")

        await browser.send(announced["id"])
        item = next(item for item in await browser.client.items(browser.thread_id) if item.get("attachments"))
        assert item["attachments"][0]["mime_type"] == "image/png"
        assert await stored(bucket, "arriving/") == 0


async def test_an_address_of_the_storage_is_good_for_minutes(settings: Settings) -> None:
    async with serving(settings) as server:
        browser = await Browser.opened(server)
        announced = await browser.announced("a.txt", 1)
        query = parse_qs(urlsplit(announced["upload_descriptor"]["url"]).query)

    assert int(query["X-Amz-Expires"][0]) == direct.UPLOAD_LIFE.total_seconds()
    assert timedelta(minutes=5) >= direct.DOWNLOAD_LIFE


@pytest.mark.proves("SEC-12")
async def test_what_came_past_the_server_is_recognised_by_its_bytes(settings: Settings) -> None:
    async with serving(settings) as server:
        browser = await Browser.opened(server)
        announced = await browser.announced("cat.png", len(HTML), "image/png")
        await put(announced, HTML, "image/png")
        await browser.send(announced["id"])

        item = next(item for item in await browser.client.items(browser.thread_id) if item.get("attachments"))

    assert item["attachments"][0]["mime_type"] == "text/html"
    assert item["attachments"][0]["type"] == "file"


async def test_bytes_that_come_after_the_message_change_nothing(
    settings: Settings, database: Database
) -> None:
    async with serving(settings) as server:
        browser = await Browser.opened(server)
        announced = await browser.announced("a.pdf", len(PDF), "application/pdf")
        await put(announced, PDF)
        await browser.send(announced["id"])
        assert (await put(announced, HTML)).status_code == 200

        blobs = Blobs(settings.files_url, settings.data_dir)
        found = await database.execute(sa.text("select blob_key from chatkit.attachments"), {})
        key = found.scalar_one()
        served = await browser.get(await blobs.address("GET", key, direct.DOWNLOAD_LIFE))

    assert served.content == PDF
    assert served.headers["content-disposition"].startswith("attachment")
    assert served.headers["content-type"] == "application/octet-stream"


@pytest.mark.proves("SEC-10")
async def test_a_file_that_is_too_large_is_refused_when_it_is_sent(settings: Settings) -> None:
    async with serving(settings) as server:
        browser = await Browser.opened(server)
        announced = await browser.announced("a.txt", 10)
        await put(announced, b"x" * 100_001)
        refused = await browser.client.post(
            "threads.add_user_message", thread_id=browser.thread_id, input=with_files(announced["id"])
        )
        nothing_new = await browser.client.items(browser.thread_id)

    assert refused.status_code == 413
    assert not [item for item in nothing_new if item.get("attachments")]


async def test_a_file_that_has_not_arrived_is_refused_and_may_still_come(settings: Settings) -> None:
    async with serving(settings) as server:
        browser = await Browser.opened(server)
        announced = await browser.announced("a.txt", 1)
        early = await browser.client.post(
            "threads.add_user_message", thread_id=browser.thread_id, input=with_files(announced["id"])
        )
        assert early.status_code == 409
        await put(announced, b"x")
        await browser.send(announced["id"])

        assert [item for item in await browser.client.items(browser.thread_id) if item.get("attachments")]


async def test_a_stranger_cannot_send_what_has_arrived(settings: Settings) -> None:
    async with serving(settings) as server:
        browser, stranger = await Browser.opened(server), await Browser.opened(server)
        announced = await browser.announced("a.txt", 1)
        await put(announced, b"x")
        refused = await stranger.client.post(
            "threads.add_user_message", thread_id=stranger.thread_id, input=with_files(announced["id"])
        )
        unknown = await stranger.client.post(
            "threads.add_user_message", thread_id=stranger.thread_id, input=with_files("atc_unknown")
        )

    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)


async def test_two_servers_take_the_same_file_in_once(
    settings: Settings, bucket: str, tmp_path: Path
) -> None:
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    async with serving(settings) as one, serving(elsewhere) as other:
        browser = await Browser.opened(one)
        announced = await browser.announced("cat.png", 100, "image/png")
        await put(announced, image())
        there = announced["preview_url"].replace(one.url, other.url)
        answers = await asyncio.gather(*(browser.get(url) for url in (announced["preview_url"], there) * 4))

        assert [answer.status_code for answer in answers] == [307] * 8
        assert await stored(bucket) == 3


async def test_what_is_never_sent_is_removed(settings: Settings, bucket: str, database: Database) -> None:
    async with serving(settings) as server:
        browser = await Browser.opened(server)
        announced = await browser.announced("a.txt", 1)
        await put(announced, b"x")
        assert await stored(bucket, "arriving/") == 1
        await database.execute(sa.text("update chatkit.blob_removals set due_at = now()"), {})
        await browser.client.call("attachments.delete", attachment_id=announced["id"])
        async with asyncio.timeout(PATIENCE):
            while await stored(bucket):
                pass


@pytest.mark.parametrize("allowed", ["downloads", "all"])
def test_a_folder_cannot_be_talked_to(settings: Settings, allowed: str) -> None:
    in_folder = settings.model_copy(update={"files_url": None, "files_direct": allowed})
    with pytest.raises(ConfigurationError, match="CHATKIT_FILES_DIRECT needs an object storage"):
        direct.direct(Blobs(in_folder.files_url, in_folder.data_dir), in_folder.files_direct)
