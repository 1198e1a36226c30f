"""Answers that ask: a tool of the page, and questions in a form."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from app.settings import Settings
from tests.browser.chat import Chat
from tests.provider.script import call_tool, say
from tests.provider.server import FakeProvider

AGENTS = Path(__file__).parents[1] / "turns/agents_that_wait.py"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"agent": f"{AGENTS}:agent"})


def told(provider: FakeProvider) -> str:
    """What the model was sent last, titles aside."""
    return str(provider.requests[-1].body["input"][-1])


async def test_the_page_runs_its_tool_and_the_answer_goes_on(chat: Chat, provider: FakeProvider) -> None:
    provider.respond(call_tool("window_size"))
    provider.respond(say("That is wide"))

    await chat.ask("How large is my window?")

    await expect(chat.answers).to_have_text("That is wide")
    assert '"width": 1280' in told(provider)


async def test_questions_are_answered_in_a_form(chat: Chat, provider: FakeProvider) -> None:
    provider.respond(call_tool("take_order"))
    provider.respond(say("Coming up"))
    await chat.ask("A pizza, please")
    form = chat.part("form")

    await form.get_by_label("small").check()
    await form.get_by_label("olives").check()
    await form.get_by_label("ham").check()
    await form.get_by_label("Another answer to: Any extras?").fill("pineapple")
    await form.get_by_label("What is your name?").fill("Ada")
    await chat.part("form-send").click()

    await expect(chat.answers).to_have_text("Coming up")
    await expect(form).to_have_count(0)
    await expect(chat.part("structured-input")).to_contain_text("olives, ham, pineapple")
    for line in ("Which size?: small", "Any extras?: olives, ham, pineapple", "What is your name?: Ada"):
        assert line in told(provider)


async def test_of_a_single_choice_what_is_written_replaces_what_was_picked(
    chat: Chat, provider: FakeProvider
) -> None:
    provider.respond(call_tool("take_order"))
    provider.respond(say("Coming up"))
    await chat.ask("A pizza, please")
    form = chat.part("form")

    await form.get_by_label("small").check()
    await form.get_by_label("Another answer to: Which size?").fill("enormous")
    await expect(form.get_by_label("small")).not_to_be_checked()
    await form.get_by_label("Another answer to: Which size?").press("Enter")

    await expect(chat.answers).to_have_text("Coming up")
    assert "Which size?: enormous" in told(provider)


async def test_a_form_is_still_there_after_a_reload_and_can_be_skipped(
    chat: Chat, provider: FakeProvider
) -> None:
    provider.respond(call_tool("take_order"))
    provider.respond(say("As you like"))
    await chat.ask("A pizza, please")

    await chat.reload()
    await chat.part("form-skip").click()

    await expect(chat.answers).to_have_text("As you like")
    await expect(chat.part("structured-input")).to_contain_text("Skipped")
    assert "skipped them" in told(provider)


async def test_an_answer_from_a_second_tab_that_was_faster_leaves_a_sentence(
    chat: Chat, provider: FakeProvider
) -> None:
    provider.respond(call_tool("take_order"))
    provider.respond(say("As you like"))
    await chat.ask("A pizza, please")
    other = Chat(await chat.page.context.new_page())
    await other.open(chat.page.url)
    await other.part("form-skip").click()
    await expect(other.answers).to_have_text("As you like")

    await chat.part("form-send").click()

    await expect(chat.part("failure")).to_contain_text("have been answered already")
