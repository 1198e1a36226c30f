"""What is pressed in a widget: who is told, with which values, and what shows that it is being done."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.widget_page import WidgetPage
from tests.browser.widget_stories import action, card, text


@pytest.fixture
async def page(blank: Page) -> AsyncIterator[WidgetPage]:
    page = WidgetPage(blank)
    yield page
    assert page.complaints == []


def button(label: str, does: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"type": "Button", "label": label, "onClickAction": does, **fields}


HOLD = """() => {
window.answers["threads.sync_custom_action"] = () => new Promise((resolve) => {
  window.finish = (widget) => resolve({ updated_item: widget ? item(widget) : null });
});
}"""


@pytest.mark.proves("EL-80", "EL-82", "EL-87")
async def test_a_double_click_sends_one_action_and_its_button_waits(page: WidgetPage) -> None:
    await page.show(card(button("Go", action("go", payload={"a": 1})), button("Other", action("other"))))
    go, other = (page.widget.get_by_role("button", name=name) for name in ("Go", "Other"))

    await go.dblclick()

    await expect(go).to_have_attribute("aria-busy", "true")
    await expect(go).to_be_disabled()
    await expect(other).to_be_disabled()
    await page.event(
        {"type": "thread.item.replaced", "item": await page.page.evaluate("item({ ...widget })")}
    )
    await page.end()
    await expect(go).to_be_enabled()
    await expect(other).to_be_enabled()
    [sent] = await page.sent("threads.custom_action")
    assert sent == {"thread_id": "thr_1", "item_id": "wig_1", "action": {"type": "go", "payload": {"a": 1}}}


@pytest.mark.proves("EL-34", "EL-80")
async def test_a_client_action_is_given_to_the_page_with_its_widget(page: WidgetPage) -> None:
    widget = card(button("Go", action("go", handler="client")))
    await page.show(
        widget, "{ widgets: { onAction: async (...call) => { window.called = JSON.stringify(call); } } }"
    )

    await page.widget.get_by_role("button", name="Go").click()

    await page.page.wait_for_function("window.called")
    assert await page.page.evaluate("JSON.parse(called)") == [
        {"type": "go"},
        {"id": "wig_1", "widget": widget},
    ]
    assert await page.sent("threads.custom_action") == []


@pytest.mark.proves("EL-81", "EL-82")
async def test_during_an_answer_only_what_needs_no_stream_works(page: WidgetPage) -> None:
    await page.show(
        card(
            button("Stream", action("a")),
            button("Page", action("b", handler="client")),
            button("Once", action("c", streaming=False)),
            {"type": "Select", "name": "s", "options": [], "onChangeAction": action("d")},
        )
    )
    await page.page.evaluate(HOLD)
    await page.begin_answer()

    await expect(page.widget.get_by_role("button", name="Stream")).to_be_disabled()
    await expect(page.widget.get_by_label("s")).to_be_disabled()
    await expect(page.widget.get_by_role("button", name="Page")).to_be_enabled()
    once = page.widget.get_by_role("button", name="Once")
    await once.click()
    await expect(once).to_have_attribute("aria-busy", "true")
    await page.page.evaluate("widget => finish(widget)", card(text("changed")))
    await expect(page.component("Text")).to_have_text("changed")
    await page.end()


@pytest.mark.proves("EL-82")
@pytest.mark.parametrize("ending", ["answer", "error", "stop"])
async def test_waiting_ends_however_the_action_ends(page: WidgetPage, ending: str) -> None:
    await page.show(card(button("Go", action("go", loadingBehavior="container"))))
    go = page.widget.get_by_role("button", name="Go")
    await go.click()
    await expect(page.widget.locator(".widget")).to_have_attribute("aria-busy", "true")
    await expect(page.widget.locator(".widget")).to_have_attribute("inert", "")

    if ending == "answer":
        await page.end()
    elif ending == "error":
        await page.page.evaluate("streams.at(-1).fail()")
    else:
        await page.event({"type": "stream_options", "stream_options": {"allow_cancel": True}})
        await page.part("stop").click()

    await expect(page.widget.locator(".widget")).to_have_attribute("aria-busy", "false")
    await expect(go).to_be_enabled()


@pytest.mark.proves("EL-82")
async def test_an_action_may_show_nothing_while_it_runs(page: WidgetPage) -> None:
    await page.show(card(button("Go", action("go", loadingBehavior="none", streaming=False))))
    await page.page.evaluate(HOLD)
    go = page.widget.get_by_role("button", name="Go")

    await go.click()

    await page.page.wait_for_function("window.finish !== undefined")
    await expect(go).to_be_enabled()
    assert await go.get_attribute("aria-busy") is None


FORM = {
    "type": "Form",
    "onSubmitAction": action("save", payload={"todo": {"id": 7}}),
    "children": [
        {"type": "Input", "name": "todo.title", "placeholder": "Title", "required": True},
        {"type": "Textarea", "name": "note", "placeholder": "Note", "pattern": "[a-z]*"},
        {"type": "Checkbox", "name": "urgent", "label": "Urgent"},
        {
            "type": "Select",
            "name": "size",
            "options": [{"value": "s", "label": "Small"}],
            "placeholder": "Size",
        },
        {"type": "DatePicker", "name": "day", "placeholder": "Day", "defaultValue": "2026-11-24T09:00:00Z"},
        button("Draft", action("draft", streaming=False)),
        button("Save", submit=True),
    ],
}


@pytest.mark.proves("EL-83", "EL-84", "EL-85")
async def test_a_form_is_checked_and_sent_with_its_values(page: WidgetPage) -> None:
    await page.show(card(FORM))
    title, note = page.widget.get_by_label("Title"), page.widget.get_by_label("Note")

    await page.widget.get_by_role("button", name="Save").click()
    await expect(title).to_be_focused()
    await title.fill("Write")
    await note.fill("NO")
    await page.widget.get_by_role("button", name="Save").click()
    await expect(note).to_be_focused()
    assert await page.sent("threads.custom_action") == []

    await note.fill("yes")
    await page.widget.get_by_label("Urgent").check()
    await page.widget.get_by_role("button", name="Draft").click()
    await title.press("Enter")
    await page.streams(1)
    await page.end()

    values = {"note": "yes", "urgent": True, "day": "2026-11-24"}
    [draft] = await page.sent("threads.sync_custom_action")
    assert draft["action"] == {"type": "draft", "payload": {"todo": {"title": "Write"}, **values}}
    [save] = await page.sent("threads.custom_action")
    assert save["action"] == {"type": "save", "payload": {"todo": {"id": 7, "title": "Write"}, **values}}


@pytest.mark.proves("EL-83")
async def test_a_key_of_the_payload_wins_over_a_field(page: WidgetPage) -> None:
    does = action("go", payload={"name": "given"}, streaming=False)
    field = {"type": "Input", "name": "name", "defaultValue": "typed"}
    await page.show(card({"type": "Form", "children": [field, button("Go", does)]}))

    await page.widget.get_by_role("button", name="Go").click()

    await page.until("error")
    assert await page.happened("error") == ["WidgetItemError"]
    [sent] = await page.sent("threads.sync_custom_action")
    assert sent["action"]["payload"] == {"name": "given"}


@pytest.mark.proves("EL-85", "EL-86")
async def test_a_card_as_form_is_checked_by_its_confirmation_only(page: WidgetPage) -> None:
    inner = {
        "type": "Form",
        "onSubmitAction": action("inner", streaming=False),
        "children": [{"type": "Input", "name": "own", "placeholder": "Own"}],
    }
    await page.show(
        card(
            {"type": "Input", "name": "name", "placeholder": "Name", "required": True},
            inner,
            asForm=True,
            confirm={"label": "Yes", "action": action("yes", streaming=False)},
            cancel={"label": "No", "action": action("no", streaming=False)},
        )
    )

    await page.part("widget-cancel").click()
    await page.part("widget-confirm").click()
    name = page.widget.get_by_label("Name")
    await expect(name).to_be_focused()
    await name.fill("Ada")
    await page.part("widget-confirm").click()
    await page.widget.get_by_label("Own").fill("mine")
    await page.widget.get_by_label("Own").press("Enter")

    await page.page.wait_for_function("asked.filter(({ type }) => type.includes('sync')).length === 3")
    assert [sent["action"] for sent in await page.sent("threads.sync_custom_action")] == [
        {"type": "no"},
        {"type": "yes", "payload": {"name": "Ada"}},
        {"type": "inner", "payload": {"own": "mine"}},
    ]


@pytest.mark.proves("EL-82", "EL-86")
async def test_a_control_outside_a_form_sends_its_own_value(page: WidgetPage) -> None:
    change = action("change", streaming=False)
    options = [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]
    await page.show(
        card(
            {
                "type": "Select",
                "name": "size",
                "options": options,
                "onChangeAction": change,
                "clearable": True,
            },
            {"type": "Checkbox", "name": "on", "label": "On", "onChangeAction": change},
            {"type": "RadioGroup", "name": "plan", "options": options, "onChangeAction": change},
            {"type": "DatePicker", "name": "day", "onChangeAction": change},
        )
    )

    await page.widget.get_by_label("size").select_option("s")
    await page.widget.get_by_role("button", name="Clear: size").click()
    await page.widget.get_by_label("On").check()
    await page.widget.get_by_label("Large").check()
    await page.component("DatePicker").locator("input").fill("2026-12-24")
    await page.component("DatePicker").locator("input").blur()

    await page.page.wait_for_function("asked.filter(({ type }) => type.includes('sync')).length === 5")
    payloads = [sent["action"].get("payload") for sent in await page.sent("threads.sync_custom_action")]
    assert payloads == [{"size": "s"}, None, {"on": True}, {"plan": "l"}, {"day": "2026-12-24"}]


@pytest.mark.proves("EL-80")
async def test_a_row_can_be_pressed_as_a_whole_and_by_keyboard(page: WidgetPage) -> None:
    row = {
        "type": "ListViewItem",
        "onClickAction": action("open", streaming=False),
        "children": [text("Water the plants"), button("Done", action("done", streaming=False))],
    }
    await page.show({"type": "ListView", "children": [row]})
    cover = page.widget.get_by_role("button", name="Water the plants")

    await page.component("Text").click(force=True)
    await expect(cover).to_be_enabled()
    await page.widget.get_by_role("button", name="Done", exact=True).click()
    await cover.press("Enter")

    await page.page.wait_for_function("asked.filter(({ type }) => type.includes('sync')).length === 3")
    kinds = [sent["action"]["type"] for sent in await page.sent("threads.sync_custom_action")]
    assert kinds == ["open", "done", "open"]


@pytest.mark.proves("EL-45")
async def test_a_page_sends_actions_of_its_own(page: WidgetPage) -> None:
    await page.show(card(text("x")))

    await page.page.evaluate("void chat.sendCustomAction({ type: 'own', payload: { a: 1 } }, 'wig_1')")
    await page.streams(1)
    await page.end()

    [sent] = await page.sent("threads.custom_action")
    assert sent == {"thread_id": "thr_1", "item_id": "wig_1", "action": {"type": "own", "payload": {"a": 1}}}
