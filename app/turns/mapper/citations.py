"""Annotations of the model → ChatKit annotations.

Takes them as typed objects or as dicts: the OpenAI client parses some into the wrong class. No citation of a
file is lost for want of a name. A link that is not http or https is: a page would offer it for clicking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chatkit.types import Annotation, AssistantMessageItem, FileSource, URLSource

from app.turns.mapper.raw import field
from app.turns.mapper.text import clean, headline
from app.turns.mapper.wording import Wording


@dataclass(frozen=True, slots=True)
class ContainerFile:
    """A file that code has made at the provider, where it is kept for a while."""

    container_id: str
    file_id: str
    name: str


@dataclass(frozen=True, slots=True)
class CitedFiles:
    """A message that has ended, and the files it cites by content part and annotation."""

    item: AssistantMessageItem
    files: Mapping[tuple[int, int], ContainerFile]


def container_file(raw: object) -> ContainerFile | None:
    """Return the file of a container that `raw` cites, if it cites one."""
    container_id, file_id = field(raw, "container_id"), field(raw, "file_id")
    if field(raw, "type") != "container_file_citation":
        return None
    if not (isinstance(container_id, str) and isinstance(file_id, str) and container_id and file_id):
        return None
    name = field(raw, "filename")
    return ContainerFile(container_id, file_id, headline(name, 200) if isinstance(name, str) else "")


def citation(raw: object, wording: Wording) -> Annotation | None:
    """Return what a reader is shown of `raw`, or None if it is no citation that can be shown."""
    match field(raw, "type"):
        case "url_citation":
            source = url_source(field(raw, "url"), field(raw, "title"), wording)
            return Annotation(source=source, index=_offset(raw, "end_index")) if source else None
        case "file_citation":
            return Annotation(source=_file_source(raw, wording), index=_offset(raw, "index"))
        case "container_file_citation":
            return Annotation(source=_file_source(raw, wording), index=_offset(raw, "end_index"))
        case "file_path":
            return Annotation(source=_file_source(raw, wording))
        case _:
            return None


def url_source(url: object, title: object, wording: Wording) -> URLSource | None:
    """Return a source for a web page, titled by its host where it has no title; None if it is no web page."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(clean(url).strip())
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    own_title = headline(title, 200) if isinstance(title, str) else ""
    return URLSource(url=parts.geturl(), title=own_title or parts.hostname or wording.untitled_page)


def _file_source(raw: object, wording: Wording) -> FileSource:
    filename = field(raw, "filename")
    name = headline(filename, 200) if isinstance(filename, str) else ""
    name = name or wording.untitled_file
    return FileSource(filename=name, title=name)


def _offset(raw: object, name: str) -> int | None:
    """The place in the text, in characters; None where the model gave none that makes sense."""
    value = field(raw, name)
    return value if type(value) is int and value >= 0 else None
