"""Widgets under hostile and broken JSON, under updates, with themes, and on a phone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.widget_page import WidgetPage, has_styles
from tests.browser.widget_stories import SHOWCASE, card, text


@pytest.fixture
async def page(blank: Page) -> AsyncIterator[WidgetPage]:
    page = WidgetPage(blank)
    yield page
    assert page.complaints == []


@pytest.mark.proves("EL-72", "EL-73")
@pytest.mark.parametrize(
    "root",
    [
        {
            "type": "CardCarousel",
            "children": [{"type": "Map", "children": text("inside")}],
            "unknown": {"a": [1]},
        },
        {"type": "Text", "value": "inside", "size": 3, "color": ["x"], "maxLines": "many"},
        {"type": "constructor", "children": [{"type": "__proto__", "children": [text("inside")]}, None, 3]},
        card(
            {"type": "Table.Cell", "children": [text("inside")]},
            border="x",
            padding=[],
            confirm="no",
            status=3,
        ),
    ],
)
async def test_what_is_not_known_shows_what_is_in_it(page: WidgetPage, root: dict[str, Any]) -> None:
    await page.show(root)

    await expect(page.component("Text")).to_have_text("inside")
    assert await page.happened("error") == []


@pytest.mark.proves("EL-74")
async def test_a_theme_holds_for_its_part_only(page: WidgetPage) -> None:
    pair = {"light": "rgb(1, 1, 1)", "dark": "rgb(2, 2, 2)"}
    inner = card(text("dark", color=pair), theme="dark")
    await page.show(
        {"type": "Basic", "children": [inner, card(text("light", color=pair))]}, "{ theme: 'light' }"
    )

    await has_styles(page.component("Text").nth(0), color="rgb(2, 2, 2)")
    await has_styles(page.component("Text").nth(1), color="rgb(1, 1, 1)")
    brightness = "node => parseFloat(getComputedStyle(node).backgroundColor.match(/[\\d.]+/)[0])"
    dark, light = [await page.component("Card").nth(at).evaluate(brightness) for at in range(2)]
    assert dark < 0.4 < light


@pytest.mark.proves("EL-75")
async def test_hostile_styles_and_addresses_do_nothing(page: WidgetPage) -> None:
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    await page.show(
        card(
            {
                "type": "Box",
                "background": "url(https://evil.example/a)",
                "width": "9px; position: fixed",
                "height": "expression(alert(1))",
                "margin": "-900px",
                "children": [text("box")],
            },
            {"type": "Image", "src": "javascript:alert(1)", "alt": "a"},
            {"type": "Image", "src": "/chatkit/secret", "alt": "b"},
            {"type": "Image", "src": "data:text/html,<script>x</script>", "alt": "c"},
            {"type": "Text", "value": "<img src=x onerror=alert(1)>"},
            {"type": "Markdown", "value": "<img src=x onerror=alert(1)>"},
            status={"text": "s", "favicon": "//evil.example/b"},
        )
    )

    await expect(page.component("Text").nth(1)).to_have_text("<img src=x onerror=alert(1)>")
    for at in range(3):
        assert await page.component("Image").nth(at).get_attribute("src") is None
    await expect(page.part("widget-status").locator("img")).to_have_count(0)
    await has_styles(page.component("Box"), position="static", background_image="none")
    await has_styles(page.widget.locator(".widget"), contain="paint")
    assert not [url for url in asked if "evil" in url or "secret" in url]


@pytest.mark.proves("EL-76")
async def test_updates_leave_focus_typed_values_and_open_lists_alone(page: WidgetPage) -> None:
    def form(title: str, *more: dict[str, Any]) -> dict[str, Any]:
        rows = [{"type": "ListViewItem", "children": [text(str(at))]} for at in range(4)]
        field = {"type": "Input", "id": "who", "name": "who", "placeholder": "Who"}
        listing = {"type": "ListView", "key": "list", "limit": 2, "children": rows}
        return {"type": "Basic", "children": [{"type": "Title", "value": title}, *more, field, listing]}

    await page.show(form("Before"))
    who = page.widget.get_by_label("Who")
    await page.part("widget-more").click()
    await who.fill("Ada Lovelace")
    await who.evaluate("node => node.setSelectionRange(2, 5)")

    await page.update(form("After", text("more"), {"type": "Col", "children": []}))

    await expect(page.component("Title")).to_have_text("After")
    await expect(who).to_be_focused()
    await expect(who).to_have_value("Ada Lovelace")
    assert await who.evaluate("node => [node.selectionStart, node.selectionEnd]") == [2, 5]
    await expect(page.widget.get_by_role("listitem")).to_have_count(4)

    field = {"type": "Input", "id": "who", "name": "who", "placeholder": "Who", "size": "lg"}
    await page.update(
        {"type": "Basic", "children": [{"type": "Row", "children": [{"type": "Col", "children": [field]}]}]}
    )
    await expect(who).to_be_focused()
    await expect(who).to_have_value("Ada Lovelace")
    assert await who.evaluate("node => [node.selectionStart, node.selectionEnd]") == [2, 5]


@pytest.mark.proves("EL-76")
async def test_parts_of_a_widget_are_updated_while_it_streams(page: WidgetPage) -> None:
    await page.show(
        card(
            text("Hel", id="text"),
            {"type": "Markdown", "id": "md", "value": "", "streaming": True},
            text("x", id="y"),
        )
    )
    await page.begin_answer()

    await page.change(type="widget.streaming_text.value_delta", component_id="text", delta="lo", done=False)
    await page.change(type="widget.streaming_text.value_delta", component_id="md", delta="**bo", done=False)
    await page.change(type="widget.streaming_text.value_delta", component_id="md", delta="ld**", done=True)
    await page.change(type="widget.streaming_text.value_delta", component_id="none", delta="lost", done=True)
    await page.change(type="widget.component.updated", component_id="y", component=text("swapped", id="y"))

    await expect(page.component("Text")).to_have_text(["Hello", "swapped"])
    await expect(page.component("Markdown").locator("strong")).to_have_text("bold")
    await page.change(type="widget.root.updated", widget=card(text("all new")))
    await expect(page.component("Text")).to_have_text(["all new"])
    await page.end()


@pytest.mark.proves("EL-77")
async def test_a_broken_widget_costs_itself_and_is_reported(page: WidgetPage) -> None:
    await page.show({})

    await expect(page.part("widget-broken")).to_have_text("Copied")
    await page.until("error")
    assert await page.happened("error") == ["WidgetItemError"]
    await page.update(card(text("whole again")))
    await expect(page.component("Text")).to_have_text(["whole again"])


async def test_everything_fits_into_a_phone(page: WidgetPage) -> None:
    await page.page.set_viewport_size({"width": 320, "height": 700})
    await page.show(SHOWCASE)

    await expect(page.component("Card").first).to_be_visible()
    assert await page.page.evaluate("document.documentElement.scrollWidth") == 320
    assert await page.part("timeline").evaluate("node => node.parentElement.scrollWidth") <= 320
