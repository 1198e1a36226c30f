"""What one user may keep, however fast they ask."""

import asyncio
from collections import Counter

import pytest

from app.settings import Settings
from tests.attachments.browser import Browser
from tests.serving import RunningServer, serving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Little room."""
    return settings.model_copy(update={"max_unsent_files": 5, "max_user_file_bytes": 10_000})


@pytest.mark.proves("SEC-11", "OP-attachments.create-1")
async def test_unsent_files_are_counted_also_when_they_come_at_once_on_two_servers(
    browser: Browser, settings: Settings
) -> None:
    async with serving(settings) as other:
        elsewhere = Browser(browser.client.as_seen_by(other), browser.thread_id)
        uploads = [side.upload(b"x") for side in (browser, elsewhere) for _ in range(10)]
        announcements = [
            side.client.post("attachments.create", name="a", size=1, mime_type="a/b")
            for side in (browser, elsewhere)
            for _ in range(10)
        ]
        responses = await asyncio.gather(*uploads, *announcements)

    assert Counter(response.status_code for response in responses) == {200: 5, 409: 35}
    assert {r.json()["error"]["code"] for r in responses if r.status_code == 409} == {"quota_exceeded"}


@pytest.mark.proves("SEC-11")
async def test_bytes_are_counted_and_given_back(browser: Browser, stranger: Browser) -> None:
    responses = await asyncio.gather(*(browser.upload(b"x" * 3_000) for _ in range(5)))
    files = [response.json()["id"] for response in responses if response.status_code == 200]

    assert len(files) == 3
    assert (await stranger.upload(b"x" * 3_000)).status_code == 200
    await browser.send(*files)
    assert (await browser.upload(b"x" * 3_000)).status_code == 409
    await browser.client.call("threads.delete", thread_id=browser.thread_id)
    assert (await browser.upload(b"x" * 3_000)).status_code == 200


@pytest.mark.proves("SEC-11", "FEAT-att-2")
async def test_an_announced_file_that_is_larger_than_it_said_needs_the_room(browser: Browser) -> None:
    announced = await browser.announced("a.txt", 1)
    await browser.uploaded(b"x" * 9_000)
    url = announced["upload_descriptor"]["url"]

    too_large = await browser.client.http.put(url, content=b"x" * 1_001)
    fitting = await browser.client.http.put(url, content=b"x" * 1_000)

    assert (too_large.status_code, fitting.status_code) == (409, 200)
    assert too_large.json()["error"]["code"] == "quota_exceeded"


async def test_a_quota_is_not_the_servers(browser: Browser, server: RunningServer) -> None:
    for _ in range(5):
        await browser.uploaded(b"x")

    assert (await browser.upload(b"x")).status_code == 409
    assert (await (await Browser.opened(server)).upload(b"x")).status_code == 200
