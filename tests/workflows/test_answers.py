"""What of a workflow's returned value is an answer for its user."""

from typing import Any

import pytest
from pydantic import BaseModel

from app.workflows.answers import answer_of, is_blocked


class Order(BaseModel):
    note: str = "secret"


KINDS = {"pii": {"failed": False}, "jailbreak": {"failed": True}}


@pytest.mark.proves("AB-18")
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("Until May.", "Until May."),
        ({"output_text": "Until May."}, "Until May."),
        ({"output_text": '{"a": 1}', "output_parsed": {"a": 1}}, None),
        ({"message": "Not ordered."}, "Not ordered."),
        ({"total": 3}, "3"),
        ({"status": "done", "copies": 3}, "**status:** done\n\n**copies:** 3"),
        ({"message": "Ordered.", "copies": 3}, "**message:** Ordered.\n\n**copies:** 3"),
        ({"lines": [{"isbn": "1"}]}, '[{"isbn": "1"}]'),
        ({"nothing": None}, None),
        ({}, None),
        (["one", {"two": 2}], '- one\n- {"two": 2}'),
        (7, "7"),
        (True, None),
        (Order(), None),
        (object(), None),
        ({"input_as_text": "Lend me a book"}, None),
        ("Lend me a book", None),
        ({"safe_text": "Lend me a book"}, None),
        (KINDS, None),
        ({"failed": True, "failures": [{"guardrail_name": "Jailbreak"}]}, None),
    ],
)
def test_any_value_is_handled(value: Any, expected: str | None) -> None:
    assert answer_of(value, "Lend me a book") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (KINDS, True),
        ({"pii": {"failed": False}}, False),
        ({"failed": True, "failures": []}, True),
        ({"failed": False, "failures": []}, False),
        ({"message": "x"}, False),
        ({}, False),
        ("pii", False),
    ],
)
def test_what_guardrails_give_is_told_from_answers(value: Any, expected: bool) -> None:
    assert is_blocked(value) is expected
