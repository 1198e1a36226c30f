"""One widget for each type of component, with every field it has."""

from typing import Any

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


def text(value: str, **fields: Any) -> dict[str, Any]:
    """Return a Text."""
    return {"type": "Text", "value": value, **fields}


def card(*children: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a Card."""
    return {"type": "Card", "children": list(children), **fields}


def action(kind: str, **fields: Any) -> dict[str, Any]:
    """Return an action."""
    return {"type": kind, **fields}


BUTTONS = [
    {"type": "Button", "label": variant, "variant": variant, "color": color, "size": size}
    for variant, color, size in (
        ("solid", "primary", "md"),
        ("soft", "info", "sm"),
        ("outline", "success", "lg"),
        ("ghost", "danger", "xl"),
        ("solid", "discovery", "3xs"),
        ("solid", "caution", "3xl"),
        ("soft", "warning", "2xs"),
        ("outline", "secondary", "2xl"),
    )
]

SHOWCASE = {
    "type": "Basic",
    "gap": 4,
    "children": [
        card(
            {
                "type": "Row",
                "children": [
                    {"type": "Icon", "name": "maps", "size": "xl", "color": "emphasis"},
                    {
                        "type": "Col",
                        "gap": 0,
                        "children": [
                            {"type": "Title", "value": "Flight to Lisbon", "size": "md"},
                            {"type": "Caption", "value": "Tue 24 November · 2 h 55 min"},
                        ],
                    },
                    {"type": "Spacer"},
                    {"type": "Badge", "label": "On time", "color": "success", "pill": True},
                ],
            },
            {"type": "Divider", "flush": True},
            {
                "type": "Row",
                "justify": "between",
                "children": [
                    {
                        "type": "Col",
                        "gap": 0,
                        "children": [{"type": "Title", "value": "BER", "size": "xl"}, text("08:10")],
                    },
                    {"type": "Icon", "name": "chevron-right", "color": "tertiary"},
                    {
                        "type": "Col",
                        "gap": 0,
                        "align": "end",
                        "children": [{"type": "Title", "value": "LIS", "size": "xl"}, text("11:05")],
                    },
                ],
            },
            status={"text": "Travel desk", "icon": "globe"},
            confirm={"label": "Book", "action": action("book")},
            cancel={"label": "Not now", "action": action("later")},
        ),
        {
            "type": "ListView",
            "limit": 2,
            "status": {"text": "Four tasks", "icon": "notebook"},
            "children": [
                {
                    "type": "ListViewItem",
                    "key": name,
                    "onClickAction": action("open", payload={"name": name}),
                    "children": [
                        {"type": "Icon", "name": "check-circle"},
                        text(name),
                        {"type": "Spacer"},
                        {"type": "Caption", "value": "today"},
                    ],
                }
                for name in ("Water the plants", "Call Ada", "Write the report", "Sleep")
            ],
        },
        card(
            {
                "type": "Form",
                "onSubmitAction": action("save"),
                "children": [
                    {"type": "Label", "value": "Name", "fieldName": "name"},
                    {"type": "Input", "name": "name", "placeholder": "Your name", "required": True},
                    {"type": "Label", "value": "About you", "fieldName": "about"},
                    {"type": "Textarea", "name": "about", "rows": 2},
                    {
                        "type": "Row",
                        "children": [
                            {
                                "type": "Select",
                                "name": "size",
                                "placeholder": "Size",
                                "clearable": True,
                                "options": [
                                    {"value": "s", "label": "Small"},
                                    {"value": "l", "label": "Large"},
                                ],
                            },
                            {
                                "type": "DatePicker",
                                "name": "day",
                                "placeholder": "Pick a day",
                                "clearable": True,
                            },
                        ],
                    },
                    {"type": "Checkbox", "name": "agree", "label": "I agree", "defaultChecked": True},
                    {
                        "type": "RadioGroup",
                        "name": "plan",
                        "direction": "row",
                        "defaultValue": "b",
                        "options": [{"value": "a", "label": "Free"}, {"value": "b", "label": "Paid"}],
                    },
                    {
                        "type": "Row",
                        "justify": "end",
                        "children": [{"type": "Button", "label": "Save", "submit": True}],
                    },
                ],
            },
            size="lg",
        ),
        card({"type": "Row", "wrap": "wrap", "children": BUTTONS}, size="full"),
        card(
            {
                "type": "Table",
                "children": [
                    {
                        "type": "Table.Row",
                        "header": True,
                        "children": [
                            {"type": "Table.Cell", "children": [text("City")]},
                            {"type": "Table.Cell", "align": "end", "children": [text("People")]},
                        ],
                    },
                    *(
                        {
                            "type": "Table.Row",
                            "children": [
                                {"type": "Table.Cell", "children": [text(city)]},
                                {"type": "Table.Cell", "align": "end", "children": [text(people)]},
                            ],
                        }
                        for city, people in (("Lisbon", "545,000"), ("Porto", "232,000"))
                    ),
                ],
            },
            size="full",
        ),
        card(
            {
                "type": "Chart",
                "height": 200,
                "showYAxis": True,
                "showLegend": True,
                "xAxis": "month",
                "data": [
                    {"month": month, "here": here, "there": there, "all": here + there}
                    for month, here, there in (
                        ("Jan", 12, 5),
                        ("Feb", 18, 9),
                        ("Mar", 9, 14),
                        ("Apr", 22, 11),
                    )
                ],
                "series": [
                    {"type": "bar", "dataKey": "here", "label": "Here", "stack": "s"},
                    {"type": "bar", "dataKey": "there", "label": "There", "stack": "s"},
                    {
                        "type": "line",
                        "dataKey": "all",
                        "label": "All",
                        "curveType": "monotone",
                        "color": "green",
                    },
                ],
            },
            size="full",
        ),
        card(
            {"type": "Markdown", "value": "A **list**:\n\n- one\n- `two`\n\n[A link](https://example.org)"},
            {
                "type": "Image",
                "src": PIXEL,
                "alt": "A dot",
                "width": 120,
                "height": 60,
                "frame": True,
                "radius": "lg",
            },
            theme="dark",
        ),
    ],
}
