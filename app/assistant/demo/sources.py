"""Texts of the demo that cite something, and what they cite."""

from typing import Any, NamedTuple

Annotation = dict[str, Any]


class Cited(NamedTuple):
    """A text, and its citations as the Responses API has them."""

    text: str
    annotations: tuple[Annotation, ...]


PAGES = (
    ("The Agents SDK", "https://openai.github.io/openai-agents-python/"),
    ("ChatKit for JavaScript", "https://openai.github.io/chatkit-js/"),
    ("PostgreSQL documentation", "https://www.postgresql.org/docs/"),
)


def found(subject: str) -> Cited:
    """Say what a search that never left this machine has found of `subject`."""
    return _cited(
        f"I was asked to look for *{subject}*. The search is invented, as I am never on the network, and so "
        "what it found has little to do with it: agents are written in the Agents SDK",
        _page(*PAGES[0]),
        ", pages show them with ChatKit",
        _page(*PAGES[1]),
        ", and what is said stays in PostgreSQL",
        _page(*PAGES[2]),
        ".\n\nOpen the list of sources below, or the step above that shows the search. A real model finds "
        "its own, with `tools=[WebSearchTool()]`.",
    )


def cited() -> Cited:
    """Say something that is full of citations."""
    return _cited(
        "An answer can cite a page",
        _page(*PAGES[2]),
        ", a file that was searched",
        {"type": "file_citation", "file_id": "file-demo", "filename": "handbook.pdf"},
        ", and one whose name nobody knows",
        {"type": "file_citation", "file_id": "file-unknown", "filename": ""},
        ". Two at one place share a mark",
        _page(*PAGES[0]),
        _page(*PAGES[1]),
        ". None of them is lost when you reload the page.",
    )


def _page(title: str, url: str) -> Annotation:
    return {"type": "url_citation", "url": url, "title": title, "start_index": 0}


def _cited(*parts: str | Annotation) -> Cited:
    """Put a text together; an annotation belongs to the place where it stands."""
    text, annotations = "", []
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            place = "end_index" if part["type"] == "url_citation" else "index"
            annotations.append({**part, place: len(text)})
    return Cited(text, tuple(annotations))
