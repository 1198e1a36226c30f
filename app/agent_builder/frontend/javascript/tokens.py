"""The tokens of a script, and where a value may begin. Knows nothing of what they mean."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    TEMPLATE = "template"
    """A piece of a template literal between its holes, backquotes included."""
    REGEX = "regex"
    PUNCTUATION = "punctuation"
    MARKUP = "markup"
    """Anything in a JSX tag but the code in its braces."""
    TEXT = "text"
    """What stands between JSX tags."""


class Brace(StrEnum):
    """What an opening brace opens."""

    BLOCK = "block"
    OBJECT = "object"
    """An object, or a pattern in the place of a value."""
    HOLE = "hole"
    """Code in a template literal or in JSX."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, from `start` to before `end`."""

    kind: Kind
    start: int
    end: int
    text: str

    @property
    def content(self) -> str:
        """The text of a literal without its quotes."""
        return self.text[1:-1] if self.kind is Kind.STRING else self.text


BEFORE_VALUES = frozenset(
    (
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "delete",
        "void",
        "throw",
        "new",
        "instanceof",
        "else",
        "do",
        "yield",
        "await",
        "default",
        "extends",
    )
)
"""Keywords behind which a value begins."""
CONTROLS = frozenset(
    (
        "if",
        "while",
        "for",
        "with",
        "switch",
        "catch",
    )
)
"""Keywords whose parentheses are followed by a statement."""
BLOCK_KEYWORDS = frozenset(
    (
        "else",
        "do",
        "try",
        "finally",
    )
)
BINDERS = frozenset(
    (
        "const",
        "let",
        "var",
    )
)
KEYWORDS = (
    BEFORE_VALUES
    | CONTROLS
    | BLOCK_KEYWORDS
    | BINDERS
    | frozenset(
        (
            "function",
            "class",
            "export",
            "import",
            "async",
            "from",
            "as",
            "if",
            "break",
            "continue",
            "static",
            "get",
            "set",
            "true",
            "false",
            "null",
            "undefined",
            "satisfies",
            "debugger",
        )
    )
)
