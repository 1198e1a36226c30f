"""Where a page is in hosted mode, `api: { getClientSecret }`, in the forms that are understood."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.agent_builder.frontend.javascript.code import TOP, Code
from app.agent_builder.frontend.javascript.tokens import Brace, Kind

HOSTED = "getClientSecret"
MOST = 40
"""Places in one file that are looked at."""


@dataclass(frozen=True, slots=True)
class HostedOptions:
    """One `api` object in hosted mode; places are tokens."""

    brace: int
    """Of the `api` object."""
    first: int
    """Its one property, from here to before `end`."""
    end: int
    function: str
    """What gives out the secret, as an expression."""
    value: int
    """Where that begins; the tokens from here to before `end` are what it takes names by."""
    is_name: bool
    """Whether it is a name and nothing else."""
    is_function: bool
    """Whether it is a function that is written out: anything else is made when it is come to."""
    call: str
    """What the options are handed to, `useChatKit` for one; empty where that is not here."""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A place in hosted mode that is left to a person, and why."""

    token: int
    why: str


def hosted_options(code: Code) -> Iterator[HostedOptions | NotUnderstood]:
    """Yield every place of a script that is in hosted mode."""
    found = 0
    for index, token in enumerate(code.tokens):
        is_key = token.kind in (Kind.NAME, Kind.STRING) and token.content == HOSTED and _is_key(code, index)
        if not is_key:
            continue
        found += 1
        if found > MOST:
            yield NotUnderstood(index, f"there are more than {MOST} places like this")
            return
        yield _read(code, index, code.inside[index])


def _is_key(code: Code, index: int) -> bool:
    """Say whether a name is the key of a property of an object, not of a type and not in a pattern."""
    brace = code.inside[index]
    if brace == TOP or code.brace.get(brace) is not Brace.OBJECT or brace not in code.partner:
        return False
    before, after = code.word(index - 1), code.word(index + 1)
    if before not in ("{", ",", "async", "get", "*") or after not in (",", "}", ":", "("):
        return False
    return not code.is_pattern_within(brace) and not _is_type(code, brace)


def _is_type(code: Code, brace: int) -> bool:
    """Say whether an object is that of a type."""
    for _ in range(4):
        before = code.word(brace - 1)
        if before == "=" and code.word(brace - 3) == "type":
            return True
        brace = code.inside[brace]
        if brace == TOP:
            return False
        if code.word(brace - 2) in ("interface", "class") or code.word(brace - 1) == "interface":
            return True
    return False


def _read(code: Code, key: int, brace: int) -> HostedOptions | NotUnderstood:
    if code.key_of(brace) != "api":
        return NotUnderstood(key, "it is not in an object that is written out behind `api:`")
    properties = code.properties(brace)
    if len(properties) != 1:
        return NotUnderstood(key, "the object `api` has other properties beside it")
    first, end = properties[0].first, properties[0].end
    if code.word(first) == "get":
        return NotUnderstood(key, "it is a getter")
    words = {code.word(index) for index in range(first, end)}
    if words & {"this", "super", "arguments"}:
        return NotUnderstood(key, "it uses `this`, which would be another object")
    function, value = _function(code, first, end, key)
    is_name = value == end - 1 and code.is_name(value)
    is_function = (
        code.word(key + 1) == "(" or "=>" in (heads := _heads(code, value, end)) or "function" in heads
    )
    if not is_function and words & {"await", "yield"}:
        return NotUnderstood(key, "its value has to be waited for")
    call = _call(code, code.inside[brace])
    return HostedOptions(brace, first, end, function, value, is_name, is_function, call)


def _function(code: Code, first: int, end: int, key: int) -> tuple[str, int]:
    """Return the function as an expression, and where what it consists of begins."""
    after = code.word(key + 1)
    if after == ":":
        return code.source(key + 2, end), key + 2
    if after == "(":
        prefix = "async " if code.word(first) == "async" else ""
        star = "*" if code.word(key - 1) == "*" else ""
        return f"{prefix}function{star} {HOSTED}{code.source(key + 1, end)}", key + 1
    return HOSTED, key


def _heads(code: Code, value: int, end: int) -> list[str]:
    """Return the first words of a value, without what is in its brackets."""
    level = code.inside[value]
    return [code.word(index) for index in range(value, min(end, value + 400)) if code.inside[index] == level]


def _call(code: Code, options: int) -> str:
    """Return the name of the function that an object is handed to as it is."""
    if options == TOP or code.word(options) != "{" or code.word(options - 1) != "(":
        return ""
    name = options - 2
    return code.word(name) if code.tokens[name].kind is Kind.NAME else ""
