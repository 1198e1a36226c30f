"""Names of files as they are shown: never a path, nothing that could mislead a reader.

A name is only ever shown. Where bytes are kept has nothing to do with it.
"""

import re
import unicodedata

MAX_NAME = 200

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and direction marks, surrogates, private and unassigned characters, line separators."""


def clean_name(name: str) -> str:
    """Return what is left of a claimed name that can be shown on one line; "file" if nothing is."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(
        " " if character.isspace() else character
        for character in last
        if character in "\t\n\r" or unicodedata.category(character) not in _INVISIBLE
    )
    words = " ".join(visible.split()).strip(". ")
    return _shortened(words) or "file"


def extension(name: str) -> str:
    """Return the ending of a name, in lower case, without the dot."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def _shortened(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    ending = extension(name)
    kept = f".{ending}" if 0 < len(ending) <= 10 else ""
    return name[: MAX_NAME - len(kept)].rstrip() + kept
