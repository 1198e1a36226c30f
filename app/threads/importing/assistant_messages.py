"""`chatkit.assistant_message`: texts with what they cite."""

from typing import Any
from urllib.parse import urlsplit

from chatkit.types import Annotation, AssistantMessageContent, AssistantMessageItem, FileSource, URLSource

from app.threads.importing.hosted import Raw, note_unknown, parts_of, text_of
from app.threads.importing.places import Place


def assistant_message(raw: Raw, place: Place, losses: list[str]) -> AssistantMessageItem:
    """Return the message, its text unchanged."""
    content = [part for given in parts_of(raw.get("content")) if (part := _part(given, losses)) is not None]
    note_unknown(raw, ("content",), losses, "assistant message")
    return AssistantMessageItem(**place.fields, content=content)


def _part(part: Any, losses: list[str]) -> AssistantMessageContent | None:
    match part:
        case str(text):
            return AssistantMessageContent(text=text)
        case {"type": "output_text", "text": str(text)}:
            annotations = [_annotation(given, text, losses) for given in parts_of(part.get("annotations"))]
            return AssistantMessageContent(text=text, annotations=[found for found in annotations if found])
        case {"text": str(text)} | {"refusal": str(text)}:
            losses.append("assistant message: part of an unknown type, shown as text")
            return AssistantMessageContent(text=text)
        case _:
            losses.append("assistant message: part of an unknown type, without text")
            return None


def _annotation(raw: Any, text: str, losses: list[str]) -> Annotation | None:
    """Return a citation; None for one that names neither a file nor a page of the web."""
    given = raw if isinstance(raw, dict) else {}
    source = given["source"] if isinstance(given.get("source"), dict) else given
    found = _source(source)
    if found is None:
        losses.append("citation of something that has no name or address here")
        return None
    if given.keys() - {"type", "source", "index"} or source.keys() - {"type", "filename", "url", "title"}:
        losses.append("citation: its place, description or file id")
    index = given.get("index")
    is_place = isinstance(index, int) and not isinstance(index, bool) and 0 <= index <= len(text)
    return Annotation(source=found, index=index if is_place else None)


def _source(raw: Raw) -> FileSource | URLSource | None:
    title = text_of(raw, "title")
    if name := text_of(raw, "filename"):
        return FileSource(title=title or name, filename=name)
    # Other schemes would run code, or mean files of this server.
    if (url := text_of(raw, "url")) and (host := _host(url)):
        return URLSource(title=title or host, url=url)
    return None


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None
