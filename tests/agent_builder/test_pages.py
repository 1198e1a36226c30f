"""A page is cut into the very characters of its elements, and no body breaks the reader."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.agent_builder.export.pages import UnreadablePage, read_page

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
LAYOUTS = st.sampled_from(
    [{}, {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}, {"ensure_ascii": False, "indent": 1}]
)


@pytest.mark.proves("AB-71")
@settings(deadline=None)
@given(
    elements=st.lists(JSON, max_size=5), others=st.dictionaries(st.text(), JSON, max_size=3), layout=LAYOUTS
)
def test_every_element_comes_back_as_it_was(elements: list[Any], others: dict[str, Any], layout: Any) -> None:
    body = json.dumps({**others, "data": elements}, **layout).encode("utf-8", "surrogatepass")
    try:
        page = read_page(body)
    except UnreadablePage:
        with pytest.raises(UnicodeDecodeError):
            body.decode()
        return
    assert [element.value for element in page.elements] == elements
    assert [json.loads(element.line) for element in page.elements] == elements
    assert all(b"\n" not in element.line for element in page.elements)


@pytest.mark.proves("AB-71")
@settings(deadline=None)
@given(body=st.binary(max_size=200) | st.text(alphabet='{}[]":,data 01nul\n').map(str.encode))
def test_any_other_body_is_unreadable_and_nothing_worse(body: bytes) -> None:
    try:
        page = read_page(body)
    except UnreadablePage:
        return
    assert "data" in json.loads(body)
    assert len(page.elements) == len(json.loads(body)["data"])


def test_a_number_of_a_thousand_digits_is_kept() -> None:
    digits = "9" * 10_000
    (element,) = read_page(f'{{"data":[{{"id":"1","n":{digits}}}]}}'.encode()).elements
    assert digits.encode() in element.line
    assert element.id == "1"


def test_the_last_of_two_lists_counts_as_in_any_json_reader() -> None:
    assert [element.value for element in read_page(b'{"data":[1],"data":[2]}').elements] == [2]


@pytest.mark.parametrize(
    ("body", "last", "cursor"),
    [
        (b'{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"last_id":"b"}', False, "b"),
        (b'{"data":[{"id":"a"},{"id":"b"}],"has_more":true}', False, "b"),
        (b'{"data":[{"id":"a"},{"id":"b"}],"has_more":true,"last_id":null}', False, "b"),
        (b'{"data":[{"id":"a"}],"has_more":false}', True, "a"),
        (b'{"data":[{"id":"a"}]}', False, "a"),
        (b'{"data":[]}', True, None),
        (b'{"data":[{"id":7}],"has_more":"yes","last_id":7}', False, None),
    ],
)
def test_how_to_go_on_is_read_from_every_shape(body: bytes, last: bool, cursor: str | None) -> None:
    page = read_page(body)
    assert (page.is_last, page.cursor) == (last, cursor)
