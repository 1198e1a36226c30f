"""A sentence → the same in another language, its values filled in.

Owns the choice among the catalogues there are. Never raises for what a request can bring along: what is not
translated is said in English.
"""

import string
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.languages.sentence import Sentence

CATALOGUES = Path(__file__).parent / "catalogues"
ENGLISH = "en"
LANGUAGES = (ENGLISH, *sorted(path.stem for path in CATALOGUES.glob("*.po")))
"""BCP 47 tags of the languages that the server speaks."""

_BY_TAG = {tag.lower(): tag for tag in LANGUAGES}
# Said in another script, though the tag names none.
_SCRIPTS = {"zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant"}

# What stands between thousands; a comma elsewhere. A narrow space that does not break is the SI's way.
_THOUSANDS = {"de": ".", "es": "\u202f", "fr": "\u202f"}


def language_for(wanted: Iterable[str]) -> str:
    """Return the language to speak to somebody who wants these, the first most (RFC 4647, lookup)."""
    for tag in wanted:
        subtags = tag.lower().split("-")
        for length in range(len(subtags), 0, -1):
            shorter = "-".join(subtags[:length])
            if found := _BY_TAG.get(_SCRIPTS.get(shorter, shorter).lower()):
                return found
    return ENGLISH


def translated(sentence: Sentence, language: str, values: Mapping[str, object] | None = None) -> str:
    """Return `sentence` in a language of `LANGUAGES`, as it is where that is not known, its places filled.

    Without values it is returned with its places, and with its braces where they are none.
    """
    found = _catalogue(language).get(sentence, sentence)
    return _Filling(_THOUSANDS.get(language, ",")).format(found, **values) if values else found


class _Filling(string.Formatter):
    """Writes numbers with the thousands of one language: `{limit:,}`."""

    def __init__(self, thousands: str) -> None:
        self._thousands = thousands

    def format_field(self, value: Any, format_spec: str) -> str:
        text: str = super().format_field(value, format_spec)
        return text.replace(",", self._thousands) if format_spec.endswith(",") else text


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    if language == ENGLISH or language not in LANGUAGES:
        return {}
    # Where nothing is translated, as in commands and while PostgreSQL is looked for, it is not needed.
    import polib

    entries = polib.pofile(str(CATALOGUES / f"{language}.po"))
    return {entry.msgid: entry.msgstr for entry in entries if entry.translated()}
