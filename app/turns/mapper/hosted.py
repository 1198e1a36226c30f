"""How the tools that run at the provider look as workflow tasks.

A task names the activity; of what went in and came out it shows queries and sources of a search, names of
files found, and nothing else: no arguments, code or outputs. A tool of a kind that is not known here, from a
newer provider, is still a task with an end.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from chatkit.icons import IconName
from chatkit.types import CustomTask, FileSource, FileTask, SearchTask, Task

from app.turns.mapper.citations import url_source
from app.turns.mapper.naming import Naming
from app.turns.mapper.raw import field
from app.turns.mapper.text import headline
from app.turns.mapper.wording import Words

MAX_LISTED = 20
"""Queries or sources of one task; the rest is not shown."""

Status = Literal["loading", "complete"]
Drawing = Callable[[object, Status, Naming], Task]

_ELSEWHERE = (
    "image_generation_call",
    "function_call",
    "custom_tool_call",
    "computer_call",
    "local_shell_call",
    "shell_call",
    "apply_patch_call",
)
"""Calls that are items, or end with an output of their own."""


def drawing_of(item: object) -> Drawing | None:
    """Return how the call of a hosted tool is drawn; None for all other items."""
    kind = field(item, "type")
    if not isinstance(kind, str) or kind in _ELSEWHERE:
        return None
    return _DRAWINGS.get(kind) or (_unknown if kind.endswith("_call") else None)


def _phrase(usual: Words, item: object, status: Status, naming: Naming) -> str:
    phrases = naming.of_kind(item, usual)
    if status == "loading":
        return phrases.running
    failed = field(item, "status") in ("failed", "incomplete") or bool(field(item, "error"))
    return phrases.at("failed" if failed else "done")


def _web_search(item: object, status: Status, naming: Naming) -> Task:
    action = field(item, "action")
    reads_page = field(action, "type") in ("open_page", "find_in_page")
    queries = _texts([field(action, "query"), *(field(action, "queries") or ())])
    pages = (
        [field(action, "url")]
        if reads_page
        else [field(page, "url") for page in field(action, "sources") or ()]
    )
    wording = naming.wording
    sources = [source for url in pages[:MAX_LISTED] if (source := url_source(url, None, wording))]
    usual = (wording.web_page if reads_page else wording.web_search).filled()
    return SearchTask(
        title=_phrase(usual, item, status, naming),
        title_query=queries[0] if queries else None,
        queries=queries,
        sources=sources,
        status_indicator=status,
    )


def _file_search(item: object, status: Status, naming: Naming) -> Task:
    names = _texts([field(result, "filename") for result in field(item, "results") or ()])
    queries = _texts(list(field(item, "queries") or ()))
    # A file task has no place for queries.
    wording = naming.wording
    query = {"query": headline(queries[0], 60)} if queries else {}
    usual = (wording.file_search_for if queries else wording.file_search).filled(**query)
    return FileTask(
        title=_phrase(usual, item, status, naming),
        sources=[FileSource(filename=name, title=name) for name in names],
        status_indicator=status,
    )


def _mcp_call(item: object, status: Status, naming: Naming) -> Task:
    return _custom(naming.of_call(item) or naming.wording.other_tool.filled(), "bolt", item, status, naming)


def _mcp_tools(item: object, status: Status, naming: Naming) -> Task:
    label = field(item, "server_label")
    server = headline(label, 40) if isinstance(label, str) else ""
    wording = naming.wording
    usual = wording.mcp_server.filled(server=server) if server else wording.tool_search.filled()
    return _custom(usual, "bolt", item, status, naming)


def _code(item: object, status: Status, naming: Naming) -> Task:
    return _custom(naming.wording.code.filled(), "square-code", item, status, naming)


def _tool_search(item: object, status: Status, naming: Naming) -> Task:
    return _custom(naming.wording.tool_search.filled(), "search", item, status, naming)


def _compaction(item: object, status: Status, naming: Naming) -> Task:
    return _custom(naming.wording.compaction.filled(), "notebook", item, status, naming)


def _unknown(item: object, status: Status, naming: Naming) -> Task:
    return _custom(naming.wording.other_tool.filled(), "bolt", item, status, naming)


def _custom(usual: Words, icon: IconName, item: object, status: Status, naming: Naming) -> Task:
    return CustomTask(
        title=_phrase(usual, item, status, naming), icon=naming.icon(item, icon), status_indicator=status
    )


def _texts(values: list[object]) -> list[str]:
    """Return the non-empty texts among `values`, each once, as single lines."""
    lines = (headline(value, 200) for value in values if isinstance(value, str))
    return list(dict.fromkeys(line for line in lines if line))[:MAX_LISTED]


_DRAWINGS: Mapping[str, Drawing] = {
    "web_search_call": _web_search,
    "file_search_call": _file_search,
    "code_interpreter_call": _code,
    "mcp_call": _mcp_call,
    "mcp_list_tools": _mcp_tools,
    "tool_search_call": _tool_search,
    "compaction": _compaction,
}
"""By type of the model's output item."""
