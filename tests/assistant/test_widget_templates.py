"""`.widget` files: what is refused when they are loaded, and what no data can do to them."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from app.assistant import WidgetTemplate
from app.assistant.importing import import_value
from app.assistant.widget_templates import WidgetTemplateError
from app.errors import ConfigurationError

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
        "is_new": {"type": "boolean"},
    },
    "required": ["title", "rows"],
}
LIST = """\
{
  "type": "Card",
  "children": [
    {"type": "Title", "value": {{ title }}, "id": "title"},
    {"type": "Text", "value": "{{ rows | length }} rows of {{ title }} \\\\ {{ title | tojson }}"},
    {% for row in rows %}
    {"type": "Row", "children": [{"type": "Text", "value": {{ (row.name) | tojson }}}]},
    {% endfor %}
    {"type": "Text", "value": "{% if is_new is defined and is_new %}new {{ title }}{% else %}old{% endif %}"},
    {"type": "Button", "onClickAction": {"type": "pick", "payload": {"title": {{ title | safe }}}}}
  ]
}
"""


def definition(template: str, **more: Any) -> dict[str, Any]:
    return {"version": "1.0", "name": "test", "template": template, "jsonSchema": {}} | more


def structure(value: Any) -> Any:
    """What of a widget is not text."""
    match value:
        case dict():
            return {name: structure(below) for name, below in value.items()}
        case list():
            return [structure(below) for below in value]
        case str():
            return ""
        case _:
            return value


HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(
        [
            *(
                '"',
                "\\",
                '\\"',
                '"}',
                '"}]}',
                '", "onClickAction": {"type": "evil"}, "x": "',
                "}}",
                "{{ title }}",
            ),
            *("{% raw %}", "\n", "\u2028", "</script>", "null", "\x00", "'", "|tojson", "\\u0022"),
        ]
    ),
)


@pytest.mark.proves("DOC-12", "T23")
@given(title=HOSTILE, names=st.lists(HOSTILE, min_size=2, max_size=2))
def test_no_text_changes_the_structure_of_a_widget(title: str, names: list[str]) -> None:
    built = LISTED.build({"title": title, "rows": [{"name": name} for name in names], "is_new": True})
    plain = LISTED.build({"title": "a", "rows": [{"name": "b"}, {"name": "c"}], "is_new": True})

    made = built.model_dump(exclude_none=True)
    assert structure(made) == structure(plain.model_dump(exclude_none=True))
    assert made["children"][0]["value"] == title
    assert made["children"][1]["value"] == f"2 rows of {title} \\ {title}"
    assert [made["children"][row]["children"][0]["value"] for row in (2, 3)] == names
    assert made["children"][4]["value"] == f"new {title}"
    assert made["children"][5]["onClickAction"]["payload"] == {"title": title}


LISTED = WidgetTemplate(definition(LIST, jsonSchema=SCHEMA))


@pytest.mark.proves("T23")
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "x.widget: the data does not fit its jsonSchema: 'title' is a required property."),
        (
            {"title": 1, "rows": []},
            "x.widget: the data does not fit its jsonSchema: at title: 1 is not of type",
        ),
        (
            {"title": "", "rows": [{"name": []}]},
            "x.widget: the data does not fit its jsonSchema: at rows[0].name: [] is not of type 'string'.",
        ),
        (
            {"title": "", "rows": [{}]},
            "x.widget, line 7 of its template: 'dict object' has no attribute 'name'.",
        ),
        ({"title": "x" * 600_000, "rows": []}, "x.widget: it makes a widget of more than 500,000 bytes."),
    ],
)
def test_data_that_does_not_fit_is_refused_with_its_place(data: Any, sentence: str) -> None:
    template = WidgetTemplate(definition(LIST, jsonSchema=SCHEMA), "x.widget")
    with pytest.raises(WidgetTemplateError) as raised:
        template.build(data)
    assert str(raised.value).startswith(sentence)


CARD = '{"type": "Card", "children": [%s]}'


@pytest.mark.proves("DOC-13", "T23", "FEAT-widget-4", "FEAT-widget-6", "FEAT-action-2")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (definition(CARD, version="2.0"), "its version must be 1.0, and is '2.0'."),
        (definition(CARD, version=1.0), "its version must be 1.0, and is 1.0."),
        (definition(CARD, name=None), "it needs a `name` and a `template`, both of them texts."),
        (definition(CARD) | {"template": 7}, "it needs a `name` and a `template`, both of them texts."),
        (definition(CARD, jsonSchema=[]), "its `jsonSchema` must be an object."),
        (
            definition(CARD, jsonSchema={"type": "any"}),
            "its `jsonSchema` is not a schema: 'any' is not valid",
        ),
        (
            definition(CARD, jsonSchema={"$ref": "https://example.com/schema"}),
            "its jsonSchema refers to 'https://example.com/schema', which is outside of the file.",
        ),
        (definition("\n{{ "), "line 2 of its template: unexpected 'end of template'."),
        (definition("{% include 'x' %}"), "line 1 of its template: `include` cannot be used here, only"),
        (definition("{% raw %}{% endraw %}"), "line 1 of its template: `raw` cannot be used here."),
        (definition('\n"x'), "line 2 of its template: a string is not closed."),
        (definition('"\\{{ x }}"'), "line 1 of its template: a placeholder cannot follow a backslash."),
        (
            definition("{ {{ x }}: 1 }"),
            "line 1 of its template: the name of a property cannot come from data.",
        ),
        (definition('{ "a{{ x }}" : 1 }'), "line 1 of its template: the name of a property cannot come"),
        (
            definition('{% if x %}"a{% else %}b"{% endif %}'),
            "line 1 of its template: a string begins in one branch and ends in another.",
        ),
        (
            definition('{"type": "Text", "value": "x"}'),
            "it must be one component of the type Card, ListView or",
        ),
        (
            definition(CARD % '{"type": "Text", "id": "a"}, {"type": "Text", "id": "a"}'),
            "two of its components have the id 'a'.",
        ),
        (
            definition(
                CARD % '{% for x in l %}{"type": "Text", "id": "a"},{% endfor %}{"type": "Divider"}',
                jsonSchema={"type": "object", "properties": {"l": {"type": "array", "items": {}}}},
            ),
            "two of its components have the id 'a'.",
        ),
        (
            definition(CARD % '{"type": "Button", "onClickAction": {"type": "a", "streaming": "false"}}'),
            "`streaming` must be true or false, and is 'false'.",
        ),
        (
            definition("[{{ x }}]", outputJsonPreview={"type": "Card", "children": [{"streaming": 1}]}),
            "`streaming` must be true or false, and is 1.",
        ),
        (definition(CARD % ("[" * 150 + "]" * 150)), "it is nested too deeply."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_when_it_is_loaded(given: Any, sentence: str) -> None:
    with pytest.raises(WidgetTemplateError) as raised:
        WidgetTemplate(given, "x.widget")
    assert str(raised.value).removeprefix("x.widget, ").removeprefix("x.widget: ").startswith(sentence)


def test_a_template_has_no_way_out_of_its_sandbox() -> None:
    template = WidgetTemplate(definition(CARD % '{"value": {{ x.__class__.__mro__ }} }'))
    with pytest.raises(WidgetTemplateError, match="unsafe"):
        template.build({"x": "text"})


@pytest.mark.proves("FEAT-widget-6")
def test_files_are_read_one_by_one_or_by_the_folder(tmp_path: Path) -> None:
    (tmp_path / "order.widget").write_text(json.dumps(definition(LIST, jsonSchema=SCHEMA)))
    (tmp_path / "notes.txt").write_text("no widget")

    one = WidgetTemplate.load(tmp_path / "order.widget")
    all_of_them = WidgetTemplate.load_all(tmp_path)

    assert list(all_of_them) == ["order"]
    data = {"title": "A", "rows": []}
    assert one.build(data) == all_of_them["order"].build(data)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{\n "version": 1.0,,\n}', "line 2: Expecting property name"),
        ("[]", "it must be a JSON object."),
        ("[" * 100_000, "it is nested too deeply."),
    ],
)
def test_a_file_that_is_no_json_is_named_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "order.widget"
    path.write_text(text)
    with pytest.raises(WidgetTemplateError) as raised:
        WidgetTemplate.load(path)
    assert str(raised.value).startswith((f"{path}, {sentence}", f"{path}: {sentence}"))


def test_a_file_that_is_not_there_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    agent = tmp_path / "shop.py"
    loading = "order = WidgetTemplate.load('order.widget')"
    agent.write_text(f"from app.assistant import WidgetTemplate\n{loading}\n")
    with pytest.raises(
        ConfigurationError, match=r"^order.widget cannot be read: No such file or directory\.$"
    ):
        import_value(f"{agent}:order")
    with pytest.raises(WidgetTemplateError, match="There is no folder"):
        WidgetTemplate.load_all(tmp_path / "none")


@pytest.mark.proves("T24")
def test_a_null_is_reported_once_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    button = '{"type": "Button", "onClickAction": {"type": "a", "payload": [1, {{ x }}, 2]}}'
    with caplog.at_level(logging.WARNING, "app.assistant.widget_templates"):
        template = WidgetTemplate(definition(CARD % button), "x.widget")
        widget = template.build({"x": None})
        template.build({"x": None})

    assert widget.model_dump(exclude_none=True)["children"][0]["onClickAction"]["payload"] == [1, 2]
    (record,) = caplog.records
    assert vars(record)["place"] == "children[].onClickAction.payload[]"
    assert vars(record)["file"] == "x.widget"


class Data(BaseModel):
    """Data of a widget as a model."""

    title: str
    rows: list[dict[str, str]] = []


def test_data_may_be_a_model() -> None:
    assert LISTED.build(Data(title="A")) == LISTED.build({"title": "A", "rows": []})
