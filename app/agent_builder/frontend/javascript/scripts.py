"""The scripts in HTML pages and in single-file components, where they stand and how browsers take them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(r"<!--|<script(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"[^'\">]*(?:(?:\"[^\"]*\"|'[^']*')[^'\">]*)*>")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
_CLOSING = re.compile(r"</script", re.IGNORECASE)
_SCRIPT_TYPES = frozenset(
    ("", "module", "text/javascript", "application/javascript", "text/babel", "text/jsx")
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script element: its start tag from `tag` to before `start`, its code from there to before `end`."""

    tag: int
    start: int
    end: int
    attributes: dict[str, str]

    @property
    def is_code(self) -> bool:
        """Whether it is run, rather than data."""
        return self.attributes.get("type", "").lower() in _SCRIPT_TYPES

    @property
    def is_module(self) -> bool:
        """Whether it may import."""
        return self.attributes.get("type", "").lower() == "module"

    @property
    def source(self) -> str:
        """Where its code is, empty where it is here."""
        return self.attributes.get("src", "")


def scripts(text: str) -> Iterator[Script]:
    """Yield the script elements of a page, those in comments left out."""
    at = 0
    while found := _OPENING.search(text, at):
        if found[0] == "<!--":
            end = text.find("-->", found.end())
            at = end + 3 if end >= 0 else len(text)
            continue
        attributes = _ATTRIBUTES.match(text, found.end())
        if attributes is None:
            return
        start = attributes.end()
        closing = _CLOSING.search(text, start)
        end = closing.start() if closing else len(text)
        yield Script(found.start(), start, end, _read(attributes[0]))
        at = end


def _read(attributes: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(attributes.rstrip(">")):
        found.setdefault(name.lower(), next(filter(None, values), ""))
    return found
