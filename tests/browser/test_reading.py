"""What is drawn of answers: Markdown from a source that is not trusted, sources, notices, long threads."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.provider.script import gate, say, url_citation
from tests.provider.server import FakeProvider
from tests.serving import RunningServer, user_input

HOSTILE = """\
<img src=x onerror="window.pwned=1"> <script>window.pwned=1</script>
<iframe src="javascript:parent.pwned=1"></iframe>

[press me](javascript:window.pwned=1) and [me](data:text/html,x) and [a real one](https://example.org/page)

![x](javascript:window.pwned=1) <a href="https://example.org" onclick="window.pwned=1">raw</a>

`<b onmouseover=alert(1)>` and <style>*{display:none}</style>
"""

RICH = """\
## A heading

| Left | Right |
|:-----|------:|
| a    | 1     |

```python
def answer() -> int:
    return 42
```

1. one
2. two
   - nested

The formula \\[ a_1 + b_1 \\] stays as it is.
"""


@pytest.mark.proves("EL-61")
async def test_markup_in_an_answer_is_inert(chat: Chat, provider: FakeProvider) -> None:
    provider.respond(say(HOSTILE))

    await chat.ask("Attack me")

    assert await chat.page.evaluate("window.pwned") is None
    await expect(chat.answers).to_contain_text('<img src=x onerror="window.pwned=1">')
    links = chat.answers.locator("a")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "https://example.org/page")
    await expect(links).to_have_attribute("rel", re.compile("noopener"))
    await expect(chat.answers.locator("img, script, iframe, style")).to_have_count(0)


@pytest.mark.proves("EL-61")
async def test_tables_code_and_lists_are_drawn_and_code_can_be_copied(
    chat: Chat, provider: FakeProvider
) -> None:
    provider.respond(say(RICH))

    await chat.ask("Show me")

    answer = chat.answers
    await expect(answer.locator("h2")).to_have_text("A heading")
    await expect(answer.locator("td[align=right]")).to_have_text("1")
    await expect(answer.locator("pre .hljs-keyword").first).to_have_text("def")
    await expect(answer.locator("ol > li")).to_have_count(2)
    await expect(answer.locator(".math")).to_have_text("\\[ a_1 + b_1 \\]")
    await answer.locator(".copy-code").click()
    await expect(answer.locator(".copy-code")).to_have_text("Copied")
    copied = await chat.page.evaluate("navigator.clipboard.readText()")
    assert copied == "def answer() -> int:\n    return 42"
    await chat.part("copy").click()
    await expect(chat.part("copy")).to_have_attribute("aria-label", "Copied")
    assert await chat.page.evaluate("navigator.clipboard.readText()") == RICH


@pytest.mark.proves("EL-61")
async def test_a_growing_text_is_steady(chat: Chat, provider: FakeProvider) -> None:
    """What has been drawn stays the same nodes: a selection in it survives the words that follow."""
    provider.respond(say("First block.\n\nSecond **block", gate("half-way"), "** goes on.\n\n- and\n- on"))
    await chat.send("Go")
    second = chat.answers.locator(".block").nth(1)
    await expect(second).to_have_text("Second block")
    await expect(second.locator("strong")).to_have_text("block")
    await chat.answers.locator("p").first.evaluate("node => { node.mine = true }")
    await second.locator("strong").evaluate("node => { node.mine = true }")

    provider.release("half-way")

    await expect(chat.answers.locator("li")).to_have_count(2)
    assert await chat.answers.locator("p").first.evaluate("node => node.mine")
    assert await second.locator("strong").evaluate("node => node.mine")


@pytest.mark.proves("EL-62")
async def test_citations_are_marked_and_listed(chat: Chat, provider: FakeProvider) -> None:
    text = "Riga was founded in 1201."
    citation = url_citation("https://example.org/riga", "History of Riga", len(text))
    provider.respond(say(text, citing=[citation]))

    await chat.ask("When?")

    marker = chat.answers.locator(".cite")
    await expect(marker).to_have_attribute("href", "https://example.org/riga")
    await expect(marker).to_have_attribute("aria-label", "Source 1: History of Riga")
    await chat.part("sources").locator("summary").click()
    await expect(chat.part("sources")).to_contain_text("History of Riga")
    await expect(chat.part("sources")).to_contain_text("example.org")


@pytest.mark.proves("EL-60")
async def test_a_selected_passage_can_be_quoted(chat: Chat, provider: FakeProvider) -> None:
    provider.always(say("Riga is the capital of Latvia."))
    await chat.ask("Where?")
    box = await chat.answers.locator("p").bounding_box()
    assert box is not None

    await chat.page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    await chat.page.mouse.down()
    await chat.page.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=4)
    await chat.page.mouse.up()
    await chat.part("quote").click()
    await expect(chat.composer).to_be_focused()
    await chat.send("Really?")

    await expect(chat.questions).to_have_count(2)
    await expect(chat.questions.nth(1).locator(".quoted")).to_have_text(re.compile("^Riga"))


@pytest.mark.proves("EL-35")
async def test_an_answer_is_followed_unless_the_reader_has_scrolled_away(
    chat: Chat, provider: FakeProvider
) -> None:
    screenful = "\n\n".join(f"{{part}} paragraph {number}" for number in range(40)) + "\n\n"
    parts = [screenful.format(part=part) for part in ("First", "Second", "Third")]
    provider.respond(say(parts[0], gate("second"), parts[1], gate("third"), parts[2]))
    await chat.send("Tell me a lot")
    await expect(chat.answers.get_by_text("First paragraph 39")).to_be_in_viewport()

    await chat.answers.get_by_text("First paragraph 20").hover()
    await chat.page.mouse.wheel(0, -600)
    await expect(chat.part("scroll-to-latest")).to_be_visible()
    provider.release("second")
    await expect(chat.answers.get_by_text("Second paragraph 39")).to_be_attached()
    await expect(chat.answers.get_by_text("Second paragraph 39")).not_to_be_in_viewport()

    await chat.part("scroll-to-latest").click()
    await expect(chat.answers.get_by_text("Second paragraph 39")).to_be_in_viewport()
    provider.release("third")
    await expect(chat.answers.get_by_text("Third paragraph 39")).to_be_in_viewport()


async def test_a_long_chat_opens_at_its_end_and_pages_back(
    chat: Chat, server: RunningServer, provider: FakeProvider
) -> None:
    provider.always(say("Fine"))
    await chat.ask("Message 0")
    cookies = {cookie["name"]: cookie["value"] for cookie in await chat.page.context.cookies()}
    client = server.client(cookie="; ".join(f"{name}={value}" for name, value in cookies.items()))
    thread_id = chat.page.url.partition("thread=")[2]
    for number in range(1, 30):
        async with client.stream(
            "threads.add_user_message", thread_id=thread_id, input=user_input(f"Message {number}")
        ) as events:
            await events.rest()

    await chat.reload()

    await expect(chat.questions.last).to_have_text("Message 29")
    await expect(chat.questions.last).to_be_in_viewport()
    await expect(chat.questions.first).to_have_text("Message 10")
    await chat.questions.first.scroll_into_view_if_needed()
    await expect(chat.questions.first).to_have_text("Message 0")
    await expect(chat.questions).to_have_count(30)
    await chat.part("scroll-to-latest").click()
    await expect(chat.questions.last).to_be_in_viewport()
