"""One option is the language of the element's own texts and of what the server says through it."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chat import Chat
from tests.browser.embedding import Embedded
from tests.provider.script import http_error
from tests.provider.server import FakeProvider
from tests.serving import RunningServer


@pytest.mark.proves("EL-17", "EL-91", "FEAT-error-1")
@pytest.mark.parametrize(
    ("locale", "language", "send", "failure"),
    [
        ("de-CH", "de", "Nachricht senden", "Das Modell ist gerade ausgelastet. "),
        ("ja", "ja", "メッセージを送信", "モデルが混み合っています。"),
        ("zh-TW", "zh-tw", "傳送訊息", "模型目前忙碌，"),
        ("ur", "en", "Send message", "The model is busy right now. "),
    ],
)
async def test_element_and_server_speak_the_language_of_the_option(
    embedded: Embedded, provider: FakeProvider, locale: str, language: str, send: str, failure: str
) -> None:
    provider.always(http_error(429, retry_after_ms="1"))
    await embedded.start(f'{{ locale: "{locale}" }}')
    frame = embedded.page.get_by_role("region")

    await expect(frame).to_have_attribute("lang", language)
    await expect(frame).to_have_attribute("dir", "rtl" if locale == "ur" else "ltr")
    await expect(embedded.page.get_by_role("button", name=send)).to_be_visible()
    await embedded.send("Hello")

    await expect(frame).to_contain_text(failure)


async def test_the_page_speaks_the_language_of_the_browser(browser: Browser, server: RunningServer) -> None:
    context = await browser.new_context(base_url=server.url, locale="de-DE")
    chat = Chat(await context.new_page())
    await chat.open()

    await expect(chat.composer).to_have_attribute("placeholder", "Nachricht an die KI")
    await expect(chat.page.get_by_role("heading", name="Wobei kann ich Ihnen heute helfen?")).to_be_visible()
    await context.close()
