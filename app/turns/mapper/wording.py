"""Every word the mapper says of its own accord, in every language."""

import re
from dataclasses import astuple, dataclass, fields
from functools import cache
from typing import Any

from app.languages import Sentence, translated
from app.turns.mapper.text import headline

_WORD_BREAK = re.compile(r"[_\-.\s]+|(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Phrases:
    """One activity while it goes on, when it is over, and when it did not work out."""

    running: Sentence
    done: Sentence
    failed: Sentence


@dataclass(frozen=True, slots=True)
class Wording:
    """Titles of tasks and citations. `handed_over` names the agent that goes on as `{agent}`."""

    web_search: Phrases = Phrases("Searching the web", "Searched the web", "The web search failed")
    web_page: Phrases = Phrases("Reading a page", "Read a page", "The page could not be read")
    file_search: Phrases = Phrases("Searching files", "Searched files", "The file search failed")
    code: Phrases = Phrases("Running code", "Ran code", "The code failed")
    image: Phrases = Phrases("Generating an image", "Image generated", "The image could not be generated")
    computer: Phrases = Phrases("Using the computer", "Used the computer", "Using the computer failed")
    command: Phrases = Phrases("Running a command", "Ran a command", "The command failed")
    patch: Phrases = Phrases("Editing a file", "Edited a file", "The file could not be edited")
    tool_search: Phrases = Phrases("Looking for a tool", "Looked for a tool", "No tool was found")
    handed_over: Sentence = "Handed over to {agent}"
    untitled_page: Sentence = "Web page"
    untitled_file: Sentence = "File"


ENGLISH = Wording()


@cache
def wording_in(language: str) -> Wording:
    """Return the words in a language; in English where the server does not speak it."""
    said: dict[str, Any] = {
        word.name: _said(getattr(ENGLISH, word.name), language) for word in fields(ENGLISH)
    }
    return Wording(**said)


def _said(word: Phrases | str, language: str) -> Phrases | str:
    if isinstance(word, str):
        return translated(word, language)
    return Phrases(*(translated(phrase, language) for phrase in astuple(word)))


def spoken(name: str) -> str:
    """Return a tool's name as words: ``get_weather`` and ``getWeather`` become ``Get weather``."""
    words = " ".join(
        word if word.isupper() else word.lower() for word in _WORD_BREAK.split(headline(name)) if word
    )
    return words[:1].upper() + words[1:]
