"""Make tokens of a script, in time that grows as it does, without recursion. What is broken is no error.

Strings, template literals with their holes, comments, regular expressions and JSX are told apart as a parser
would, by what stands before them.
"""

import re

from app.agent_builder.frontend.javascript.tokens import (
    BEFORE_VALUES,
    BINDERS,
    BLOCK_KEYWORDS,
    CONTROLS,
    Brace,
    Kind,
    Token,
)

# No possessive quantifiers, which early releases of Python 3.11 match wrongly (seen in 3.11.2). What is
# repeated begins with what cannot stand before it, so nothing is tried twice.
_CODE = re.compile(
    r"""
      (?P<number>\d[\w.]*|\.\d\w*)
    | (?P<name>[#@]?[\w$]+)
    | (?P<string>"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*')
    | (?P<punctuation>=>|\.\.\.|\?\.(?!\d)|\+\+|--|[=!]==?|[<>]=|&&|\|\||\?\?|\*\*|[\s\S])
    """,
    re.VERBOSE,
)
_BLANK = re.compile(r"[\s\ufeff]*")
_LINE = re.compile(r"[^\n]*")
_SET = r"\[[^\]\\\n]*(?:\\[^\n][^\]\\\n]*)*\]"
_REGEX = re.compile(rf"/(?!/)[^/\\\[\n]*(?:(?:\\[^\n]|{_SET})[^/\\\[\n]*)*/\w*")
_CHUNK = re.compile(r"[^\\`$]*(?:(?:\\[\s\S]|\$(?!\{))[^\\`$]*)*")
_JSX_NAME = re.compile(r"[\w$.:-]+")
_JSX_TEXT = re.compile(r"[^<{]*")
_JSX_START = re.compile(r"<(?:>|[A-Za-z_$])")
_GENERIC = re.compile(r"<\s*(?:const\s+)?[\w$]+\s*(?:,|=[^>]|extends\b)")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_OPENS = frozenset("([{")


class Scanner:
    """One script: `tokens`, the `partner` of a bracket, what a token is `inside` of, what a `brace` opens."""

    def __init__(self, text: str, *, jsx: bool) -> None:
        self.text, self.jsx = text, jsx
        self.tokens: list[Token] = []
        self.partner: dict[int, int] = {}
        self.inside: list[int] = []
        self.brace: dict[int, Brace] = {}
        self.broken: int | None = None
        """Where the text stops to make sense, None where it does not."""
        self._open: list[int] = []
        self._modes: list[str] = ["code"]
        self._at = 0
        steps = {
            "code": self._code,
            "template": self._template,
            "tag": self._tag,
            "end tag": self._tag,
            "children": self._children,
        }
        while self._at < len(text):
            steps[self._modes[-1]]()
        if self._open or len(self._modes) > 1:
            self._break(self.tokens[self._open[-1]].start if self._open else len(text))

    def _break(self, at: int) -> None:
        self.broken = at if self.broken is None else min(self.broken, at)

    def _add(self, kind: Kind, end: int) -> int:
        token = Token(kind, self._at, end, self.text[self._at : end])
        self.tokens.append(token)
        self.inside.append(self._open[-1] if self._open else -1)
        self._at = end
        return len(self.tokens) - 1

    def _skip_blank(self) -> bool:
        """Skip white space and comments; whether a token is left."""
        while True:
            self._at = _BLANK.match(self.text, self._at).end()  # type: ignore[union-attr]
            start = self.text[self._at : self._at + 2]
            if start == "//":
                self._at = _LINE.match(self.text, self._at).end()  # type: ignore[union-attr]
            elif start == "/*":
                end = self.text.find("*/", self._at + 2)
                if end < 0:
                    self._break(self._at)
                self._at = end + 2 if end >= 0 else len(self.text)
            else:
                return self._at < len(self.text)

    def _code(self) -> None:
        if not self._skip_blank():
            return
        character = self.text[self._at]
        if character == "`":
            self._begin_template()
        elif character == "/" and self._value_expected():
            self._regex()
        elif character == "<" and self._is_jsx():
            self._begin_tag()
        elif character in _OPENS:
            self._open_bracket(self._brace_kind() if character == "{" else None)
        elif character in _CLOSES:
            self._close_bracket(character)
        else:
            self._plain()

    def _plain(self) -> None:
        found = _CODE.match(self.text, self._at)
        kind, end = Kind(found.lastgroup), found.end()  # type: ignore[union-attr, arg-type]
        if kind is Kind.PUNCTUATION and self.text[self._at] in "\"'":
            # A string that its line does not end.
            self._break(self._at)
            kind, end = Kind.STRING, _LINE.match(self.text, self._at).end()  # type: ignore[union-attr]
        self._add(kind, end)

    def _regex(self) -> None:
        found = _REGEX.match(self.text, self._at)
        if found:
            self._add(Kind.REGEX, found.end())
            return
        self._break(self._at)
        self._add(Kind.REGEX, _LINE.match(self.text, self._at).end())  # type: ignore[union-attr]

    def _open_bracket(self, brace: Brace | None, length: int = 1) -> None:
        index = self._add(Kind.PUNCTUATION, self._at + length)
        self._open.append(index)
        if brace:
            self.brace[index] = brace

    def _close_bracket(self, character: str) -> None:
        if not self._open or self.tokens[self._open[-1]].text[-1] != _CLOSES[character]:
            self._break(self._at)
            self._add(Kind.PUNCTUATION, self._at + 1)
            return
        opened = self._open.pop()
        index = self._add(Kind.PUNCTUATION, self._at + 1)
        self.partner[opened], self.partner[index] = index, opened
        if self.brace.get(opened) is Brace.HOLE:
            self._modes.pop()

    def _begin_hole(self, length: int) -> None:
        self._open_bracket(Brace.HOLE, length)
        self._modes.append("code")

    def _begin_template(self) -> None:
        end = _CHUNK.match(self.text, self._at + 1).end()  # type: ignore[union-attr]
        self._modes.append("template")
        self._end_chunk(end)

    def _template(self) -> None:
        self._end_chunk(_CHUNK.match(self.text, self._at).end())  # type: ignore[union-attr]

    def _end_chunk(self, end: int) -> None:
        if self.text.startswith("`", end):
            self._modes.pop()
            self._add(Kind.TEMPLATE, end + 1)
            return
        if end > self._at:
            self._add(Kind.TEMPLATE, end)
        if self.text.startswith("${", end):
            self._begin_hole(2)
        elif end < len(self.text):
            # A backslash at the very end.
            self._at = len(self.text)

    def _is_jsx(self) -> bool:
        return (
            self.jsx
            and self._value_expected()
            and bool(_JSX_START.match(self.text, self._at))
            and not _GENERIC.match(self.text, self._at)
        )

    def _begin_tag(self) -> None:
        is_end = self.text.startswith("</", self._at)
        self._modes.append("end tag" if is_end else "tag")
        self._add(Kind.MARKUP, self._at + (2 if is_end else 1))

    def _tag(self) -> None:
        if not self._skip_blank():
            return
        character = self.text[self._at]
        if character == "{":
            self._begin_hole(1)
        elif character in "\"'":
            end = self.text.find(character, self._at + 1)
            if end < 0:
                self._break(self._at)
            self._add(Kind.MARKUP, end + 1 if end >= 0 else len(self.text))
        elif self.text.startswith("/>", self._at):
            self._modes.pop()
            self._add(Kind.MARKUP, self._at + 2)
        elif character == ">":
            self._end_tag()
        else:
            name = _JSX_NAME.match(self.text, self._at)
            self._add(Kind.MARKUP, name.end() if name else self._at + 1)

    def _end_tag(self) -> None:
        if self._modes.pop() == "tag":
            self._modes.append("children")
        elif self._modes[-1] == "children":
            self._modes.pop()
        else:
            self._break(self._at)
        self._add(Kind.MARKUP, self._at + 1)

    def _children(self) -> None:
        end = _JSX_TEXT.match(self.text, self._at).end()  # type: ignore[union-attr]
        if end > self._at:
            self._add(Kind.TEXT, end)
        elif self.text[self._at] == "{":
            self._begin_hole(1)
        else:
            self._begin_tag()

    def _value_expected(self) -> bool:
        """Whether a value may begin here, rather than an operator that continues one."""
        if not self.tokens:
            return True
        last = self.tokens[-1]
        if last.kind is Kind.NAME:
            is_property = len(self.tokens) > 1 and self.tokens[-2].text in (".", "?.")
            return last.text in BEFORE_VALUES and not is_property
        if last.kind is not Kind.PUNCTUATION or last.text in ("]", "++", "--"):
            return False
        opened = self.partner.get(len(self.tokens) - 1)
        if last.text == ")":
            return opened is not None and opened > 0 and self.tokens[opened - 1].text in CONTROLS
        if last.text == "}":
            return opened is not None and self.brace.get(opened) is Brace.BLOCK
        return True

    def _brace_kind(self) -> Brace:
        if not self.tokens:
            return Brace.BLOCK
        last = self.tokens[-1]
        if last.kind is Kind.NAME:
            is_object = last.text in (BEFORE_VALUES | BINDERS) - BLOCK_KEYWORDS
            return Brace.OBJECT if is_object else Brace.BLOCK
        is_before_block = last.text in ("=>", ")", ";", "{", "}", ">", "]")
        return Brace.BLOCK if last.kind is not Kind.PUNCTUATION or is_before_block else Brace.OBJECT
