"""OpenAI's own element, and what the page does where it cannot be had."""

import pytest
from playwright.async_api import BrowserContext, Route, expect

from app.settings import Settings
from tests.browser.chat import Chat

SCRIPT = "https://cdn.invalid/chatkit.js"
STAYS = """
customElements.define("openai-chatkit", class extends HTMLElement {
  setOptions(options) {
    this.textContent = `theirs, for ${options.api.domainKey}`;
    setTimeout(() => this.dispatchEvent(new CustomEvent("chatkit.ready")));
  }
});
"""
LEAVES = """
customElements.define("openai-chatkit", class extends HTMLElement {
  setOptions() { setTimeout(() => this.remove()); }
});
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"chatkit_script_url": SCRIPT, "domain_key": "domain_pk_test"})


async def serve_script(context: BrowserContext, script: str) -> None:
    """Stand in for OpenAI's host."""

    async def answer(route: Route) -> None:
        headers = {"content-type": "text/javascript", "access-control-allow-origin": "*"}
        await route.fulfill(body=script, headers=headers)

    await context.route(SCRIPT, answer)


@pytest.mark.proves("DOC-21", "EL-02")
async def test_openais_element_is_used_where_it_loads(context: BrowserContext) -> None:
    await serve_script(context, STAYS)
    page = await context.new_page()

    await page.goto("/")

    await expect(page.locator("openai-chatkit")).to_have_text("theirs, for domain_pk_test")
    await expect(page.get_by_test_id("element-failure")).to_have_count(0)


@pytest.mark.proves("EL-02", "EL-03")
async def test_a_script_that_does_not_load_is_said_loudly_and_replaced(context: BrowserContext) -> None:
    await context.route(SCRIPT, lambda route: route.abort())
    chat = Chat(await context.new_page())

    await chat.open()

    banner = chat.part("element-failure")
    await expect(banner).to_contain_text("could not be loaded")
    await expect(banner).to_have_attribute("role", "alert")
    await expect(chat.part("start-screen")).to_be_visible()


@pytest.mark.proves("EL-02", "EL-03")
async def test_an_element_that_takes_itself_away_is_replaced_after_a_reload(context: BrowserContext) -> None:
    await serve_script(context, LEAVES)
    chat = Chat(await context.new_page())

    await chat.open()

    await expect(chat.part("element-failure")).to_contain_text("removed itself")
    await serve_script(context, STAYS)
    await chat.part("element-failure").get_by_role("button").click()
    await expect(chat.page.locator("openai-chatkit")).to_have_text("theirs, for domain_pk_test")


@pytest.mark.proves("EL-03")
async def test_our_script_leaves_a_name_that_is_taken_alone(context: BrowserContext) -> None:
    await serve_script(context, STAYS)
    page = await context.new_page()
    await page.goto("/")
    await expect(page.locator("openai-chatkit")).to_have_text("theirs, for domain_pk_test")

    await page.evaluate("import('/chatkit.js')")

    await expect(page.locator("openai-chatkit")).to_have_text("theirs, for domain_pk_test")
