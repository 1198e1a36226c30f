"""Text that JSON and Postgres can carry."""

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return `text` without NUL characters; surrogate pairs are joined, lone surrogates replaced by U+FFFD.

    Raises `TypeError` or `AttributeError` for anything but a string: models behind loose parsers send that,
    too.
    """
    if not text.isascii() and _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "") if "\0" in text else text


def headline(text: str, limit: int = 80) -> str:
    """Return `text` as one clean line of at most `limit` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
