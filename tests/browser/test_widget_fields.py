"""Fields of widgets: what can be written and chosen in them, and how they look."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.widget_page import WidgetPage, has_styles
from tests.browser.widget_stories import card


@pytest.fixture
async def page(blank: Page) -> AsyncIterator[WidgetPage]:
    page = WidgetPage(blank)
    yield page
    assert page.complaints == []


@pytest.mark.proves("EL-67", "EL-71")
async def test_written_fields_take_what_their_fields_say(page: WidgetPage) -> None:
    await page.show(
        card(
            {
                "type": "Input",
                "name": "mail",
                "inputType": "email",
                "defaultValue": "a@b.c",
                "placeholder": "Mail",
                "pattern": ".+",
                "required": True,
                "autoSelect": True,
                "variant": "soft",
                "size": "2xl",
                "gutterSize": "xl",
                "pill": True,
            },
            {"type": "Input", "name": "fill", "allowAutofillExtensions": True},
            {"type": "Input", "name": "off", "disabled": True},
            {
                "type": "Textarea",
                "name": "note",
                "placeholder": "Note",
                "rows": 2,
                "maxRows": 4,
                "autoResize": True,
                "size": "sm",
            },
        )
    )

    mail = page.widget.get_by_label("Mail")
    await expect(mail).to_have_attribute("type", "email")
    await expect(mail).to_have_attribute("pattern", ".+")
    await expect(mail).to_have_value("a@b.c")
    await has_styles(mail, min_height="46px", padding_left="20px", border_radius="999px")
    await mail.focus()
    await page.page.keyboard.type("x@y.z")
    await expect(mail).to_have_value("x@y.z")
    await expect(mail).to_have_attribute("data-1p-ignore", "")
    assert await page.widget.get_by_label("fill").get_attribute("data-1p-ignore") is None
    await expect(page.widget.get_by_label("off")).to_be_disabled()
    note = page.widget.get_by_label("Note")
    low = await note.evaluate("node => node.clientHeight")
    await note.fill("\n" * 3)
    higher = await note.evaluate("node => node.clientHeight")
    await note.fill("\n" * 30)
    highest = await note.evaluate("node => node.clientHeight")
    assert low < higher <= highest < 2.2 * low


OPTIONS = [
    {"value": "s", "label": "Small", "description": "for one"},
    {"value": "l", "label": "Large", "disabled": True},
]
CHOICES = card(
    {
        "type": "Select",
        "name": "size",
        "options": OPTIONS,
        "placeholder": "Size",
        "clearable": True,
        "block": True,
    },
    {
        "type": "DatePicker",
        "name": "day",
        "placeholder": "Day",
        "min": "2026-01-02T00:00:00Z",
        "max": "2026-12-30",
        "defaultValue": "2026-11-24T09:00:00Z",
        "clearable": True,
        "variant": "ghost",
        "pill": True,
    },
    {
        "type": "Checkbox",
        "name": "agree",
        "label": "I agree",
        "defaultChecked": True,
        "required": True,
    },
    {
        "type": "RadioGroup",
        "name": "plan",
        "ariaLabel": "Your plan",
        "direction": "row",
        "defaultValue": "b",
        "required": True,
        "options": [
            {"value": "a", "label": "Free"},
            {"value": "b", "label": "Paid"},
            {"value": "c", "label": "Old", "disabled": True},
        ],
    },
    {
        "type": "Select",
        "name": "none",
        "options": [],
        "disabled": True,
        "size": "lg",
        "variant": "soft",
    },
)


@pytest.mark.proves("EL-67", "EL-71")
async def test_choices_can_be_made_bounded_and_cleared(page: WidgetPage) -> None:
    await page.show(CHOICES)

    size = page.widget.get_by_label("Size").first
    await size.select_option("s")
    await expect(page.component("Select").first).to_contain_text("for one")
    await expect(size.locator("option[value=l]")).to_be_disabled()
    await page.widget.get_by_role("button", name="Clear: Size").click()
    await expect(size).to_have_value("")
    day = page.component("DatePicker").locator("input")
    await expect(day).to_have_value("2026-11-24")
    await expect(day).to_have_attribute("min", "2026-01-02")
    await expect(day).to_have_attribute("max", "2026-12-30")
    await page.widget.get_by_role("button", name="Clear: Day").click()
    await expect(day).to_have_value("")
    await expect(page.widget.get_by_role("checkbox", name="I agree")).to_be_checked()
    group = page.widget.get_by_role("radiogroup", name="Your plan")
    await expect(group.get_by_role("radio", name="Paid")).to_be_checked()
    await group.get_by_role("radio", name="Free").check()
    await expect(group.get_by_role("radio", name="Paid")).not_to_be_checked()
    await expect(group.get_by_role("radio", name="Old")).to_be_disabled()
    await has_styles(group, flex_direction="row")
    await expect(page.widget.get_by_label("none")).to_be_disabled()
