"""A real browser in front of a real server, answered for by the fake provider."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright

from app.page import STATIC
from app.settings import Settings
from tests.browser.chat import Chat
from tests.browser.chromium import running_chromium
from tests.browser.embedding import EMBEDDING, Embedded
from tests.serving import RunningServer, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser as such."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def settings(provided: Settings) -> Settings:
    """The built-in assistant on the fake provider. A stop counts at once."""
    return provided.model_copy(update={"disconnect_grace_seconds": 0.0, "titles": True})


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[RunningServer]:
    """The server under test, with the page that was built from `web/`."""
    assert (STATIC / "chatkit.js").is_file(), "build the page first: make app/static/index.html"
    async with serving(settings) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The address of a Chromium for all tests of this process."""
    with running_chromium() as address:
        yield address


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """That Chromium; what a test opens in it is gone when it is over."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium)
        yield browser
        await browser.close()


@pytest.fixture
async def blank(browser: Browser) -> AsyncIterator[Page]:
    """An empty page, for applications that bring their own answers: there is no server."""
    context = await browser.new_context(
        base_url="http://localhost", viewport={"width": 1000, "height": 900}, locale="en-GB"
    )
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def context(browser: Browser, server: RunningServer) -> AsyncIterator[BrowserContext]:
    """A visitor with a desktop window."""
    context = await browser.new_context(
        base_url=server.url, viewport={"width": 1280, "height": 800}, locale="en-GB"
    )
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    await context.close()


@pytest.fixture
async def chat(context: BrowserContext) -> AsyncIterator[Chat]:
    """The try-it page, open at the start of a new chat. Whatever it complains of fails the test."""
    chat = Chat(await context.new_page())
    await chat.open()
    yield chat
    assert chat.complaints == []


@pytest.fixture
async def embedded(context: BrowserContext) -> Embedded:
    """The element by itself, in an application's page."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=EMBEDDING, content_type="text/html; charset=utf-8")

    await context.route("**/an-application", answer)
    return Embedded(await context.new_page())
