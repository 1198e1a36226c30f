"""What a visitor of the demo sees of each feature, in a real browser, and sees again after a reload."""

from pathlib import Path

import pytest
from playwright.async_api import FilePayload, expect

from app.settings import Settings
from tests.attachments.samples import image
from tests.browser.chat import Chat

DEMO = Path(__file__).with_name("demo_at_once.py")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"agent": f"{DEMO}:assistant", "openai_api_key": None})


async def test_a_widget_is_drawn_and_its_actions_are_carried_out_and_kept(chat: Chat) -> None:
    await chat.ask("/widget")
    card = chat.part("widget")

    await card.get_by_role("button", name="Like").click()
    await expect(card).to_contain_text("1 like it")
    await card.get_by_role("button", name="Order").click()
    await expect(chat.answers.last).to_contain_text("I was told, by the server and not by you")

    await chat.reload()
    await expect(chat.part("widget")).to_contain_text("1 like it")


async def test_a_tool_runs_once_it_is_approved(chat: Chat) -> None:
    await chat.ask("/approve")
    await chat.reload()
    await expect(chat.part("form")).to_contain_text("1042")

    await chat.part("form").get_by_label("Approve").check()
    await chat.part("form-send").click()

    await expect(chat.answers.last).to_contain_text("You have allowed it, so the tool ran")


async def test_a_tool_that_is_refused_does_not_run(chat: Chat) -> None:
    await chat.ask("/approve")
    await chat.part("form").get_by_label("Refuse").check()
    await chat.part("form-send").click()

    await expect(chat.answers.last).to_contain_text("You have not allowed it")


async def test_a_picture_is_a_file_of_this_server_and_there_again_after_a_reload(chat: Chat) -> None:
    await chat.ask("/image")
    for _ in range(2):
        picture = chat.part("turn").locator("img").first
        await expect(picture).to_be_visible()
        source = str(await picture.get_attribute("src"))
        assert source.startswith(chat.page.url.split("/?")[0].rstrip("/") + "/chatkit/files/")
        assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        await chat.reload()


async def test_a_file_is_sent_along_and_the_model_is_told_of_it(chat: Chat) -> None:
    picture = FilePayload(name="sunset.png", mimeType="image/png", buffer=image())
    await chat.part("file-input").set_input_files([picture])
    await expect(chat.part("file-chip")).to_have_attribute("data-state", "ready")
    await chat.ask("/upload")

    await expect(chat.answers.last).to_contain_text("sunset.png")
    await expect(chat.questions.last.locator("img")).to_be_visible()
    await chat.reload()
    await expect(chat.questions.last.locator("img")).to_be_visible()


@pytest.mark.parametrize("command", ["/search cats", "/cite"])
async def test_sources_stand_below_the_answer(chat: Chat, command: str) -> None:
    await chat.ask(command)
    await expect(chat.part("sources").last).to_contain_text("openai.github.io")


async def test_the_chosen_model_answers(chat: Chat) -> None:
    await chat.page.get_by_label("Model").select_option("demo-quick")
    await chat.ask("/models")
    await expect(chat.answers.last).to_contain_text("demo-quick")


async def test_a_locked_conversation_takes_no_more_messages(chat: Chat) -> None:
    await chat.ask("/lock")
    await expect(chat.composer).to_be_disabled()
    await chat.reload()
    await expect(chat.composer).to_be_disabled()


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("/help", "/approve"),
        ("/think", "I am the demo model"),
        ("/weather Riga", "Riga"),
        ("/time Tokyo", "Tokyo"),
        ("/window", "1280"),
        ("/mention", "You have mentioned nothing"),
        ("/table", ""),
        ("/code", ""),
        ("/list", ""),
        ("/links", ""),
        ("/memory", ""),
    ],
)
async def test_every_other_command_ends_in_an_answer(chat: Chat, command: str, shown: str) -> None:
    await chat.ask(command)
    await expect(chat.answers.last).to_contain_text(shown)
