"""Uploads that lie, break off, or carry what they should not."""

import asyncio
import re
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.attachments.browser import Browser
from tests.attachments.samples import HTML, PDF, SVG, image, office
from tests.serving import RunningServer

LIMIT = 100_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Small files only."""
    return settings.model_copy(update={"max_file_bytes": LIMIT})


@pytest.fixture
def folder(settings: Settings) -> Path:
    """Where the server keeps files, and where they are while they arrive."""
    return settings.data_dir


def kept(folder: Path) -> list[Path]:
    """Every file of users that is anywhere."""
    return [path for part in ("files", "incoming") for path in (folder / part).rglob("*") if path.is_file()]


async def rows(database: Database) -> int:
    return int((await database.execute(text("select count(*) from chatkit.attachments"))).scalar_one())


@pytest.mark.proves("SEC-10", "WIRE-56", "FEAT-att-2")
@pytest.mark.parametrize(
    ("size", "status"), [(0, 400), (1, 200), (LIMIT, 200), (LIMIT + 1, 413), (10 * LIMIT, 413)]
)
@pytest.mark.parametrize("form", ["multipart", "raw", "chunked"])
async def test_a_file_has_its_limit_however_it_comes(
    browser: Browser, folder: Path, form: str, size: int, status: int
) -> None:
    data = b"x" * size

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, size, 10_000):
            yield data[start : start + 10_000]

    bodies: dict[str, dict[str, Any]] = {
        "multipart": {"files": {"file": ("a.txt", data)}},
        "raw": {"content": data},
        "chunked": {"content": chunks()},
    }
    response = await browser.client.http.post("/chatkit/files", **bodies[form])

    assert response.status_code == status, response.text
    assert (len(kept(folder)) == 1) is (status == 200)
    if status != 200:
        assert response.json()["message"]


@pytest.mark.proves("SEC-10", "FEAT-att-2")
@pytest.mark.parametrize("claimed", [1, 99_999])
async def test_an_announced_size_that_is_wrong_is_corrected(browser: Browser, claimed: int) -> None:
    announced = await browser.announced("a.txt", claimed)

    sent = await browser.client.http.post(announced["upload_descriptor"]["url"], content=b"x" * 5_000)

    assert sent.status_code == 200
    events = await browser.send(announced["id"])
    assert "5 000" in events.text or "5,000" in events.text


@pytest.mark.proves("SEC-10")
async def test_an_upload_that_stops_half_way_leaves_nothing_and_can_be_sent_again(
    browser: Browser, server: RunningServer, folder: Path
) -> None:
    announced = await browser.announced("a.txt", 50_000)
    address = urlsplit(announced["upload_descriptor"]["url"])
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n"
    writer.write(head.encode() + b"x" * 20_000)
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    sent = await browser.client.http.put(announced["upload_descriptor"]["url"], content=b"y" * 50_000)

    assert sent.status_code == 200
    assert len(kept(folder)) == 1


NO_FORMS = [
    b"",
    b"--b\r\n",
    b"--b--\r\n",
    b"no boundary at all",
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
    b'--b\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n\r\n--b--\r\n',
    b"--b\r\n" + b"X-Header: 1\r\n" * 1000 + b"\r\nx\r\n--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="o"\r\n\r\n' + b"x" * 150_000 + b"\r\n--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="o"\r\n\r\n\r\n' * 2_000,
    b"\x00" * 1000,
]


@pytest.mark.proves("SEC-10")
async def test_a_form_that_is_none_is_refused(browser: Browser, folder: Path) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"}
    for body in NO_FORMS:
        response = await browser.client.http.post("/chatkit/files", content=body, headers=headers)

        assert response.status_code == 400, (body[:60], response.text)
    assert kept(folder) == []


CONTENTS = [
    (HTML, "a.png", "text/html"),
    (b"   \n\t" + HTML, "a.txt", "text/html"),
    (b"\xef\xbb\xbf" + HTML, "a.txt", "text/html"),
    (SVG, "a.png", "image/svg+xml"),
    (b'<?xml version="1.0"?>' + SVG, "a.jpg", "image/svg+xml"),
    (b"GIF89a/*" + b"\x00" * 40 + b"*/=1;alert(1)", "a.gif", "application/octet-stream"),
    (b"\x89PNG\r\n\x1a\n" + HTML, "a.png", "application/octet-stream"),
    (image("PNG"), "a.html", "image/png"),
    (image("WEBP"), "a.txt", "image/webp"),
    (image("GIF", mode="P"), "a.gif", "image/gif"),
    (image("BMP"), "a.png", "application/octet-stream"),
    (PDF, "a.png", "application/pdf"),
    (office("xl/workbook.xml"), "a", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"a;b\n", "a.csv", "text/csv"),
    (b"MZ\x90\x00\x03", "a.txt", "application/octet-stream"),
    (b"\xff\xfeh\x00i\x00", "a.txt", "text/plain"),
    (b"#!/bin/sh\nrm -rf /\n", "a.jpg", "text/plain"),
    (b"\x00\x00\x00\x18ftypmp42", "a.png", "video/mp4"),
]


@pytest.mark.proves("SEC-12", "SEC-20")
async def test_the_type_is_that_of_the_bytes(browser: Browser) -> None:
    for data, name, kind in CONTENTS:
        attachment = await browser.uploaded(data, name, "image/png")

        assert attachment["mime_type"] == kind, data[:30]
        is_image = kind in ("image/png", "image/webp", "image/gif")
        assert attachment["type"] == ("image" if is_image else "file")
        assert ("preview_url" in attachment) is is_image


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header claims this size and which has hardly any pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.proves("SEC-13")
async def test_an_image_bomb_is_refused_before_it_is_decoded(browser: Browser, folder: Path) -> None:
    for side in (6_400, 10_000, 20_000):
        response = await browser.upload(png_of(side, side), "a.png", "image/png")

        assert response.status_code == 400
        assert "40 megapixels" in response.json()["message"]
    assert kept(folder) == []


@pytest.mark.proves("SEC-14")
async def test_a_preview_has_nothing_of_the_file_but_its_pixels(browser: Browser) -> None:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    data = image("JPEG", exif=exif.tobytes(), comment=b"SECRETCOMMENT")
    assert b"SECRETPLACE" in data

    attachment = await browser.uploaded(data, "a.jpg", "image/jpeg")

    preview = (await browser.get(attachment["preview_url"])).content
    assert b"SECRET" not in preview
    assert len(preview) < 2_000


HOSTILE_NAMES = [
    ("../../etc/passwd", "passwd"),
    ("..\\..\\boot.ini", "boot.ini"),
    ("C:\\fakepath\\a.png", "a.png"),
    ("a\x00b.txt", "ab.txt"),
    ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
    ("exe.\u202egnp.scr", "exe.gnp.scr"),
    ('"quoted".txt', '"quoted".txt'),
    ("...", "file"),
    ("", "file"),
    ("/", "file"),
    (" \t ", "file"),
    ("CON", "CON"),
    ("ü ☃.pdf", "ü ☃.pdf"),
    ("x" * 5_000 + ".pdf", "x" * 196 + ".pdf"),
]


@pytest.mark.proves("SEC-15", "SEC-18", "OP-attachments.create-1")
async def test_a_name_is_only_shown(browser: Browser, folder: Path) -> None:
    for name, shown in HOSTILE_NAMES:
        announced = await browser.announced(name, 5, "text/plain")
        sent = await browser.client.http.put(announced["upload_descriptor"]["url"], content=b"Hello")

        assert announced["name"] == shown
        assert sent.json()["name"] == shown

    paths = kept(folder)
    assert len(paths) == len(HOSTILE_NAMES)
    for path in paths:
        assert re.fullmatch(r"[0-9a-f]{32}", path.name)
        assert path.parent.parent == folder / "files"


@pytest.mark.proves("OP-attachments.create-1", "SEC-10")
async def test_an_announcement_out_of_bounds_makes_no_row(browser: Browser, database: Database) -> None:
    changes: list[dict[str, Any]] = [
        {"size": 0},
        {"size": -1},
        {"size": LIMIT + 1},
        {"size": 10**30},
        {"mime_type": "text"},
        {"mime_type": "text/plain\r\nX: 1"},
        {"mime_type": "x/" + "y" * 1000},
    ]
    for changed in changes:
        announced = {"name": "a.txt", "size": 5, "mime_type": "text/plain", **changed}

        response = await browser.client.post("attachments.create", **announced)

        assert response.status_code in (400, 413), response.text
    assert await rows(database) == 0


async def test_other_users_of_the_machine_cannot_read_the_files(browser: Browser, folder: Path) -> None:
    await browser.uploaded(b"private")

    assert {(folder / part).stat().st_mode & 0o077 for part in ("files", "incoming")} == {0}


@pytest.mark.proves("SEC-18")
async def test_a_link_in_the_folder_is_not_followed(browser: Browser, folder: Path, tmp_path: Path) -> None:
    attachment = await browser.uploaded(image(), "a.png")
    outside = tmp_path / "outside"
    outside.write_bytes(b"secret")
    for path in kept(folder):
        path.unlink()
        path.symlink_to(outside)

    response = await browser.get(attachment["preview_url"])

    assert response.status_code == 404
    assert b"secret" not in response.content
