"""Which names a piece of code takes from outside, so that it is known where else it may stand.

When in doubt a name counts as one of the surrounding function: such code stays where it is.
"""

from app.agent_builder.frontend.javascript.code import TOP, Code
from app.agent_builder.frontend.javascript.tokens import BINDERS, Brace, Kind

EVERYWHERE = frozenset(
    (
        "fetch",
        "console",
        "JSON",
        "Error",
        "TypeError",
        "Promise",
        "Request",
        "Response",
        "Headers",
        "URL",
        "URLSearchParams",
        "FormData",
        "Object",
        "Array",
        "String",
        "Number",
        "Boolean",
        "Math",
        "Date",
        "Map",
        "Set",
        "Symbol",
        "RegExp",
        "Record",
        "Partial",
        "Readonly",
        "AbortController",
        "AbortSignal",
        "window",
        "document",
        "location",
        "localStorage",
        "sessionStorage",
        "navigator",
        "globalThis",
        "self",
        "crypto",
        "process",
        "setTimeout",
        "clearTimeout",
        "performance",
        "encodeURIComponent",
        "decodeURIComponent",
        "parseInt",
        "isNaN",
        "btoa",
        "atob",
        "Blob",
        "File",
        "string",
        "number",
        "boolean",
        "unknown",
        "any",
        "void",
        "never",
        "object",
        "bigint",
        "undefined",
        "null",
        "NaN",
        "Infinity",
        "RequestInit",
        "HeadersInit",
        "import",
        "meta",
    )
)
"""What every script has."""
_TYPES = frozenset(("interface", "type", "enum", "namespace"))


class Names:
    """The names of a script: what its top level declares, and what pieces of it bind and take."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self.top = self._at_top()
        """Names of the top level, each with the token that declares it."""
        self.all = {token.text for token in code.tokens if token.kind is Kind.NAME}

    def free(self, name: str) -> str:
        """Return a name like this one that the script does not have, and count it as taken."""
        candidate, number = name, 2
        while candidate in self.all:
            candidate, number = f"{name}{number}", number + 1
        self.all.add(candidate)
        return candidate

    def is_of_top(self, first: int, end: int) -> bool:
        """Say whether the tokens from `first` to before `end` would mean the same at the top level."""
        code = self._code
        own = self._bound(first, end)
        taken = {
            code.word(index)
            for index in range(first, end)
            if code.is_name(index) and not self._is_key(index) and code.word(index) not in own
        }
        if not taken <= EVERYWHERE | self.top.keys():
            return False
        start = code.statement(first, TOP)
        if start is None:
            return False
        around = self._bound(start, first) | self._bound(end, self._end_of(first))
        # What the statement itself declares at the top level shadows nothing.
        shadowed = {name for name in around if self.top.get(name, TOP) < start}
        return not taken & (shadowed | {name for name in around if name not in self.top})

    def _end_of(self, index: int) -> int:
        here = self._code.lifted(index, TOP)
        return self._code.partner.get(here, here) + 1

    def _bound(self, first: int, end: int) -> set[str]:
        return {self._code.word(index) for index in range(first, end) if self._binds(index)}

    def _binds(self, index: int) -> bool:
        code = self._code
        if not code.is_name(index):
            return False
        before = code.word(index - 1)
        if before in BINDERS | _TYPES or before in ("function", "class"):
            return True
        if before == "*" and code.word(index - 2) == "function":
            return True
        if code.word(index + 1) == "=>":
            return True
        level = code.inside[index]
        return level != TOP and code.word(level) in "([{" and code.is_pattern_within(level)

    def _is_key(self, index: int) -> bool:
        code = self._code
        level = code.inside[index]
        in_object = level != TOP and code.word(level) == "{" and code.brace.get(level) is Brace.OBJECT
        before, after = code.word(index - 1), code.word(index + 1)
        if in_object and before in ("{", ",", "async", "get", "set", "*"):
            return after == ":" or (after in ("(", "?") and before != "(")
        # A member of a type: `{ client_secret: string; }`.
        return after in (":", "?") and before in ("{", ";", ",") and level != TOP

    def _at_top(self) -> dict[str, int]:
        code, found = self._code, {}
        importing = False
        for index in code.children(TOP):
            word = code.word(index)
            if word == "import" and code.word(index + 1) != "(" and code.word(index + 1) != ".":
                importing = True
            elif code.tokens[index].kind is Kind.STRING:
                importing = False
            is_group = word == "{" and (importing or code.word(index - 1) in BINDERS)
            if is_group:
                closing = code.partner.get(index, index)
                found.update({code.word(i): i for i in range(index, closing) if code.is_name(i)})
            elif code.is_name(index) and (importing or self._binds(index)):
                found.setdefault(word, index)
        return found
