"""What a model is sent of the files in a conversation, over both of OpenAI's APIs."""

import base64
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import text

from app.attachments import Attachments
from app.attachments.attachments import described
from app.attachments.for_model import ModelFiles, reference, without_files
from app.db.engine import Database
from app.ids import ThreadId, UserId
from app.settings import Settings
from tests.attachments.browser import Browser
from tests.attachments.conftest import ANN
from tests.attachments.samples import PDF, image, office
from tests.provider.script import http_error, say
from tests.provider.server import FakeProvider
from tests.serving import serving


@pytest.fixture
def settings(settings: Settings, provider: FakeProvider) -> Settings:
    """A server on the fake provider."""
    access = {"openai_base_url": provider.base_url, "openai_api_key": SecretStr("sk-test"), "agent": None}
    return settings.model_copy(update=access)


@pytest.fixture
async def browser(settings: Settings, provider: FakeProvider) -> AsyncIterator[Browser]:
    """A browser of that server."""
    provider.respond(say("Hello"))
    async with serving(settings) as server:
        yield await Browser.opened(server)


def last_parts(provider: FakeProvider, nth: int = -1) -> list[dict[str, Any]]:
    """The parts of the nth message with parts that the provider was last sent."""
    with_parts = [
        item for item in provider.requests[-1].body["input"] if isinstance(item.get("content"), list)
    ]
    parts = [item["content"] for item in with_parts if item.get("role") == "user"]
    return list(parts[nth])


@pytest.mark.proves("ITEM-user_message-2", "SEC-14")
async def test_each_kind_of_file_is_sent_in_its_way(browser: Browser, provider: FakeProvider) -> None:
    picture = image("JPEG", (3000, 100), exif=_exif_with_a_place())
    files = [
        await browser.uploaded(picture, "cat.jpg"),
        await browser.uploaded(PDF, "a.pdf"),
        await browser.uploaded(office("word/document.xml"), "b.docx"),
        await browser.uploaded(b"x,y\n1,2\n", "c.csv"),
        await browser.uploaded(b"PK\x03\x04 nothing known", "d.zip"),
    ]
    provider.respond(say("Seen"))

    await browser.send(*(file["id"] for file in files), text="What is this?")

    words, seen, pdf, docx, table = last_parts(provider)
    assert words["text"].splitlines()[:3] == [
        "What is this?",
        "",
        f"[Attached image: cat.jpg (image/jpeg, {len(picture):,} bytes)]",
    ]
    assert "[Attached file: d.zip (application/zip, 18 bytes)]" in words["text"]
    kind, _, data = seen["image_url"].partition(";base64,")
    sent = Image.open(BytesIO(base64.b64decode(data)))
    assert (kind, sent.width, dict(sent.getexif())) == ("data:image/jpeg", 2048, {})
    assert pdf == {
        "type": "input_file",
        "filename": "a.pdf",
        "file_data": "data:application/pdf;base64," + base64.b64encode(PDF).decode(),
    }
    assert docx["file_data"].startswith("data:application/vnd.openxml")
    mark = f"of the file c.csv, {files[3]['id']}]"
    assert table == {"type": "input_text", "text": f"[Beginning {mark}\nx,y\n1,2\n\n[End {mark}"}


@pytest.mark.proves("ITEM-user_message-2")
async def test_later_turns_see_the_file_and_the_database_has_only_a_reference(
    browser: Browser, provider: FakeProvider, settings: Settings
) -> None:
    file = await browser.uploaded(image(), "cat.png")
    provider.respond(say("A cat"))
    await browser.send(file["id"])
    provider.respond(say("Still a cat"))

    await browser.client.say("And now?", browser.thread_id)

    assert last_parts(provider)[1]["image_url"].startswith("data:image/jpeg;base64,")
    stored = await _transcript(settings)
    assert f"chatkit-file:{file['id']}" in stored
    assert "base64" not in stored


@pytest.mark.proves("ITEM-user_message-4")
async def test_a_file_whose_bytes_are_gone_is_named_and_the_conversation_goes_on(
    browser: Browser, provider: FakeProvider, settings: Settings
) -> None:
    file = await browser.uploaded(image(), "cat.png")
    provider.respond(say("A cat"))
    await browser.send(file["id"])
    for path in (settings.data_dir / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    provider.respond(say("Gone"))

    events = await browser.client.say("And now?", browser.thread_id)

    assert events.text == "Gone"
    assert last_parts(provider)[1]["text"] == "[The file cat.png is not available any more.]"


@pytest.mark.proves("ITEM-user_message-4")
async def test_a_file_that_the_provider_refuses_is_not_sent_again(
    browser: Browser, provider: FakeProvider
) -> None:
    file = await browser.uploaded(PDF, "broken.pdf")
    provider.respond(http_error(400, "invalid_file", "The document could not be read."))
    await browser.send(file["id"])
    provider.respond(say("Without it, then"))

    events = await browser.client.say("Go on", browser.thread_id)

    assert events.text == "Without it, then"
    assert "file_data" not in str(provider.requests[-1].body)
    assert "broken.pdf" in str(provider.requests[-1].body)


async def test_a_long_text_is_cut_in_its_middle(browser: Browser, provider: FakeProvider) -> None:
    file = await browser.uploaded(b"begin" + b"x" * 100_000 + b"end", "long.txt")
    provider.respond(say("Long"))

    await browser.send(file["id"])

    text = last_parts(provider)[1]["text"]
    assert len(text) < 41_000
    assert "\nbegin" in text
    assert "end\n[End of the file" in text


async def test_chat_completions_get_images_and_texts_and_the_names_of_documents(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(say("Hello"))
    async with serving(settings.model_copy(update={"openai_api": "chat_completions"})) as server:
        browser = await Browser.opened(server)
        files = [
            await browser.uploaded(image(), "cat.png"),
            await browser.uploaded(PDF, "a.pdf"),
            await browser.uploaded(b"Hello", "b.txt"),
        ]
        provider.respond(say("Seen"))
        await browser.send(*(file["id"] for file in files))

    *_, message = provider.requests[-1].body["messages"]
    _, seen, pdf, text = message["content"]
    assert seen["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert pdf == {"type": "text", "text": "[The content of the file a.pdf cannot be shown to you.]"}
    assert "\nHello\n" in text["text"]


async def test_what_a_model_does_not_take_is_named_and_the_newest_files_come_first(
    files: Attachments, thread_id: ThreadId, database: Database
) -> None:
    names = ("old.png", "a.pdf", "new.png")
    contents = (image(), PDF, image())
    stored = [
        await files.store_generated(thread_id, ANN.user_id, "msg_1", name, data)
        for name, data in zip(names, contents, strict=True)
    ]
    attached = [
        described(file_id, name, "application/pdf" if name == "a.pdf" else "image/png", ANN.base_url)
        for file_id, name in zip(stored, names, strict=True)
    ]
    items = [{"role": "user", "content": [reference(file)]} for file in attached]

    async def texts(user_id: str = "ann", **takes: bool) -> list[str | None]:
        model = ModelFiles(database, files.blobs, **{"images": True, "documents": True, **takes})
        sent = await model.for_run(UserId(user_id)).resolved(items)
        return [item["content"][0].get("text") for item in sent]

    assert await texts() == [None, None, None]
    assert await texts(documents=False) == [
        None,
        "[The content of the file a.pdf cannot be shown to you.]",
        None,
    ]
    assert (await texts(images=False))[0] == "[The content of the file old.png cannot be shown to you.]"
    assert await texts("bob") == [f"[The file {name} is not available any more.]" for name in names]
    await database.execute(text("update chatkit.attachments set size = 20000000 where name = 'a.pdf'"))
    left_out = "[The file {} is left out: the files are too large together.]"
    assert await texts() == [None, left_out.format("a.pdf"), None]
    assert without_files(items) == [{"role": "user", "content": []}] * 3


def _exif_with_a_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()


async def _transcript(settings: Settings) -> str:
    import asyncpg

    assert settings.database_url is not None
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        rows = await connection.fetch("select item::text from chatkit.transcript_items")
    finally:
        await connection.close()
    return "\n".join(row[0] for row in rows)
