"""A shop on hosted ChatKit, moved by the printed diff: with `chatkit-react`, plain script, our element."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, FilePayload, Request, Route, expect
from pydantic import SecretStr
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.answering import answering
from tests.attachments.samples import image
from tests.browser.chat import Chat
from tests.browser.moved_page import KINDS, Shop, moved_shop
from tests.serving import RunningServer
from tests.sessions.backend import KEY
from tests.sessions.conftest import AGENTS


@pytest.fixture
def at() -> Iterator[socket.socket]:
    """Where the shop is going to be; the chat's server is elsewhere."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound


@pytest.fixture
def settings(database_url: str, tmp_path: Path, at: socket.socket) -> Settings:
    """The demo in a hurry, for pages of the shop."""
    return Settings(
        database_url=SecretStr(database_url),
        data_dir=tmp_path / "data",
        agent=f"{AGENTS}:assistant",
        auth=("session",),
        server_key=SecretStr(KEY),
        allowed_origins=(f"http://127.0.0.1:{at.getsockname()[1]}",),
        disconnect_grace_seconds=0.0,
    )


@pytest.fixture(params=KINDS)
async def shop(
    request: pytest.FixtureRequest,
    server: RunningServer,
    at: socket.socket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Shop]:
    """Moved by the diff of its page and its back-end."""
    shop = await moved_shop(request.param, server.url, tmp_path, monkeypatch)
    async with answering(shop.app(), at) as shop.url:
        yield shop
    await shop.backend.client.close()


@pytest.fixture
async def chat(shop: Shop, server: RunningServer, context: BrowserContext) -> AsyncIterator[Chat]:
    """The page, with our element in the place of OpenAI's, which is not to be had here."""

    async def stand_in(route: Route) -> None:
        script = f'import("{server.url}/chatkit.js")'
        await route.fulfill(body=script, content_type="text/javascript")

    await context.route("https://cdn.platform.openai.com/**", stand_in)
    chat = Chat(await context.new_page())
    await chat.open(f"{shop.url}/")
    yield chat
    assert chat.complaints == []


@pytest.mark.proves("WIRE-61", "AB-65", "AB-67", "AB-85", "EL-10", "EL-16")
async def test_a_moved_page_sends_uploads_reloads_and_lists(
    chat: Chat, shop: Shop, server: RunningServer
) -> None:
    asked: list[Request] = []
    chat.page.on("request", lambda request: asked.append(request))
    await chat.ask("What is the weather?")
    picture = FilePayload(name="sunset.png", mimeType="image/png", buffer=image())
    await chat.part("file-input").set_input_files([picture])
    await expect(chat.part("file-chip")).to_have_attribute("data-state", "ready")
    await chat.ask("/upload")
    await expect(chat.answers.last).to_contain_text("sunset.png")
    assert len(shop.made) == 1

    await chat.reload()
    await expect(chat.questions).to_have_count(2)
    await expect(chat.questions.last.locator("img")).to_be_visible()
    await chat.open_history()
    await expect(chat.part("history-row")).to_have_count(1)

    assert len(shop.made) == 2
    given = [(request.url, (await request.all_headers()).get("authorization", "")) for request in asked]
    assert {secret for url, secret in given if not url.startswith(server.url)} == {""}
    assert not any(KEY in secret for _, secret in given)


@pytest.mark.proves("AB-66", "AB-65", "AB-85", "EL-10")
async def test_an_expired_secret_is_renewed_once_and_nobody_notices(
    chat: Chat, shop: Shop, database: Database
) -> None:
    await chat.ask("Hello")
    for so_far in (1, 2):
        assert len(shop.made) == so_far
        await database.execute(text("update chatkit.sessions set expires_at = now()"))
        await chat.ask("Hello again")
        await expect(chat.answers).to_have_count(so_far + 1)
    await database.execute(text("update chatkit.sessions set expires_at = now()"))
    async with chat.page.expect_response("**/api/create-session"):
        await chat.open_history()
    await expect(chat.part("history-row")).to_have_count(1)
    assert len(shop.made) == 4
