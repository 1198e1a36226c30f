"""How the tools that run at the provider look as workflow tasks.

A task names the activity; of what went in and came out it shows only what ChatKit has a place for: queries
and sources of a search, names of files found. Never arguments, code or outputs. A generated image is a task
and no more: its bytes do not go into an item.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from chatkit.types import CustomTask, FileSource, FileTask, ImageTask, SearchTask, Task

from app.turns.mapper.citations import url_source
from app.turns.mapper.raw import field
from app.turns.mapper.text import headline
from app.turns.mapper.wording import Phrases, Wording, spoken

MAX_LISTED = 20
"""Queries or sources of one task; the rest is not shown."""

Status = Literal["loading", "complete"]
Drawing = Callable[[object, Status, Wording], Task]


def _phrase(phrases: Phrases, item: object, status: Status) -> str:
    if status == "loading":
        return phrases.running
    failed = field(item, "status") in ("failed", "incomplete") or bool(field(item, "error"))
    return phrases.failed if failed else phrases.done


def _web_search(item: object, status: Status, wording: Wording) -> Task:
    action = field(item, "action")
    reads_page = field(action, "type") in ("open_page", "find_in_page")
    queries = _texts([field(action, "query"), *(field(action, "queries") or ())])
    pages = (
        [field(action, "url")]
        if reads_page
        else [field(page, "url") for page in field(action, "sources") or ()]
    )
    sources = [source for url in pages[:MAX_LISTED] if (source := url_source(url, None, wording))]
    return SearchTask(
        title=_phrase(wording.web_page if reads_page else wording.web_search, item, status),
        title_query=queries[0] if queries else None,
        queries=queries,
        sources=sources,
        status_indicator=status,
    )


def _file_search(item: object, status: Status, wording: Wording) -> Task:
    names = _texts([field(result, "filename") for result in field(item, "results") or ()])
    return FileTask(
        title=_phrase(wording.file_search, item, status),
        sources=[FileSource(filename=name, title=name) for name in names],
        status_indicator=status,
    )


def _image(item: object, status: Status, wording: Wording) -> Task:
    return ImageTask(title=_phrase(wording.image, item, status), status_indicator=status)


def _code(item: object, status: Status, wording: Wording) -> Task:
    return CustomTask(title=_phrase(wording.code, item, status), icon="square-code", status_indicator=status)


def _tool_search(item: object, status: Status, wording: Wording) -> Task:
    return CustomTask(
        title=_phrase(wording.tool_search, item, status), icon="search", status_indicator=status
    )


def _mcp_call(item: object, status: Status, wording: Wording) -> Task:
    name = field(item, "name")
    title = spoken(name) if isinstance(name, str) else ""
    return CustomTask(title=title or wording.tool_search.running, icon="bolt", status_indicator=status)


def _texts(values: list[object]) -> list[str]:
    """Return the non-empty texts among `values`, each once, as single lines."""
    lines = (headline(value, 200) for value in values if isinstance(value, str))
    return list(dict.fromkeys(line for line in lines if line))[:MAX_LISTED]


HOSTED: Mapping[str, Drawing] = {
    "web_search_call": _web_search,
    "file_search_call": _file_search,
    "code_interpreter_call": _code,
    "image_generation_call": _image,
    "mcp_call": _mcp_call,
    "tool_search_call": _tool_search,
}
"""By type of the model's output item."""
