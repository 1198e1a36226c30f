"""The composer beyond plain text: files, mentions, commands, dictation, and what takes its place."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.composer_page import ComposerPage, base, message

DROP = """([target, name]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["dropped"], name, { type: "text/plain" }));
  const init = { bubbles: true, cancelable: true, composed: true };
  const event = (type) => new DragEvent(type, { dataTransfer: transfer, ...init });
  target.dispatchEvent(event("dragover"));
  window.drop = () => target.dispatchEvent(event("drop"));
}"""
PASTE = """(target) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["pasted"], "pasted.txt", { type: "text/plain" }));
  const init = { clipboardData: transfer, bubbles: true, cancelable: true };
  target.dispatchEvent(new ClipboardEvent("paste", init));
}"""


@pytest.fixture
async def page(blank: Page) -> AsyncIterator[ComposerPage]:
    page = ComposerPage(blank)
    await page.begin()
    yield page
    assert page.complaints == []


@pytest.mark.proves("EL-15", "EL-27")
async def test_picked_files_are_uploaded_and_sent_with_the_message(page: ComposerPage) -> None:
    await page.attach("photo.png", "notes.txt")
    await expect(page.chips).to_have_count(2)
    await expect(page.chips.nth(1)).to_have_attribute("data-state", "ready")
    await expect(page.chips.first.locator("img")).to_be_visible()

    await page.send("Look")

    await page.streams(1)
    [sent] = await page.sent("threads.add_user_message")
    assert sent["input"]["attachments"] == ["atc_1", "atc_2"]
    shown = page.questions.get_by_test_id("attachment")
    await expect(shown).to_have_count(2)
    await expect(page.questions.get_by_role("img", name="photo.png")).to_be_visible()
    await expect(shown.nth(1)).to_have_text("notes.txt")
    await expect(page.chips).to_have_count(0)


@pytest.mark.proves("EL-27")
async def test_a_message_waits_for_its_files(page: ComposerPage) -> None:
    await page.page.evaluate("window.hold = true")
    await page.attach("notes.txt")
    await expect(page.chips).to_have_attribute("data-state", "uploading")
    await expect(page.chips.get_by_role("progressbar")).to_be_visible()

    await page.send("Look")
    await expect(page.part("send")).to_be_disabled()
    await page.page.evaluate("proceed()")

    await expect(page.part("send")).to_be_enabled()
    await expect(page.composer).to_have_value("Look")


@pytest.mark.proves("EL-27")
async def test_what_cannot_be_attached_says_why(page: ComposerPage) -> None:
    await page.page.evaluate("window.refuse = 'This file holds a virus.'")
    await page.attach("notes.txt")
    await expect(page.chips).to_contain_text("This file holds a virus.")
    await page.page.evaluate("window.refuse = ''")
    await page.part("file-retry").click()
    await expect(page.chips).to_have_attribute("data-state", "ready")

    await page.attach("archive.zip")
    await expect(page.part("files-refused")).to_contain_text("archive.zip is of a kind that is not accepted")
    await page.attach("large.txt", size=1001)
    await expect(page.part("files-refused")).to_contain_text("large.txt is larger than 1,000 byte")
    await expect(page.chips).to_have_count(1)

    await page.page.get_by_role("button", name="Remove notes.txt").click()
    await expect(page.chips).to_have_count(0)
    await page.page.wait_for_function("asked.some(({ type }) => type === 'attachments.delete')")


@pytest.mark.proves("EL-27")
async def test_files_can_be_dropped_and_pasted(page: ComposerPage) -> None:
    timeline = await page.part("timeline").element_handle()
    await page.page.evaluate(DROP, [timeline, "dropped.txt"])
    await expect(page.part("drop-zone")).to_be_visible()
    await page.page.evaluate("drop()")
    await expect(page.part("drop-zone")).to_have_count(0)
    await page.composer.evaluate(PASTE)

    await expect(page.chips).to_have_text(["dropped.txt", "pasted.txt"], use_inner_text=True)


@pytest.mark.proves("EL-44")
async def test_a_page_puts_files_into_the_composer(page: ComposerPage) -> None:
    await page.page.evaluate(
        "chat.setComposerValue({ text: 'See', files: [new File(['x'], 'my.txt', { type: 'text/plain' })] })"
    )

    await expect(page.composer).to_have_value("See")
    await expect(page.chips).to_have_attribute("data-state", "ready")


@pytest.mark.proves("EL-32", "EL-37")
async def test_a_mention_is_found_and_chosen_by_keyboard(page: ComposerPage) -> None:
    await page.composer.press_sequentially("Ask @a")
    await expect(page.suggestions).to_have_text(["Ada Lovelace", "Alan Turing", "Plan"])
    await expect(page.composer).to_have_attribute("aria-expanded", "true")
    await expect(page.part("suggestions").locator(".group")).to_have_text(["People", "Documents"])

    await page.composer.press("ArrowDown")
    await page.composer.press("ArrowUp")
    await page.composer.press("Enter")
    await page.composer.press_sequentially("please")

    await expect(page.composer).to_have_value("Ask @Ada Lovelace please")
    await expect(page.part("composer-tag")).to_have_text("@Ada Lovelace")
    await expect(page.part("suggestions")).to_have_count(0)
    await page.composer.press("Enter")
    await page.streams(1)
    [sent] = await page.sent("threads.add_user_message")
    assert sent["input"]["content"] == [
        {"type": "input_text", "text": "Ask "},
        {
            "type": "input_tag",
            "id": "1",
            "text": "Ada Lovelace",
            "group": "People",
            "data": {"born": "1815"},
            "interactive": True,
        },
        {"type": "input_text", "text": " please"},
    ]


@pytest.mark.proves("EL-32", "EL-37")
async def test_the_menu_opens_from_its_button_closes_by_escape_and_takes_the_pointer(
    page: ComposerPage,
) -> None:
    await page.part("mention").click()
    await expect(page.suggestions).to_have_count(3)
    await page.composer.press("Escape")
    await expect(page.part("suggestions")).to_have_count(0)
    await page.composer.press_sequentially("pl")
    await page.suggestions.click()

    await expect(page.composer).to_have_value("@Plan ")
    await expect(page.composer).to_be_focused()


@pytest.mark.proves("EL-33", "EL-37")
async def test_commands_of_the_page_and_of_the_composer(page: ComposerPage) -> None:
    await page.composer.press_sequentially("/")
    await expect(page.suggestions).to_have_count(3)
    await expect(page.suggestions.first).to_contain_text("By name")
    await page.composer.press("Enter")
    await expect(page.composer).to_have_value("@Alan Turing ")

    await page.composer.fill("")
    await page.composer.press_sequentially("/search")
    await page.composer.press("ArrowDown")
    await page.composer.press("Enter")
    await expect(page.composer).to_have_value("")
    assert await page.happened("tool.change") == [{"toolId": "search"}]


@pytest.mark.proves("EL-36")
async def test_an_interactive_entity_is_previewed_and_pressed(page: ComposerPage) -> None:
    ada = {"type": "input_tag", "id": "1", "text": "Ada", "data": {"born": "1815"}, "interactive": True}
    plain = {"type": "input_tag", "id": "2", "text": "Alan", "data": {}}
    source = {"type": "entity", "id": "3", "title": "Plan", "inline_label": "the plan", "interactive": True}
    said = {
        "type": "output_text",
        "text": "See it.",
        "annotations": [{"type": "annotation", "index": 6, "source": source}],
    }
    await page.begin_answer()
    await page.arrives(message(ada, plain))
    await page.arrives(base("assistant_message", "asst_1", content=[said]))
    await page.end()

    tags = page.part("tag")
    await expect(tags).to_have_text(["Ada", "Alan"])
    await tags.first.hover()
    await expect(page.part("entity-preview")).to_contain_text("About Ada")
    await tags.first.click()
    await expect(page.part("entity-preview")).to_have_count(0)
    await tags.nth(1).click()
    await page.answers.get_by_role("button", name="Source 1: Plan").focus()
    await expect(page.part("entity-preview")).to_contain_text("About Plan")
    await page.page.keyboard.press("Escape")
    await expect(page.part("entity-preview")).to_have_count(0)
    await page.page.keyboard.press("Enter")

    clicked = await page.page.evaluate("clicked")
    assert [(entity["id"], entity["title"]) for entity in clicked] == [("1", "Ada"), ("3", "Plan")]
    assert clicked[0]["data"] == {"born": "1815"}


@pytest.mark.proves("EL-64")
async def test_questions_stand_in_the_composers_place_and_give_it_back(page: ComposerPage) -> None:
    question = {"id": "q", "type": "text", "question": "Your name?"}
    await page.composer.fill("A draft")
    await page.page.evaluate("chat.sendUserMessage({ text: 'Go' })")
    await page.streams(1)
    await page.arrives(message({"type": "input_text", "text": "Go"}))
    await page.arrives(base("structured_input", "sti_1", status="pending", inputs=[question]))
    await expect(page.composer).to_be_visible()
    await page.end()

    await expect(page.composer).to_have_count(0)
    await expect(page.part("timeline").get_by_test_id("structured-input")).to_have_count(0)
    await expect(page.part("form").get_by_label("Your name?")).to_be_focused()
    await page.page.keyboard.type("Ada")
    await page.part("form-send").click()
    await page.streams(2)
    answered = {**question, "answer": {"values": ["Ada"]}}
    await page.arrives(base("structured_input", "sti_1", status="answered", inputs=[answered]))
    await page.end()

    [sent] = await page.sent("threads.add_structured_input")
    assert sent["input"]["answers"] == {"q": {"values": ["Ada"], "skipped": False}}
    await expect(page.composer).to_have_value("A draft")
    await expect(page.composer).to_be_focused()
    await expect(page.part("structured-input")).to_contain_text("Ada")


@pytest.mark.proves("EL-66")
async def test_a_generated_image_grows_from_its_place_to_the_picture(page: ComposerPage) -> None:
    picture = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    await page.begin_answer()
    await page.arrives(message({"type": "input_text", "text": "Go"}))
    await page.event({"type": "thread.item.added", "item": base("generated_image", "img_1", image=None)})
    await expect(page.page.get_by_role("img", name="Creating image")).to_be_visible()

    update = {"type": "generated_image.updated", "image": {"id": "i", "url": picture}, "progress": 0.5}
    await page.event({"type": "thread.item.updated", "item_id": "img_1", "update": update})
    image = page.page.get_by_role("img", name="Generated image")
    await expect(image).to_have_class("image growing")
    await expect(page.page.get_by_role("progressbar")).to_have_attribute("aria-label", "Creating image")
    await page.arrives(base("generated_image", "img_1", image={"id": "i", "url": picture}))

    await expect(image).to_have_class("image")
    await expect(page.page.get_by_role("progressbar")).to_have_count(0)
    await page.end()


@pytest.mark.proves("EL-30")
async def test_what_is_said_is_added_to_what_is_written(page: ComposerPage) -> None:
    await page.composer.fill("Note")
    await page.part("dictate").click()
    await expect(page.part("dictating")).to_have_attribute("data-phase", "recording")
    await page.part("dictate-finish").click()

    await expect(page.composer).to_have_value("Note what was said")
    await expect(page.composer).to_be_focused()
    size, mime_type = await page.page.evaluate("heard")
    assert mime_type == "audio/webm;codecs=opus"
    assert size > 0


@pytest.mark.proves("EL-30")
async def test_dictation_can_be_discarded_and_says_when_it_cannot_be(page: ComposerPage) -> None:
    await page.part("dictate").click()
    await expect(page.part("dictating")).to_have_attribute("data-phase", "recording")
    await page.part("dictate-cancel").click()
    await expect(page.part("dictate")).to_be_visible()
    assert await page.sent("input.transcribe") == []

    await page.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }"
    )
    await page.part("dictate").click()
    await expect(page.part("dictation-problem")).to_contain_text("microphone cannot be used")
    await expect(page.part("dictate")).to_be_enabled()
