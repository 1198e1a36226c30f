"""Files in a bucket, with two servers that share nothing else but the database."""

import asyncio
from pathlib import Path

import pytest

from app.attachments.blobs import Blobs, new_key
from app.attachments.serving import served
from app.errors import ConfigurationError, NotFound, Unavailable
from app.settings import Settings
from tests.attachments.browser import Browser
from tests.attachments.bucket import stored
from tests.attachments.samples import image
from tests.commands import command
from tests.patience import PATIENCE
from tests.serving import serving

PLAIN = served("text/plain", "a.txt")


@pytest.fixture
def settings(settings: Settings, bucket: str) -> Settings:
    """Servers that keep files in the bucket."""
    return settings.model_copy(update={"files_url": "s3://files/of/tests"})


async def test_two_servers_share_a_bucket(settings: Settings, bucket: str, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    async with serving(settings) as one, serving(elsewhere) as other:
        browser = await Browser.opened(one)
        announced = await browser.announced("cat.png", 100, "image/png")
        url = announced["upload_descriptor"]["url"].replace(one.url, other.url)
        uploaded = await browser.client.http.put(url, content=image())
        assert uploaded.status_code == 200
        assert uploaded.json()["preview_url"].startswith(other.url)
        assert await stored(bucket) == 3

        await browser.send(announced["id"])
        at_other = browser.client.as_seen_by(other)
        item = next(item for item in await at_other.items(browser.thread_id) if item.get("attachments"))
        preview = await browser.get(item["attachments"][0]["preview_url"])
        assert preview.content.startswith(b"RIFF")
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name == "files"]

        await at_other.call("threads.delete", thread_id=browser.thread_id)
        async with asyncio.timeout(PATIENCE):
            while await stored(bucket):
                pass


@pytest.mark.proves("REL-55")
async def test_the_doctor_tries_a_bucket_and_leaves_nothing_in_it(bucket: str, database_url: str) -> None:
    inside = {"CHATKIT_DATABASE_URL": database_url}
    fine = await command("doctor", CHATKIT_FILES_URL="s3://files/of/tests", **inside)
    assert "[storage]" not in fine.out
    assert "[not-checked]" not in fine.out
    assert await stored(bucket) == 0
    broken = await command("doctor", CHATKIT_FILES_URL="s3://no-such-bucket/of/tests", **inside)
    assert "s3://no-such-bucket/of/tests" in broken.out
    assert "[storage]" in broken.out


@pytest.mark.proves("SEC-18")
async def test_what_is_there_is_never_written_over(settings: Settings, tmp_path: Path) -> None:
    for blobs in (Blobs(settings.files_url, tmp_path), Blobs(None, tmp_path / "folder")):
        key = new_key()
        await blobs.put(key, b"first", PLAIN)
        with pytest.raises(Unavailable):
            await blobs.put(key, b"second", PLAIN)

        assert await blobs.read(key) == b"first"
        await blobs.remove([key, "never/was"])
        with pytest.raises(NotFound):
            await blobs.read(key)


@pytest.mark.proves("REL-23")
async def test_a_bucket_that_is_away_is_a_refusal(settings: Settings) -> None:
    missing = settings.model_copy(update={"files_url": "s3://missing/x"})
    async with serving(missing) as server:
        browser = await Browser.opened(server)
        response = await browser.upload(b"x")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"


@pytest.mark.parametrize("url", ["http://files.example", "/srv/files", "s3:files"])
def test_an_address_that_names_no_storage_stops_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CHATKIT_FILES_URL"):
        Blobs(url, tmp_path)
