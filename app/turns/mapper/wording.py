"""Every word the mapper says of its own accord, in every language."""

import re
from dataclasses import astuple, dataclass, fields
from functools import cache
from typing import Any, Literal

from app.languages import Sentence, translated
from app.turns.mapper.text import headline

_WORD_BREAK = re.compile(r"[_\-.\s]+|(?<=[a-z0-9])(?=[A-Z])")


Outcome = Literal["done", "failed", "late", "rejected"]
"""How an activity ended."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one activity is called while it goes on, when it is over, and when it did not work out."""

    running: str
    done: str
    failed: str
    late: str = ""
    """When it took longer than it may; as `failed` if nothing is given."""
    rejected: str = ""
    """When it was not allowed; as `failed` if nothing is given."""

    def at(self, outcome: Outcome) -> str:
        """Return what it is called after this end."""
        return {"done": self.done, "late": self.late, "rejected": self.rejected}.get(outcome) or self.failed


@dataclass(frozen=True, slots=True)
class Phrases:
    """The same, as it is translated."""

    running: Sentence
    done: Sentence
    failed: Sentence
    late: Sentence | None = None

    def filled(self, **places: str) -> Words:
        """Return the words, with these in their places."""
        late = (self.late or self.failed).format(**places)
        return Words(
            self.running.format(**places), self.done.format(**places), self.failed.format(**places), late
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """Titles of tasks and citations. What stands in braces is filled in."""

    web_search: Phrases = Phrases("Searching the web", "Searched the web", "The web search failed")
    web_page: Phrases = Phrases("Reading a page", "Read a page", "The page could not be read")
    file_search: Phrases = Phrases("Searching files", "Searched files", "The file search failed")
    file_search_for: Phrases = Phrases(
        "Searching files for “{query}”", "Searched files for “{query}”", "The file search failed"
    )
    code: Phrases = Phrases("Running code", "Ran code", "The code failed")
    computer: Phrases = Phrases("Using the computer", "Used the computer", "Using the computer failed")
    command: Phrases = Phrases(
        "Running a command", "Ran a command", "The command failed", late="The command took too long"
    )
    patch: Phrases = Phrases("Editing a file", "Edited a file", "The file could not be edited")
    tool_search: Phrases = Phrases("Looking for a tool", "Looked for a tool", "No tool was found")
    mcp_server: Phrases = Phrases(
        "Connecting to {server}", "Connected to {server}", "{server} could not be reached"
    )
    compaction: Phrases = Phrases(
        "Summarizing the conversation",
        "Summarized the conversation",
        "The conversation could not be summarized",
    )
    other_tool: Phrases = Phrases("Using a tool", "Used a tool", "The tool failed")
    image_failed: Sentence = "The image could not be generated"
    tool_failed: Sentence = "{tool} failed"
    tool_late: Sentence = "{tool} took too long"
    tool_rejected: Sentence = "{tool} was not allowed"
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
    return Phrases(*(phrase and translated(phrase, language) for phrase in astuple(word)))


def spoken(name: str) -> str:
    """Return a tool's name as words: ``get_weather`` and ``getWeather`` become ``Get weather``."""
    words = " ".join(
        word if word.isupper() else word.lower() for word in _WORD_BREAK.split(headline(name)) if word
    )
    return words[:1].upper() + words[1:]
