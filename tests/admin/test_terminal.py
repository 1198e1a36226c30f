"""Stored text on a terminal: nothing of it acts on the terminal, and it keeps to its width."""

from hypothesis import given
from hypothesis import strategies as st

from app.admin.terminal import columns, one_line, paragraphs, printable

HOSTILE = "a\x1b[31mred\x1b[0m\x07\x9b1A\r\x00b\u202egnp.exe\u2028\ud800\x7f"


def is_harmless(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


def test_no_control_character_is_printed() -> None:
    assert printable(HOSTILE) == "a�[31mred�[0m��1A��b�gnp.exe���"
    for text in (printable(HOSTILE), one_line(HOSTILE, 40), paragraphs(HOSTILE, 40, 4)):
        assert is_harmless(text)


@given(st.text(), st.integers(5, 100))
def test_a_line_is_one_line_and_no_wider_than_asked(text: str, width: int) -> None:
    line = one_line(text, width)
    assert "\n" not in line
    assert columns(line) <= width


@given(st.text())
def test_paragraphs_are_indented_and_keep_to_the_width(text: str) -> None:
    for line in paragraphs(text, 40, 4).splitlines():
        assert line == "" or line.startswith("    ")
        assert columns(line) <= 40


def test_short_text_is_not_touched() -> None:
    assert one_line("Grüße, 茶 and 😀", 80) == "Grüße, 茶 and 😀"
    assert paragraphs("one\n\ntwo\tthree", 80, 2) == "  one\n\n  two three"


def test_long_lines_are_broken_between_words_and_at_the_width_where_there_are_none() -> None:
    assert paragraphs("one two three", 10, 2) == "  one two\n  three"
    assert paragraphs("  code four", 10, 2) == "    code\n  four"
    assert paragraphs("茶" * 5, 6, 0) == "茶茶茶\n茶茶"
    assert paragraphs("abc" * 3, 6, 2) == "  abca\n  bcab\n  c"
    assert len(paragraphs("x" * 1_000_000, 80, 4).splitlines()) == 13_158


def test_wide_characters_count_twice_and_combining_ones_not_at_all() -> None:
    assert (columns("茶"), columns("e\u0301"), columns("a\u200d")) == (2, 1, 1)
    assert one_line("茶" * 10, 9) == "茶茶茶茶…"
