"""`chatkitFetch` in a real browser, under a widget that knows nothing of it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from app.settings import Settings
from tests.browser.line import Line, line_to
from tests.browser.test_fallback import SCRIPT, serve_script
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer

WIDGET = """
customElements.define("openai-chatkit", class extends HTMLElement {
  setOptions(options) {
    this.api = options.api;
    this.dataset.ready = "yes";
    const known = new URLSearchParams(location.search).get("thread");
    setTimeout(() => this.dispatchEvent(new CustomEvent("chatkit.ready")));
    if (known && !this.threadId) {
      this.threadId = known;
      this.fetchUpdates();
    }
  }
  async fetchUpdates() {
    const response = await this.ask("threads.get_by_id", { thread_id: this.threadId });
    const { items } = await response.json();
    this.textContent = items.data.flatMap((item) => item.content.map((part) => part.text)).join(" | ");
  }
  ask(type, params) {
    const headers = { "content-type": "application/json" };
    this.running = new AbortController();
    const { signal } = this.running;
    const body = JSON.stringify({ type, params });
    return this.api.fetch(this.api.url, { method: "POST", headers, signal, body });
  }
  async send(text) {
    const content = [{ type: "input_text", text }];
    const input = { content, attachments: [], quoted_text: "", inference_options: {} };
    const response = await this.ask("threads.create", { input });
    const decoder = new TextDecoder();
    this.wire = "";
    try {
      for await (const chunk of response.body) this.take(decoder.decode(chunk, { stream: true }));
      this.dataset.outcome = "done";
    } catch (error) {
      this.dataset.outcome = error.name;
    }
  }
  take(text) {
    this.wire += text;
    const frames = this.wire.split("\\n\\n").slice(0, -1);
    const events = frames.map((frame) => JSON.parse(frame.replace(/^data: /, "")));
    const detail = { threadId: events[0].thread.id };
    if (!this.threadId) this.dispatchEvent(new CustomEvent("chatkit.thread.change", { detail }));
    this.threadId = detail.threadId;
    this.textContent = events.map(({ update }) => update?.delta ?? "").join("");
  }
});
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"chatkit_script_url": SCRIPT})


@pytest.fixture
async def line(server: RunningServer) -> AsyncIterator[Line]:
    async with line_to(server.url) as line:
        yield line


@pytest.fixture
async def context(browser: Browser, line: Line) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(base_url=line.url)
    await serve_script(context, WIDGET)
    yield context
    await context.close()


@pytest.fixture
async def page(context: BrowserContext, provider: FakeProvider) -> Page:
    """The try-it page, with a story that has begun in it."""
    provider.respond(say("Once upon a time", gate("half-way"), " there was a cat"))
    page = await context.new_page()
    await page.goto("/")
    await expect(page.locator("openai-chatkit")).to_have_attribute("data-ready", "yes")
    await page.evaluate("void document.querySelector('openai-chatkit').send('A story')")
    await expect(page.locator("openai-chatkit")).to_have_text("Once upon a time")
    return page


@pytest.mark.proves("WIRE-38")
async def test_a_cut_connection_is_mended_below_the_widget(
    page: Page, line: Line, provider: FakeProvider, server: RunningServer
) -> None:
    line.cut()
    await server.turns_unread()
    await server.read_by(1)
    provider.release("half-way")

    element = page.locator("openai-chatkit")
    await expect(element).to_have_attribute("data-outcome", "done")
    await expect(element).to_have_text("Once upon a time there was a cat")


@pytest.mark.proves("WIRE-38")
async def test_stop_stops_the_answer(page: Page, provider: FakeProvider, server: RunningServer) -> None:
    await page.evaluate("document.querySelector('openai-chatkit').running.abort()")

    await expect(page.locator("openai-chatkit")).to_have_attribute("data-outcome", "AbortError")
    await server.turns_ended()
    await page.reload()
    await expect(page.locator("openai-chatkit")).to_have_text("A story | Once upon a time")


@pytest.mark.proves("WIRE-38", "FEAT-reload-1")
async def test_a_reload_stops_nothing_and_the_answer_is_shown_to_its_end(
    page: Page, provider: FakeProvider, server: RunningServer
) -> None:
    await page.evaluate(
        "addEventListener('pagehide', () => document.querySelector('openai-chatkit').running.abort())"
    )
    await page.reload()

    element = page.locator("openai-chatkit")
    await expect(element).to_have_text("A story | Once upon a time")
    await server.read_by(1)
    provider.release("half-way")
    await expect(element).to_have_text("A story | Once upon a time there was a cat")


async def test_the_helper_is_one_module_that_other_pages_can_load(context: BrowserContext) -> None:
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.route("**/blank", lambda route: route.fulfill(body="", content_type="text/html"))
    await page.goto("/blank")
    asked.clear()

    kind = await page.evaluate("import('/chatkit-fetch.js').then((module) => typeof module.chatkitFetch())")

    assert kind == "function"
    assert len(asked) == 1
