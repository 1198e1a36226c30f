"""A conversation in a real browser, from the first word to the database."""

import asyncpg
import pytest
from playwright.async_api import expect

from tests.browser.chat import Chat
from tests.provider.script import cut, gate, say, think
from tests.provider.server import FakeProvider
from tests.serving import RunningServer


@pytest.mark.proves("EL-06", "EL-54", "EL-55", "EL-60", "EL-61")
async def test_an_answer_appears_while_it_is_written(chat: Chat, provider: FakeProvider) -> None:
    provider.respond(say("The **first", gate("half-way"), " half** and the second"))

    await chat.send("Say it *slowly*")

    await expect(chat.questions).to_have_text("Say it *slowly*")
    await expect(chat.answers).to_have_text("The first")
    await expect(chat.answers.locator("strong")).to_have_text("first")
    await expect(chat.part("stop")).to_be_visible()
    provider.release("half-way")
    await expect(chat.answers).to_have_text("The first half and the second")
    await chat.idle()
    await expect(chat.part("send")).to_be_visible()


@pytest.mark.proves("WIRE-37", "WIRE-40", "EL-20")
async def test_stop_keeps_what_was_said_and_a_reload_finds_it(
    chat: Chat, provider: FakeProvider, server: RunningServer
) -> None:
    provider.respond(say("Once upon a time", gate("half-way"), " there was"))
    await chat.send("A story")
    await expect(chat.answers).to_have_text("Once upon a time")

    await chat.stop()
    await expect(chat.answers).to_have_text("Once upon a time")
    await expect(chat.part("failure")).to_have_count(0)
    await server.turns_ended()
    await chat.reload()

    await expect(chat.questions).to_have_text("A story")
    await expect(chat.answers).to_have_text("Once upon a time")


@pytest.mark.proves("EL-25", "EL-70", "OP-threads.retry_after_item-5")
async def test_an_answer_can_be_had_anew(chat: Chat, provider: FakeProvider) -> None:
    provider.respond(say("Heads"))
    provider.respond(say("Tails"))
    await chat.ask("Toss a coin")
    await expect(chat.answers).to_have_text("Heads")

    await chat.part("retry").click()

    await expect(chat.answers).to_have_text("Tails")
    await chat.idle()
    await chat.reload()
    await expect(chat.answers).to_have_text(["Tails"])


@pytest.mark.proves("EL-23", "EL-58", "FEAT-title-1")
async def test_chats_are_named_found_renamed_and_deleted(chat: Chat, provider: FakeProvider) -> None:
    provider.always(say("Fine"))
    await chat.ask("The first question")
    await expect(chat.part("thread-title")).to_have_text("A short title")
    await chat.part("new-thread").click()
    await expect(chat.part("start-screen")).to_be_visible()
    await expect(chat.composer).to_be_focused()
    await chat.ask("The second question")

    await chat.open_history()
    await expect(chat.part("history-row")).to_have_count(2)
    current = chat.part("history-row").nth(0)
    await current.hover()
    await current.get_by_test_id("history-rename").click()
    await chat.part("rename-input").fill("My second chat")
    await chat.part("rename-save").click()
    await expect(chat.history_row("My second chat")).to_be_visible()

    await chat.history_row("A short title").get_by_test_id("history-open-thread").click()
    await expect(chat.questions).to_have_text("The first question")
    await chat.open_history()
    await expect(chat.history_row("My second chat")).to_be_visible()
    await chat.history_row("A short title").hover()
    await chat.history_row("A short title").get_by_test_id("history-delete").click()
    await chat.part("delete-confirm").click()

    await expect(chat.part("history-row")).to_have_count(1)
    await expect(chat.history_row("My second chat")).to_be_visible()
    await chat.part("close-history").click()
    await expect(chat.part("start-screen")).to_be_visible()


async def test_the_conversation_on_the_screen_is_the_one_in_the_database(
    chat: Chat, provider: FakeProvider, database_url: str
) -> None:
    provider.respond(say("Riga is in Latvia"))
    await chat.ask("Where is Riga?")
    await chat.part("vote-up").click()
    await expect(chat.part("vote-up")).to_have_attribute("aria-pressed", "true")
    thread_id = chat.page.url.partition("thread=")[2]

    connection = await asyncpg.connect(database_url)
    try:
        stored = await connection.fetch(
            "select role, text from chatkit.thread_items where thread_id = $1 order by seq", thread_id
        )
        votes = await connection.fetch("select kind from chatkit.feedback where thread_id = $1", thread_id)
    finally:
        await connection.close()

    question, answer = await chat.questions.inner_text(), await chat.answers.locator("p").inner_text()
    assert [tuple(row) for row in stored] == [("user", question), ("assistant", answer)]
    assert [row["kind"] for row in votes] == ["positive"]


@pytest.mark.proves("EL-63")
async def test_reasoning_is_open_while_it_runs_and_folds_away(chat: Chat, provider: FakeProvider) -> None:
    provider.respond(think("**Weighing**\n\nThis against that", gate("thinking")), say("This"))

    await chat.send("Which?")

    toggle, steps = chat.part("workflow-toggle"), chat.part("workflow-tasks")
    await expect(toggle).to_have_attribute("aria-expanded", "true")
    await expect(steps).to_contain_text("This against that")
    provider.release("thinking")
    await expect(chat.answers).to_have_text("This")
    await expect(toggle).to_have_attribute("aria-expanded", "false")
    await expect(steps).to_be_hidden()
    await toggle.click()
    await expect(steps).to_be_visible()


@pytest.mark.proves("EL-69", "EL-51")
async def test_a_failed_answer_says_so_and_can_be_tried_again(chat: Chat, provider: FakeProvider) -> None:
    provider.respond(say("Half an ans", gate("half-way"), cut()))
    provider.respond(say("A whole answer"))
    await chat.send("Go")
    await expect(chat.answers).to_have_text("Half an ans")

    provider.release("half-way")
    await expect(chat.part("failure-retry")).to_be_visible()
    await expect(chat.answers).to_have_text("Half an ans")
    await chat.part("failure-retry").click()

    await expect(chat.answers).to_have_text("A whole answer")
    await expect(chat.part("failure")).to_have_count(0)


@pytest.mark.proves("EL-69")
async def test_a_refused_message_is_not_lost(
    chat: Chat, provider: FakeProvider, server: RunningServer
) -> None:
    provider.always(say("Fine"))
    await chat.ask("Hello")
    other = await chat.page.context.new_page()
    elsewhere = Chat(other)
    await elsewhere.open(chat.page.url)
    await elsewhere.open_history()
    await elsewhere.part("history-row").hover()
    await elsewhere.part("history-delete").click()
    await elsewhere.part("delete-confirm").click()
    await expect(elsewhere.part("history-row")).to_have_count(0)

    await chat.send("Are you still there?")

    await expect(chat.part("failure")).to_be_visible()
    await chat.part("failure-edit").click()
    await expect(chat.composer).to_have_value("Are you still there?")
