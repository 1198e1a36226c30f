"""An answer is not lost: not by a reload, not in another tab, not when the network goes."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chat import Chat
from tests.browser.line import Line, line_to
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import RunningServer

STORY = say("Once upon a time", gate("half-way"), " there was a cat")
BEGINNING = "Once upon a time"
WHOLE = "Once upon a time there was a cat"


@pytest.fixture
async def line(server: RunningServer) -> AsyncIterator[Line]:
    async with line_to(server.url) as line:
        yield line


@pytest.fixture
async def distant(browser: Browser, line: Line) -> AsyncIterator[Chat]:
    """The page, over a line that can be cut."""
    context = await browser.new_context(base_url=line.url, locale="en-GB")
    chat = Chat(await context.new_page())
    await chat.open()
    yield chat
    await context.close()


async def begin(chat: Chat, provider: FakeProvider) -> None:
    """Ask for a story, and wait until it has begun."""
    provider.respond(STORY)
    await chat.send("A story")
    await expect(chat.answers).to_have_text(BEGINNING)


async def second_tab(chat: Chat) -> Chat:
    """Open the same chat in another tab."""
    other = Chat(await chat.page.context.new_page())
    await other.open(chat.page.url)
    return other


@pytest.mark.proves("EL-13", "FEAT-reload-1", "WIRE-40")
async def test_a_reload_in_mid_answer_shows_it_and_follows_it(chat: Chat, provider: FakeProvider) -> None:
    await begin(chat, provider)

    await chat.reload()

    await expect(chat.questions).to_have_text(["A story"])
    await expect(chat.answers).to_have_text([BEGINNING])
    await expect(chat.part("stop")).to_be_visible()
    provider.release("half-way")
    await expect(chat.answers).to_have_text([WHOLE])
    await chat.idle()


@pytest.mark.proves("EL-13")
async def test_a_second_tab_shows_the_same_answer_once(chat: Chat, provider: FakeProvider) -> None:
    await begin(chat, provider)
    other = await second_tab(chat)
    await expect(other.answers).to_have_text([BEGINNING])

    provider.release("half-way")

    for tab in (chat, other):
        await expect(tab.answers).to_have_text([WHOLE])
        await tab.idle()
    assert other.complaints == []


@pytest.mark.proves("EL-13", "WIRE-38")
async def test_stop_in_a_second_tab_stops_the_answer_in_both(
    chat: Chat, provider: FakeProvider, server: RunningServer
) -> None:
    await begin(chat, provider)
    other = await second_tab(chat)
    await expect(other.answers).to_have_text([BEGINNING])

    await other.stop()

    await chat.idle()
    await server.turns_ended()
    for tab in (chat, other):
        await expect(tab.answers).to_have_text([BEGINNING])
        await expect(tab.part("failure")).to_have_count(0)
    await chat.reload()
    await expect(chat.answers).to_have_text([BEGINNING])
    await chat.idle()


@pytest.mark.proves("EL-12")
async def test_a_connection_that_is_cut_in_mid_answer_is_made_again(
    distant: Chat, line: Line, provider: FakeProvider, server: RunningServer
) -> None:
    await begin(distant, provider)

    line.cut()
    await server.turns_unread()
    await server.read_by(1)
    provider.release("half-way")

    await expect(distant.answers).to_have_text([WHOLE])
    await distant.idle()
    await expect(distant.part("failure")).to_have_count(0)


@pytest.mark.proves("EL-12")
async def test_without_a_network_the_page_says_so_and_what_was_missed_comes_later(
    distant: Chat, line: Line, provider: FakeProvider, server: RunningServer
) -> None:
    await begin(distant, provider)

    line.go_down()
    await expect(distant.part("reconnecting")).to_be_visible()
    await expect(distant.page.locator("openai-chatkit").get_by_role("status")).to_have_text("Reconnecting")
    await expect(distant.answers).to_have_text([BEGINNING])
    provider.release("half-way")
    await server.turns_ended()
    line.come_up()

    await expect(distant.answers).to_have_text([WHOLE])
    await distant.idle()
    await expect(distant.part("reconnecting")).to_have_count(0)


@pytest.mark.proves("EL-12")
async def test_a_server_that_stays_away_is_given_up_and_can_be_tried_again(
    browser: Browser, line: Line, provider: FakeProvider
) -> None:
    context = await browser.new_context(base_url=line.url, locale="en-GB")
    chat = Chat(await context.new_page())
    clock = chat.page.clock
    await clock.install()
    await chat.open()
    await begin(chat, provider)

    line.go_down()
    await expect(chat.part("reconnecting")).to_be_attached()
    for _ in range(60):
        await clock.run_for(10_000)
    await clock.resume()
    await expect(chat.part("failure")).to_contain_text("could not be restored")
    await expect(chat.answers).to_have_text(BEGINNING)
    line.come_up()
    await chat.part("failure-retry").click()

    await expect(chat.part("failure")).to_have_count(0)
    provider.release("half-way")
    await expect(chat.answers).to_have_text([WHOLE])
    await context.close()


async def test_another_chat_can_be_opened_while_an_answer_goes_on(
    chat: Chat, provider: FakeProvider, server: RunningServer
) -> None:
    await begin(chat, provider)
    await chat.part("new-thread").click()
    await expect(chat.part("start-screen")).to_be_visible()
    await server.turns_unread()

    provider.release("half-way")
    await server.turns_ended()
    await chat.open_history()
    await chat.part("history-open-thread").click()

    await expect(chat.answers).to_have_text([WHOLE])
