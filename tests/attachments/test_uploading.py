"""A file goes in, by every way that a page may take, and comes out again."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.attachments.browser import Browser
from tests.attachments.samples import PDF, image
from tests.serving import RunningServer


@pytest.mark.proves("DOC-08", "WIRE-50", "FEAT-att-5", "WIRE-53")
async def test_a_file_sent_at_once_is_an_attachment_without_metadata(browser: Browser) -> None:
    headers = {"chatkit-frame-instance-id": "1", "x-tenant": "a"}
    response = await browser.client.http.post(
        "/chatkit/files", files={"file": ("notes.txt", b"Hello", "text/plain")}, headers=headers
    )

    assert response.status_code == 200
    attachment = response.json()
    assert attachment == {
        "id": attachment["id"],
        "name": "notes.txt",
        "mime_type": "text/plain",
        "type": "file",
    }
    assert attachment["id"].startswith("atc_")


@pytest.mark.proves("WIRE-55", "FEAT-att-6", "FEAT-att-4")
async def test_the_preview_of_an_image_is_absolute_and_needs_no_cookie(
    browser: Browser, server: RunningServer
) -> None:
    attachment = await browser.uploaded(image(size=(2000, 1000)), "big.png", "image/png")

    assert attachment["type"] == "image"
    assert attachment["preview_url"].startswith(f"{server.url}/chatkit/files/{attachment['id']}?")
    preview = await browser.get(attachment["preview_url"], origin="https://cdn.platform.openai.com")
    assert preview.status_code == 200
    assert preview.headers["content-type"] == "image/webp"
    assert preview.headers["access-control-allow-origin"] == "*"
    assert preview.content.startswith(b"RIFF")


@pytest.mark.proves("DOC-05", "DOC-04", "OP-attachments.create-2", "OP-attachments.create-3", "WIRE-52")
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("form", ["multipart", "raw"])
async def test_an_announced_file_is_sent_to_the_address_it_was_given(
    browser: Browser, server: RunningServer, method: str, form: str
) -> None:
    data = image()
    announced = await browser.announced("cat.png", len(data), "image/png")

    assert set(announced) == {"id", "name", "mime_type", "type", "preview_url", "upload_descriptor"}
    descriptor = announced["upload_descriptor"]
    assert descriptor["method"] == "POST"
    assert descriptor["url"].startswith(f"{server.url}/chatkit/files/{announced['id']}?")
    body = {"files": {"file": ("x", data)}} if form == "multipart" else {"content": data}
    sent = await browser.client.http.request(method, descriptor["url"], **body)
    assert sent.status_code == 200, sent.text
    finished = {name: value for name, value in announced.items() if name != "upload_descriptor"}
    assert sent.json() == finished


@pytest.mark.proves("DOC-07", "WIRE-51")
async def test_the_name_of_an_announced_file_is_the_one_that_was_announced(browser: Browser) -> None:
    announced = await browser.announced("report.pdf", len(PDF), "application/pdf")

    sent = await browser.client.http.put(announced["upload_descriptor"]["url"], content=PDF)

    assert sent.json() == {
        "id": announced["id"],
        "name": "report.pdf",
        "mime_type": "application/pdf",
        "type": "file",
    }


async def test_a_file_goes_with_a_message_and_has_a_fresh_preview_after_a_reload(browser: Browser) -> None:
    picture = await browser.uploaded(image(), "cat.png", "image/png")
    text = await browser.uploaded(b"Hello", "notes.txt")

    events = await browser.send(picture["id"], text["id"])

    streamed = events.done_items("user_message")[0]["attachments"]
    assert [attachment["name"] for attachment in streamed] == ["cat.png", "notes.txt"]
    assert all("metadata" not in attachment for attachment in streamed)
    listed = [item for item in await browser.client.items(browser.thread_id) if item.get("attachments")]
    preview = listed[0]["attachments"][0]["preview_url"]
    assert set(parse_qs(urlsplit(preview).query)) == {"for", "until", "signature"}
    assert (await browser.get(preview)).status_code == 200
