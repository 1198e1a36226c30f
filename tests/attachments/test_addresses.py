"""Signed addresses: what they open, what they do not, and how it is sent."""

import asyncio
from collections import Counter
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from app.attachments.addresses import LIFETIME, Addresses, Purpose
from app.attachments.serving import disposition
from app.errors import NotFound
from app.ids import AttachmentId
from tests.attachments.browser import Browser
from tests.attachments.samples import image

BASE = "https://chat.example"


def changed(url: str, **query: str) -> str:
    """An address with other values in its query."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **query})))


def parts_of(url: str) -> tuple[str, str, str, str]:
    query = dict(parse_qsl(urlsplit(url).query))
    return urlsplit(url).path.rpartition("/")[2], query["for"], query["until"], query["signature"]


@pytest.mark.proves("SEC-17", "SEC-35", "FEAT-att-4")
def test_an_address_is_good_for_its_file_its_purpose_and_its_time() -> None:
    now = [1_800_000_123.0]
    addresses = Addresses("k" * 32, lambda: now[0])
    url = addresses.address(BASE, AttachmentId("atc_1"), Purpose.PREVIEW)
    file, purpose, until, signature = parts_of(url)

    assert LIFETIME < addresses.check(file, purpose, until, signature) <= 2 * LIFETIME
    for wrong in (
        ("atc_2", purpose, until, signature),
        (file, "content", until, signature),
        (file, "upload", until, signature),
        (file, purpose, str(int(until) + 1), signature),
        (file, purpose, until, signature[:-1] + ("0" if signature[-1] != "0" else "1")),
        (file, purpose, until, ""),
        (file, purpose, until, "é\ud800"),
        (file, purpose, "", signature),
        (file, purpose, "٣", signature),
        (file, purpose, "9" * 5_000, signature),
    ):
        with pytest.raises(NotFound):
            addresses.check(*wrong)
    with pytest.raises(NotFound):
        Addresses("l" * 32, lambda: now[0]).check(file, purpose, until, signature)
    now[0] = float(until)
    with pytest.raises(NotFound):
        addresses.check(file, purpose, until, signature)


def test_an_address_stays_the_same_for_a_while_so_that_browsers_can_keep_what_they_got() -> None:
    now = [1_800_000_000.0]
    addresses = Addresses("k" * 32, lambda: now[0])
    first = addresses.address(BASE, AttachmentId("atc_1"), Purpose.PREVIEW)
    now[0] += LIFETIME - 1

    assert addresses.address(BASE, AttachmentId("atc_1"), Purpose.PREVIEW) == first


@pytest.mark.proves("SEC-17", "SEC-35", "FEAT-att-3")
async def test_whatever_is_wrong_with_an_address_is_one_refusal(browser: Browser) -> None:
    attachment = await browser.uploaded(image(), "a.png")
    other = await browser.uploaded(image(), "b.png")
    announced = await browser.announced("c.txt", 1)
    preview, ticket = attachment["preview_url"], announced["upload_descriptor"]["url"]
    text = await browser.uploaded(b"x")
    gone = await browser.uploaded(image(), "d.png")
    await browser.client.call("attachments.delete", attachment_id=gone["id"])

    refusals = [
        await browser.get(url)
        for url in (
            preview.partition("?")[0],
            preview.replace(attachment["id"], other["id"]),
            preview.replace(attachment["id"], "atc_unknown"),
            changed(preview, until="99999999999"),
            changed(preview, signature="0" * 64),
            changed(preview, **{"for": "content"}),
            preview.replace(attachment["id"], text["id"]),
            gone["preview_url"],
            ticket,
        )
    ]
    refusals += [
        await browser.client.http.put(url, content=b"x")
        for url in (
            preview,
            ticket.replace(announced["id"], text["id"]),
            ticket.replace(announced["id"], "atc_unknown"),
            changed(ticket, signature="0" * 64),
            ticket.partition("?")[0],
        )
    ]

    assert {(response.status_code, response.content) for response in refusals} == {(404, refusals[0].content)}
    assert (await browser.client.http.put(ticket, content=b"x")).status_code == 200


@pytest.mark.proves("FEAT-att-3", "SEC-16", "SEC-35")
async def test_of_many_uploads_to_one_address_one_counts(browser: Browser) -> None:
    announced = await browser.announced("a.txt", 1)
    url = announced["upload_descriptor"]["url"]

    async def put(content: bytes) -> tuple[int, bytes]:
        return (await browser.client.http.put(url, content=content)).status_code, content

    outcomes = await asyncio.gather(*(put(bytes([65 + number]) * 10) for number in range(6)))
    late = await browser.client.http.post(url, files={"file": ("a", b"late")})

    assert Counter(status for status, _ in outcomes) == {200: 1, 409: 5}
    assert late.status_code == 409


@pytest.mark.proves("SEC-20", "SEC-15", "FEAT-att-4", "SEC-17")
async def test_a_file_is_sent_so_that_no_browser_runs_it(browser: Browser) -> None:
    url = (await browser.uploaded(image("GIF", mode="P"), "a.gif"))["preview_url"]

    for headers in ({}, {"range": "bytes=0-3"}, {"range": "bytes=0-1,2-3," * 500}):
        response = await browser.get(url, **headers)
        assert response.status_code == 200
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
        assert response.headers["content-length"] == str(len(response.content))
        assert response.headers["cache-control"].startswith("private, max-age=")
        assert "set-cookie" not in response.headers


@pytest.mark.proves("SEC-15")
@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a.txt", "a.txt"),
        ('a".txt', "a_.txt"),
        ("a\\.txt", "a_.txt"),
        ("ü.txt", "_.txt"),
        ("a\r\nX: 1", "a__X: 1"),
        ("100%.txt", "100_.txt"),
    ],
)
def test_a_name_in_a_header_cannot_leave_its_quotes(name: str, plain: str) -> None:
    value = disposition("attachment", name)

    assert value.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
    assert value.isascii()
    assert value.isprintable()
