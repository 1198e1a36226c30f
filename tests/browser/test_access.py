"""For whom the page works: keyboard, screen reader, small and strange screens, a strict content policy."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chat import Chat
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer

LONG_WORDS = (
    "| a | b | c | d |\n|---|---|---|---|\n| " + " | ".join(["looooooooong"] * 4) + " |\n\n" + "x" * 300
)


@pytest.mark.proves("EL-14")
@pytest.mark.parametrize("width", [320, 390])
async def test_a_phone_can_do_all_of_it(
    browser: Browser, server: RunningServer, provider: FakeProvider, width: int
) -> None:
    provider.always(say(LONG_WORDS))
    context = await browser.new_context(
        base_url=server.url, viewport={"width": width, "height": 640}, has_touch=True, is_mobile=True
    )
    chat = Chat(await context.new_page())
    await chat.open()

    await chat.composer.fill("Hello")
    await chat.composer.press("Enter")
    await expect(chat.composer).to_have_value("Hello\n")
    await chat.part("send").tap()
    await chat.idle()
    await expect(chat.answers.locator("td").first).to_be_visible()

    too_wide = "element => element.scrollWidth > element.clientWidth"
    assert not await chat.page.locator("html").evaluate(too_wide)
    assert not await chat.page.locator(".scroller").evaluate(too_wide)
    await chat.part("open-history").tap()
    await chat.part("history-delete").tap()
    await chat.part("delete-confirm").tap()
    await expect(chat.part("history-row")).to_have_count(0)
    assert chat.complaints == []
    await context.close()


@pytest.mark.proves("EL-14")
async def test_everything_is_reached_by_keyboard_and_focus_comes_back(
    chat: Chat, provider: FakeProvider
) -> None:
    provider.always(say("Fine"))
    page = chat.page
    await chat.composer.focus()
    await page.keyboard.type("First line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await expect(chat.composer).to_have_value("First line\nsecond line")
    await page.keyboard.press("Enter")
    await chat.idle()
    await expect(chat.composer).to_be_focused()

    await page.keyboard.press("Shift+Tab")
    await expect(chat.part("retry")).to_be_focused()
    await chat.part("open-history").focus()
    await page.keyboard.press("Enter")
    await expect(chat.part("close-history")).to_be_focused()
    await expect(chat.composer).not_to_be_focused()
    await page.keyboard.press("Escape")
    await expect(chat.part("history")).to_be_hidden()
    await expect(chat.part("open-history")).to_be_focused()


@pytest.mark.proves("EL-14", "EL-19")
async def test_a_screen_reader_hears_the_answer_once_it_is_complete(
    chat: Chat, provider: FakeProvider
) -> None:
    provider.respond(say("A **bold", gate("half-way"), "** answer"))
    heard = chat.page.locator("openai-chatkit").get_by_role("status")

    await chat.send("Speak")

    await expect(heard).to_have_text("The answer is being written")
    await expect(chat.answers).to_have_attribute("aria-busy", "true")
    provider.release("half-way")
    await expect(heard).to_have_text("A bold answer")
    await expect(chat.page.get_by_role("region", name="Chat")).to_be_visible()
    for button in await chat.page.locator("openai-chatkit").get_by_role("button").all():
        assert await button.get_attribute("aria-label") or (await button.inner_text()).strip()


@pytest.mark.proves("EL-14")
async def test_enter_that_chooses_a_character_does_not_send(chat: Chat) -> None:
    await chat.composer.fill("にほ")
    composing = {"key": "Enter", "isComposing": True, "keyCode": 229, "bubbles": True, "cancelable": True}
    await chat.composer.dispatch_event("keydown", composing)

    await expect(chat.composer).to_have_value("にほ")
    await expect(chat.part("start-screen")).to_be_visible()


@pytest.mark.proves("EL-18")
async def test_light_and_dark_follow_the_system_and_the_visitor(
    browser: Browser, server: RunningServer
) -> None:
    context = await browser.new_context(base_url=server.url, color_scheme="dark")
    chat = Chat(await context.new_page())
    await chat.open()
    element = chat.page.locator("openai-chatkit")
    dark = "rgb(18, 19, 25)"

    await expect(element).to_have_css("background-color", dark)
    await chat.part("toggle-scheme").click()
    await expect(element).to_have_css("background-color", "rgb(255, 255, 255)")
    await chat.reload()
    await expect(element).to_have_css("background-color", "rgb(255, 255, 255)")
    await context.close()


@pytest.mark.proves("EL-01")
async def test_everything_comes_from_this_server_under_a_strict_policy(
    chat: Chat, server: RunningServer, provider: FakeProvider
) -> None:
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    response = await chat.page.goto("/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert re.search(r"style-src 'self'(;|$)", policy)

    provider.respond(say("```js\nlet a = 1;\n```\n\n| a |\n|---|\n| b |"))
    await chat.ask("Draw everything")
    await chat.open_history()

    assert {url for url in asked if not url.startswith(server.url)} == set()
