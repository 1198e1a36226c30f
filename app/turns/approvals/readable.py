"""A tool call in words and lines that a person can judge.

Nothing of a call is left unsaid: what is too long is cut where one sees it, with what is missing in numbers.
Arguments come from a model, which may have read them anywhere. So no value can look like another argument, or
like something else than it is: values stand in quotation marks of their own, on one line, and characters that
nobody sees are spelled out.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping

from app.languages import Sentence, translated
from app.turns.approvals.pending import NODE, PendingCall
from app.turns.mapper.wording import spoken

MAX_ARGUMENTS = 30
MAX_VALUE = 2_000
MAX_NAME = 80
MAX_MESSAGE = 4_000

ASK: Sentence = "Allow this: {tool}?"
ASK_ON_SERVER: Sentence = "Allow this: {tool}, on {server}?"
ARGUMENT = "• {name}: {value}"
SHORTENED: Sentence = "{text} … (characters left out: {count:,})"
MORE_ARGUMENTS: Sentence = "• … (arguments left out: {count:,})"

_QUOTES = str.maketrans({"“": '"', "”": '"'})
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories of characters that are not seen, or change how others are."""


def question(call: PendingCall, language: str) -> str:
    """Return the question about a call, its arguments in a line each, in a language of the server."""
    return _Wording(language).question(call)


class _Wording:
    """Puts calls into words of one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def question(self, call: PendingCall) -> str:
        if call.kind == NODE and call.arguments.strip():
            return self._cut("\n".join(_visible(line) for line in call.arguments.splitlines()), MAX_MESSAGE)
        tool = self._cut(_visible(spoken(call.tool) or call.tool), MAX_NAME)
        if call.server:
            server = self._cut(_visible(call.server), MAX_NAME)
            asked = self._say(ASK_ON_SERVER, tool=tool, server=server)
        else:
            asked = self._say(ASK, tool=tool)
        return "\n".join([asked, *self._argument_lines(call.arguments)])

    def _argument_lines(self, arguments: str) -> Iterator[str]:
        given = given_arguments(arguments)
        for number, (name, value) in enumerate(given.items()):
            if number == MAX_ARGUMENTS:
                yield self._say(MORE_ARGUMENTS, count=len(given) - MAX_ARGUMENTS)
                return
            yield ARGUMENT.format(name=self._cut(_visible(str(name)), MAX_NAME), value=self._value(value))

    def _value(self, value: object) -> str:
        if isinstance(value, str):
            return f"“{self._cut(_visible(value).translate(_QUOTES), MAX_VALUE)}”"
        text = json.dumps(value, ensure_ascii=False)
        return self._cut(_visible(text).translate(_QUOTES), MAX_VALUE)

    def _cut(self, text: str, size: int) -> str:
        if len(text) <= size:
            return text
        return self._say(SHORTENED, text=text[:size], count=len(text) - size)

    def _say(self, sentence: Sentence, **values: object) -> str:
        return translated(sentence, self._language, values)


def given_arguments(text: str) -> Mapping[str, object]:
    """Return what a model gave as arguments; what is no JSON object, under a name of ours."""
    try:
        given = json.loads(text or "{}")
        json.dumps(given)
    except (ValueError, RecursionError):
        given = text
    return given if isinstance(given, Mapping) else {"input": given}


def _visible(text: str) -> str:
    return "".join(_spelled(character) for character in text)


def _spelled(character: str) -> str:
    if character == "\n":
        return " ⏎ "
    if unicodedata.category(character) in _INVISIBLE:
        return f"\\u{ord(character):04x}"
    return character
