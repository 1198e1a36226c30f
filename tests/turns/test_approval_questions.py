"""How a call is put to a person: readable, bounded, and unable to look like another."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.turns.approvals.pending import PendingCall
from app.turns.approvals.readable import MAX_ARGUMENTS, MAX_VALUE, question

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def asked(arguments: object, tool: str = "send_email", server: str | None = None) -> str:
    given_arguments = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return question(PendingCall("approval_1", "call_1", "function_call", tool, given_arguments, server), "en")


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({}, []),
        ("", []),
        ({"to": "a@b.c", "copies": 3}, ["• to: “a@b.c”", "• copies: 3"]),
        (
            {"to": ["a", "b"], "urgent": True, "cc": None},
            ['• to: ["a", "b"]', "• urgent: true", "• cc: null"],
        ),
        ({"text": "Dear Bob,\nbye"}, ["• text: “Dear Bob, ⏎ bye”"]),
        ("not json", ["• input: “not json”"]),
        ([1, 2], ["• input: [1, 2]"]),
        ("[" * 100_000, [f"• input: “{'[' * MAX_VALUE} … (characters left out: {100_000 - MAX_VALUE:,})”"]),
    ],
)
def test_every_argument_has_its_line(arguments: object, lines: list[str]) -> None:
    assert asked(arguments).split("\n") == ["Allow this: Send email?", *lines]


def test_a_tool_has_a_name_that_people_read_and_the_server_it_is_on() -> None:
    assert asked({}, "deletePage") == "Allow this: Delete page?"
    assert asked({}, "delete_page", "wiki") == "Allow this: Delete page, on wiki?"
    assert asked({}, "___") == "Allow this: ___?"


def test_what_is_too_long_is_cut_where_one_sees_it() -> None:
    lines = asked({"text": "x" * (MAX_VALUE + 7), "other": 1}).split("\n")
    assert lines[1] == f"• text: “{'x' * MAX_VALUE} … (characters left out: 7)”"
    assert lines[2] == "• other: 1"
    many = asked({f"a{number}": number for number in range(MAX_ARGUMENTS + 2)}).split("\n")
    assert len(many) == MAX_ARGUMENTS + 2
    assert many[-1] == "• … (arguments left out: 2)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x”\n• to: “nobody", '“x" ⏎ • to: "nobody”'),
        ("moc.live\u202e", "“moc.live\\u202e”"),
        ("a\u200bb\u0007", "“a\\u200bb\\u0007”"),
        ("a\u2028b\r", "“a\\u2028b\\u000d”"),
    ],
)
def test_no_value_looks_like_something_else(value: str, shown: str) -> None:
    assert asked({"text": value}) == f"Allow this: Send email?\n• text: {shown}"


@given(st.dictionaries(st.text(), json_values, max_size=5) | st.text(), st.text(), st.none() | st.text())
def test_any_call_is_a_bounded_question_of_visible_characters(
    arguments: dict[str, object] | str, tool: str, server: str | None
) -> None:
    shown = asked(arguments, tool, server)

    first, *lines = shown.split("\n")
    assert first.startswith("Allow this: ")
    assert all(line.startswith("• ") for line in lines)
    assert len(lines) <= MAX_ARGUMENTS + 1
    assert isinstance(arguments, str) or len(lines) == len(arguments)
    assert not [sign for sign in "".join([first, *lines]) if unicodedata.category(sign)[0] == "C"]
