"""What belongs together in a script: brackets, statements, the properties of an object.

Where it cannot be told, as in code that is squeezed onto one line without semicolons, the answer is None.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.agent_builder.frontend.javascript.scanner import Scanner
from app.agent_builder.frontend.javascript.tokens import CONTROLS, KEYWORDS, Brace, Kind

_GOES_ON = frozenset(
    (
        "in",
        "of",
        "instanceof",
        "as",
        "satisfies",
        "extends",
        "implements",
        "is",
        "else",
        "catch",
        "finally",
        "while",
    )
)
"""Words at the beginning of a line that belong to the line before."""
TOP = -1


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object literal: tokens from `first` to before `end`."""

    first: int
    end: int


class Code:
    """A script with its brackets matched. Places are indexes of tokens; `TOP` is outside of all brackets."""

    def __init__(self, text: str, *, jsx: bool) -> None:
        scanner = Scanner(text, jsx=jsx)
        self.text, self.tokens, self.broken = text, scanner.tokens, scanner.broken
        self.partner, self.inside, self.brace = scanner.partner, scanner.inside, scanner.brace

    def word(self, index: int) -> str:
        """Return the text of a token, empty where there is none."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def source(self, first: int, end: int) -> str:
        """Return the text of the tokens from `first` to before `end`, with what stands between them."""
        return self.text[self.tokens[first].start : self.tokens[end - 1].end]

    def is_name(self, index: int) -> bool:
        """Say whether a token is a name that somebody gave, and not one of a property."""
        if not 0 <= index < len(self.tokens) or self.tokens[index].kind is not Kind.NAME:
            return False
        return self.word(index) not in KEYWORDS and self.word(index - 1) not in (".", "?.")

    def begins_line(self, index: int) -> bool:
        """Say whether a token is the first of its line."""
        line = self.text.rfind("\n", 0, self.tokens[index].start) + 1
        return index == 0 or self.tokens[index - 1].end <= line

    def key_of(self, brace: int) -> str:
        """Return the key whose value an opening brace begins, empty where it is none."""
        if self.word(brace - 1) != ":" or brace < 2:
            return ""
        return self.tokens[brace - 2].content

    def properties(self, brace: int) -> list[Property]:
        """Return the properties of the object that opens at `brace`."""
        close = self.partner[brace]
        commas = [index for index in self.children(brace) if self.word(index) == ","]
        bounds = [brace, *commas, close]
        return [Property(first + 1, end) for first, end in pairwise(bounds) if end > first + 1]

    def children(self, brace: int) -> Iterator[int]:
        """Yield the tokens directly inside a bracket, or at the top; of groups their brackets only."""
        index = brace + 1
        end = self.partner.get(brace, len(self.tokens)) if brace != TOP else len(self.tokens)
        while index < end:
            yield index
            closing = self.partner.get(index, index)
            if closing > index:
                yield closing
            index = max(closing, index) + 1

    def previous(self, index: int) -> int:
        """Return the token before, on the same level: of a group its opening bracket."""
        return min(self.partner.get(index - 1, index - 1), index - 1)

    def lifted(self, index: int, level: int) -> int:
        """Return the token on `level` that holds the one at `index`."""
        while self.inside[index] != level:
            index = self.inside[index]
        return index

    def block_of(self, index: int) -> int:
        """Return the block that a token is directly in, whatever other brackets are between; `TOP` is one."""
        level = self.inside[index]
        while level != TOP and self.brace.get(level) is not Brace.BLOCK:
            level = self.inside[level]
        return level

    def statement(self, index: int, block: int) -> int | None:
        """Return the first token of the statement of `block` that holds `index`; None where nothing may
        stand before it."""
        here = self.lifted(index, block)
        while here - 1 > block:
            if self._ends_before(here):
                break
            if self.word(here) in ("case", "default") and self.word(here - 1) != "export":
                return None
            here = self.previous(here)
        return here if self.begins_line(here) and self.word(here) not in ("case", "default") else None

    def _ends_before(self, here: int) -> bool:
        """Say whether a statement ends before the token `here`, by a semicolon or without one."""
        last = self.tokens[here - 1]
        if last.text == ";":
            return True
        if self.tokens[here].kind is not Kind.NAME or self.word(here) in _GOES_ON:
            return False
        before = self.partner.get(here - 1, here - 1)
        if last.text == "}" and self.brace.get(before) is Brace.BLOCK:
            return True
        if not self.begins_line(here):
            return False
        if last.text == ")":
            return self.word(before - 1) not in CONTROLS
        if last.kind is Kind.NAME:
            return last.text not in KEYWORDS or self.word(here - 2) in (".", "?.")
        return last.kind is not Kind.PUNCTUATION or last.text in ("]", "}", "++", "--")

    def is_function_body(self, block: int) -> bool:
        """Say whether a block is the body of a function, rather than of a branch or a loop."""
        if self.word(block - 1) == "=>":
            return True
        here = block
        for _ in range(16):
            here = self.previous(here)
            if here < 0 or self.word(here) in (";", "{", "}", ","):
                return False
            if self.word(here) == "(":
                return self.word(here - 1) not in CONTROLS
        return False

    def is_pattern(self, bracket: int) -> bool:
        """Say whether a bracket holds names that are given values: parameters, or a pattern before `=`."""
        closing = self.partner.get(bracket)
        if closing is None:
            return False
        after, before = self.word(closing + 1), self.word(bracket - 1)
        if self.word(bracket) != "(":
            is_in_pattern = self.inside[bracket] != TOP and self.is_pattern_within(self.inside[bracket])
            return before in ("const", "let", "var") or after == "=" or is_in_pattern
        return after == "=>" or (after in ("{", ":") and before not in CONTROLS - {"catch"})

    def is_pattern_within(self, bracket: int) -> bool:
        """Say the same of a bracket around another, as deep as patterns are in practice."""
        for _ in range(4):
            if bracket == TOP or self.brace.get(bracket) is Brace.BLOCK:
                return False
            if self.word(bracket) == "(":
                return self.is_pattern(bracket)
            closing = self.partner.get(bracket)
            if closing is not None and self.word(closing + 1) == "=":
                return True
            if self.word(bracket - 1) in ("const", "let", "var"):
                return True
            bracket = self.inside[bracket]
        return False

    def line(self, offset: int) -> int:
        """Return the number of the line of a place in the text, from 1."""
        return self.text.count("\n", 0, offset) + 1
