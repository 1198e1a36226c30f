"""Every type of component, with every field it has: each has its effect on what is drawn."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.widget_page import WidgetPage, has_styles
from tests.browser.widget_stories import PIXEL, card, text


@pytest.fixture
async def page(blank: Page) -> AsyncIterator[WidgetPage]:
    page = WidgetPage(blank)
    yield page
    assert page.complaints == []


LAYOUT = {
    "type": "Basic",
    "direction": "row",
    "gap": 2,
    "padding": 3,
    "align": "start",
    "justify": "center",
    "children": [
        {
            "type": "Box",
            "direction": "row",
            "wrap": "wrap",
            "justify": "between",
            "align": "baseline",
            "flex": 2,
            "padding": {"top": 1, "x": "7px", "bottom": "0"},
            "margin": {"left": 2},
            "border": {"y": {"size": 2, "style": "dashed", "color": "red"}},
            "background": {"light": "rgb(1, 2, 3)", "dark": "blue"},
            "minWidth": 90,
            "maxHeight": 80,
            "radius": "lg",
            "children": [text("a")],
        },
        {
            "type": "Row",
            "size": 40,
            "aspectRatio": "2 / 1",
            "children": {"type": "Spacer", "minSize": 9},
        },
        {
            "type": "Col",
            "children": [{"type": "Divider", "color": "rgb(9, 9, 9)", "size": 3, "spacing": 2}],
        },
        {"type": "Transition", "children": text("moves")},
        {"type": "Form", "direction": "row", "children": []},
    ],
}


@pytest.mark.proves("EL-67", "EL-71")
async def test_layout_components_have_their_sizes_and_places(page: WidgetPage) -> None:
    await page.show(LAYOUT)

    box = page.component("Box")
    await has_styles(page.component("Basic"), flex_direction="row", column_gap="8px", padding="12px")
    await has_styles(page.component("Basic"), align_items="flex-start", justify_content="center")
    await has_styles(
        box, flex_direction="row", flex_wrap="wrap", justify_content="space-between", flex_grow="2"
    )
    await has_styles(box, padding="4px 7px 0px", margin_left="8px", align_items="baseline")
    await has_styles(box, border_top="2px dashed rgb(255, 0, 0)", border_left_width="0px")
    await has_styles(
        box, background_color="rgb(1, 2, 3)", min_width="90px", max_height="80px", border_radius="10px"
    )
    await has_styles(page.component("Row"), width="40px", height="40px", aspect_ratio="2 / 1")
    await has_styles(page.component("Spacer"), min_width="9px", flex_grow="1")
    await has_styles(
        page.component("Divider"), height="3px", background_color="rgb(9, 9, 9)", margin_top="8px"
    )
    await has_styles(page.component("Form"), flex_direction="row")
    await expect(page.component("Transition")).to_have_text("moves")


@pytest.mark.proves("EL-67", "EL-71")
async def test_text_components_have_their_size_weight_and_bounds(page: WidgetPage) -> None:
    long = "word " * 80
    await page.show(
        card(
            text(long, maxLines=2, size="xs", weight="bold", color="danger", textAlign="end", key="clamped"),
            text(long, truncate=True, width=120, italic=True, lineThrough=True),
            text("held", minLines=3, streaming=True),
            {"type": "Title", "value": "A title", "size": "5xl", "textAlign": "center"},
            {"type": "Caption", "value": "A caption", "size": "lg", "color": "blue-500"},
            {"type": "Markdown", "value": "**bold** [away](javascript:alert(1))", "streaming": False},
            {"type": "Label", "value": "Your name", "fieldName": "who", "weight": "semibold", "size": "xl"},
            {"type": "Input", "name": "who"},
            text(
                "Change me",
                editable={"name": "todo", "placeholder": "What?", "required": True, "pattern": "x+"},
            ),
        )
    )

    texts = page.component("Text")
    await has_styles(texts.nth(0), font_size="12px", font_weight="700", text_align="end", overflow="hidden")
    two_lines = await texts.nth(0).evaluate(
        "node => node.clientHeight / parseFloat(getComputedStyle(node).lineHeight)"
    )
    assert round(two_lines) == 2
    await has_styles(
        texts.nth(1), width="120px", font_style="italic", white_space="nowrap", text_overflow="ellipsis"
    )
    await expect(texts.nth(1)).to_have_css("text-decoration", "line-through")
    assert await texts.nth(2).evaluate("node => node.clientHeight > 60")
    await expect(texts.nth(2)).to_have_attribute("aria-busy", "true")
    await has_styles(page.component("Title"), font_size="48px", text_align="center")
    await expect(page.widget.get_by_role("heading", name="A title")).to_be_visible()
    await has_styles(page.component("Caption"), font_size="13.5px")
    await expect(page.component("Markdown").locator("strong")).to_have_text("bold")
    await expect(page.component("Markdown").locator("a")).to_have_count(0)
    await expect(page.widget.get_by_label("Your name")).to_have_attribute("data-component", "Input")
    await has_styles(page.component("Label"), font_weight="600")
    editable = page.widget.get_by_label("What?")
    await expect(editable).to_have_value("Change me")
    await expect(editable).to_have_attribute("required", "")
    await expect(editable).to_have_attribute("pattern", "x+")


SMALL_THINGS = card(
    {
        "type": "Badge",
        "label": "New",
        "color": "danger",
        "variant": "outline",
        "size": "lg",
        "pill": True,
    },
    {"type": "Icon", "name": "star", "size": "3xl", "color": "rgb(1, 2, 3)"},
    {"type": "Icon", "name": "no-such-icon"},
    {
        "type": "Image",
        "src": PIXEL,
        "alt": "A dot",
        "fit": "contain",
        "position": "bottom right",
        "size": 30,
        "radius": "full",
        "frame": True,
        "flush": True,
        "background": "rgb(4, 5, 6)",
        "flex": "1",
    },
    {
        "type": "Button",
        "label": "Go",
        "iconStart": "bolt",
        "iconEnd": "play",
        "iconSize": "xl",
        "block": True,
    },
    {
        "type": "Button",
        "iconStart": "plus",
        "uniform": True,
        "pill": True,
        "size": "3xl",
        "variant": "ghost",
    },
    {"type": "Button", "label": "No", "disabled": True, "style": "secondary", "color": "warning"},
)


@pytest.mark.proves("EL-67", "EL-71")
async def test_badges_icons_images_and_buttons_look_as_they_say(page: WidgetPage) -> None:
    await page.show(SMALL_THINGS)

    await has_styles(page.component("Badge"), border_radius="999px", font_size="13.95px")
    icons = page.component("Icon")
    await has_styles(icons.nth(0), color="rgb(1, 2, 3)")
    await expect(icons.nth(0).locator("svg")).to_have_attribute("width", "36")
    await expect(icons.nth(1).locator("svg")).to_be_visible()
    image = page.widget.get_by_role("img", name="A dot")
    await has_styles(
        image, object_fit="contain", object_position="100% 100%", width="30px", border_radius="9999px"
    )
    await has_styles(image, background_color="rgb(4, 5, 6)", flex_grow="1")
    go, plus, no = (page.component("Button").nth(at) for at in range(3))
    await expect(go.locator("svg")).to_have_count(2)
    await expect(go.locator("svg").first).to_have_attribute("width", "24")
    assert await go.evaluate("node => node.offsetWidth > 300")
    await expect(plus).to_have_accessible_name("plus")
    await has_styles(plus, width="50px", min_height="50px", border_radius="999px")
    await expect(no).to_be_disabled()


@pytest.mark.proves("EL-67", "EL-71")
async def test_cards_have_status_footer_and_a_body_that_folds(page: WidgetPage) -> None:
    done = card(
        text("What was done"),
        collapsed=True,
        size="sm",
        status={"text": "Booked", "favicon": PIXEL, "frame": True},
    )
    await page.show(
        card(
            text("Sure?"),
            confirm={"label": "Yes", "action": {"type": "yes", "handler": "client"}},
            collapsed=True,
        )
    )

    await expect(page.component("Text")).to_be_visible()
    await page.part("widget-confirm").click()
    await expect(page.component("Text")).to_be_hidden()
    await page.update(done)
    await expect(page.part("widget-status")).to_have_text("Booked")
    await expect(page.part("widget-status").locator("img")).to_be_visible()
    await expect(page.component("Text")).to_be_hidden()
    await has_styles(page.component("Card"), width="360px")
    await page.part("widget-fold").click()
    await expect(page.component("Text")).to_be_visible()


@pytest.mark.proves("EL-67", "EL-71")
async def test_lists_show_their_first_rows_and_then_all(page: WidgetPage) -> None:
    rows = [
        {"type": "ListViewItem", "gap": 5, "align": "end", "children": [text(str(at))]} for at in range(9)
    ]
    await page.show(
        {"type": "ListView", "limit": 3, "status": {"text": "Nine", "icon": "check"}, "children": rows}
    )

    items = page.widget.get_by_role("listitem")
    await expect(items).to_have_count(3)
    await has_styles(items.first.locator(".item-content"), column_gap="20px", align_items="flex-end")
    await page.part("widget-more").click()
    await expect(items).to_have_count(9)
    await expect(page.part("widget-status").locator("svg")).to_be_visible()


@pytest.mark.proves("EL-67", "EL-71")
async def test_tables_have_headers_spans_and_widths(page: WidgetPage) -> None:
    def cell(value: str, **fields: Any) -> dict[str, Any]:
        return {"type": "Table.Cell", "children": [text(value)], **fields}

    rows = [
        {"type": "Table.Row", "header": True, "children": [cell("City", colSize="lg"), cell("People")]},
        {
            "type": "Table.Row",
            "children": [cell("Lisbon", rowSpan=2, vAlign="end"), cell("1", align="end", width=99)],
        },
        {"type": "Table.Row", "children": [cell("2", padding={"x": "20px"})]},
        {"type": "Table.Row", "children": [cell("all", colSpan=2, align="center")]},
    ]
    await page.show({"type": "Basic", "children": [{"type": "Table", "children": rows}]})

    await expect(page.widget.get_by_role("columnheader")).to_have_text(["City", "People"])
    await has_styles(page.component("Table.Cell").nth(0), min_width="208px")
    lisbon = page.widget.get_by_role("cell", name="Lisbon")
    await expect(lisbon).to_have_attribute("rowspan", "2")
    await has_styles(lisbon, vertical_align="bottom")
    await has_styles(page.component("Table.Cell").nth(3), text_align="end", min_width="99px")
    await has_styles(page.component("Table.Cell").nth(4), padding_left="20px", padding_right="20px")
    await expect(page.component("Table.Cell").nth(5)).to_have_attribute("colspan", "2")


@pytest.mark.proves("EL-67", "EL-71")
async def test_charts_show_their_data_to_eyes_keys_and_screen_readers(page: WidgetPage) -> None:
    chart = {
        "type": "Chart",
        "height": 180,
        "width": "400px",
        "showYAxis": True,
        "showLegend": True,
        "showTooltip": True,
        "barGap": 2,
        "barCategoryGap": 30,
        "xAxis": {"dataKey": "month", "labels": {"2": "February"}},
        "data": [
            {"month": "1", "a": 10, "b": 3},
            {"month": "2", "a": 20, "b": 5},
            {"month": "3", "a": 15, "b": 9},
        ],
        "series": [
            {"type": "bar", "dataKey": "a", "label": "Apples", "color": "rgb(1, 2, 3)"},
            {"type": "area", "dataKey": "b", "label": "Pears", "curveType": "natural"},
            {"type": "line", "dataKey": "a", "label": "Trend", "curveType": "step", "color": "purple"},
        ],
    }
    await page.show(card(chart, size="full"))

    drawn = page.component("Chart")
    await has_styles(drawn, height="180px", width="400px")
    await expect(drawn.locator("svg rect[data-series=Apples]")).to_have_count(3)
    await has_styles(drawn.locator("svg rect[data-series=Apples]"), fill="rgb(1, 2, 3)")
    await expect(drawn.locator("svg path.line")).to_have_count(2)
    await expect(drawn.locator("svg path.area")).to_have_count(1)
    await expect(page.part("chart-legend").locator("li")).to_have_text(["Apples", "Pears", "Trend"])
    await expect(drawn.locator("svg text", has_text="February")).to_be_visible()
    await expect(drawn.get_by_role("rowheader")).to_have_text(["1", "February", "3"])
    plot = page.part("chart")
    await expect(plot).to_have_accessible_name("Chart: Apples, Pears, Trend")
    await plot.focus()
    await plot.press("ArrowRight")
    await plot.press("ArrowRight")
    await expect(page.part("chart-tip")).to_contain_text("February")
    await expect(page.part("chart-tip")).to_contain_text("Apples 20")
    await plot.press("Escape")
    await expect(page.part("chart-tip")).to_have_count(0)
