"""The text of a template, rewritten so that no value can reach beyond the place it was given.

JSON is told apart from what is inside its strings, placeholder by placeholder, and each is given the filter
for where it stands. What makes that undecidable is refused: a string that begins in one branch and ends in
another, and the tags of Jinja that capture or include text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError

AS_JSON = "chatkit_json"
"""Filter of a placeholder that stands for a value."""
IN_STRING = "chatkit_in_string"
"""Filter of a placeholder inside a string."""

TAGS = ("if", "elif", "else", "endif", "for", "endfor", "set")

_LEXER = Environment()  # noqa: S701 - it only splits text into tokens

Token = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class _Place:
    """Whether a place in JSON is inside of a string, and behind a backslash in it."""

    is_inside: bool = False
    is_escaped: bool = False


def made_safe(source: str) -> str:
    """Return a template whose output has the same structure whatever is filled in.

    Raise `TemplateSyntaxError`, with its line, for one of which that cannot be said.
    """
    return "".join(_Rewriting().rewritten(_LEXER.lex(source)))


class _Rewriting:
    def __init__(self) -> None:
        self._place = _Place()
        self._is_filled = False
        """Whether what was read last came from data, in part or as a whole: it may not become a name."""
        self._string_line = 1
        self._branches: list[_Place] = []

    def rewritten(self, tokens: Iterator[Token]) -> Iterator[str]:
        in_tag = False
        for line, kind, text in tokens:
            match kind:
                case "data":
                    self._read(text, line)
                case "variable_begin":
                    self._fill(line)
                    text += "("
                case "variable_end":
                    text = f") | {IN_STRING if self._place.is_inside else AS_JSON} {text}"
                case "block_begin":
                    in_tag = True
                case "name" if in_tag:
                    in_tag = False
                    self._tag(text, line)
                case "raw_begin":
                    raise TemplateSyntaxError("`raw` cannot be used here", line)
                case _:
                    pass
            yield text
        if self._place.is_inside:
            raise TemplateSyntaxError("a string is not closed", self._string_line)

    def _read(self, text: str, line: int) -> None:
        is_inside, is_escaped = self._place.is_inside, self._place.is_escaped
        for character in text:
            line += character == "\n"
            if is_escaped:
                is_escaped = False
            elif character == '"':
                self._is_filled = self._is_filled and is_inside
                is_inside = not is_inside
                self._string_line = line
            elif is_inside:
                is_escaped = character == "\\"
            elif not character.isspace():
                if character == ":" and self._is_filled:
                    raise TemplateSyntaxError("the name of a property cannot come from data", line)
                self._is_filled = False
        self._place = _Place(is_inside, is_escaped)

    def _fill(self, line: int) -> None:
        if self._place.is_escaped:
            raise TemplateSyntaxError("a placeholder cannot follow a backslash", line)
        self._is_filled = True

    def _tag(self, name: str, line: int) -> None:
        if name not in TAGS:
            raise TemplateSyntaxError(f"`{name}` cannot be used here, only {', '.join(TAGS)}", line)
        is_end = name not in ("if", "for", "set")
        if is_end and self._branches and self._place != self._branches[-1]:
            raise TemplateSyntaxError("a string begins in one branch and ends in another", line)
        if name in ("if", "for"):
            self._branches.append(self._place)
        elif name in ("endif", "endfor") and self._branches:
            self._branches.pop()
