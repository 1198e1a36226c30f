"""The words a test writes a reply of the model in: what is said, step by step, and where it goes wrong.

A reply is a sequence of steps. Steps that are streamed in pieces take controls among the pieces: `gate` waits
for the test, `pause` waits by itself, `cut` closes the connection, `raw` sends bytes as they are, `next_part`
begins another part.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]


@dataclass(frozen=True)
class Gate:
    """The reply waits here until the test releases it."""

    name: str


@dataclass(frozen=True)
class Pause:
    """The reply takes its time here, as a model does that thinks or writes slowly."""

    seconds: float


@dataclass(frozen=True)
class Cut:
    """The connection is closed here, in the middle of the body."""


@dataclass(frozen=True)
class Raw:
    """These bytes, as they are."""

    data: bytes


@dataclass(frozen=True)
class NextPart:
    """Another content part, or another part of a reasoning summary, begins here."""


Control = Gate | Pause | Cut | Raw
Piece = str | Control | NextPart


@dataclass(frozen=True)
class Say:
    """A message. `citations` belong to its last part."""

    pieces: tuple[Piece, ...]
    citations: tuple[JSON, ...] = ()


@dataclass(frozen=True)
class Think:
    """Reasoning: a summary, or with `plainly` the text itself, as open models give it."""

    pieces: tuple[Piece, ...]
    plainly: bool = False


@dataclass(frozen=True)
class Refuse:
    """A message that is a refusal."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class CallTool:
    """A call of a function tool."""

    name: str
    arguments: str
    call_id: str


@dataclass(frozen=True)
class UseHostedTool:
    """A tool that runs at the provider: its item at the start and at the end, and the events in between."""

    running: JSON
    done: JSON
    events: tuple["str | JSON | Control", ...] = ()
    """Their types, or with fields of their own the whole events."""
    keeps_id: bool = False
    """Whether the item's id is what the script says, and not one of its own in each response."""


@dataclass(frozen=True)
class StopShort:
    """The reply ends here, incomplete."""

    reason: Literal["max_output_tokens", "content_filter"]


@dataclass(frozen=True)
class Fail:
    """The reply ends here with an error in the stream."""

    code: str
    message: str


@dataclass(frozen=True)
class HttpError:
    """The whole reply: a status and OpenAI's error body."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


Step = Say | Think | Refuse | CallTool | UseHostedTool | StopShort | Fail | HttpError | Control
Reply = Sequence[Step]


def say(*pieces: Piece, citing: Sequence[JSON] = ()) -> Say:
    """A message, streamed piece by piece."""
    return Say(pieces, tuple(citing))


def think(*pieces: Piece, plainly: bool = False) -> Think:
    """Reasoning, streamed piece by piece."""
    return Think(pieces, plainly)


def refuse(*pieces: Piece) -> Refuse:
    """A refusal, streamed piece by piece."""
    return Refuse(pieces)


def call_tool(name: str, arguments: Mapping[str, Any] | str = "{}", *, call_id: str = "call_1") -> CallTool:
    """A call of a function tool; `arguments` as they are if they are text."""
    return CallTool(name, arguments if isinstance(arguments, str) else json.dumps(arguments), call_id)


def stop_short(reason: Literal["max_output_tokens", "content_filter"] = "max_output_tokens") -> StopShort:
    """The end of a reply that is not complete."""
    return StopShort(reason)


def fail(code: str = "server_error", message: str = "The model broke down.") -> Fail:
    """An error in the stream."""
    return Fail(code, message)


def http_error(status: int, code: str = "error", message: str = "No.", **headers: str) -> HttpError:
    """An HTTP error instead of a reply; ``retry_after="1"`` is sent as ``retry-after: 1``."""
    return HttpError(
        status, code, message, {name.replace("_", "-"): value for name, value in headers.items()}
    )


def gate(name: str) -> Gate:
    """Wait here for the test."""
    return Gate(name)


def pause(seconds: float) -> Pause:
    """Take this long before what follows."""
    return Pause(seconds)


def cut() -> Cut:
    """Close the connection here."""
    return Cut()


def raw(data: bytes) -> Raw:
    """Send these bytes here."""
    return Raw(data)


def next_part() -> NextPart:
    """Begin another part here."""
    return NextPart()


def search_web(query: str, *urls: str) -> UseHostedTool:
    """A web search that found these pages."""
    item = {"id": "ws_1", "type": "web_search_call"}
    action = {"type": "search", "query": query, "queries": [query]}
    sources = [{"type": "url", "url": url} for url in urls]
    return UseHostedTool(
        running={**item, "status": "in_progress", "action": action},
        done={**item, "status": "completed", "action": {**action, "sources": sources}},
        events=tuple(
            f"response.web_search_call.{step}" for step in ("in_progress", "searching", "completed")
        ),
    )


def search_files(query: str, *filenames: str) -> UseHostedTool:
    """A file search that found these files."""
    item = {"id": "fs_1", "type": "file_search_call", "queries": [query]}
    results = [
        {"file_id": f"file-{number}", "filename": name, "score": 0.9, "text": "found text", "attributes": {}}
        for number, name in enumerate(filenames)
    ]
    return UseHostedTool(
        running={**item, "status": "in_progress", "results": None},
        done={**item, "status": "completed", "results": results},
        events=tuple(
            f"response.file_search_call.{step}" for step in ("in_progress", "searching", "completed")
        ),
    )


def call_mcp(server: str, tool: str, output: str = "done") -> UseHostedTool:
    """A call of a tool on an MCP server that the provider reaches."""
    item = {"id": "mcp_1", "type": "mcp_call", "server_label": server, "name": tool, "arguments": "{}"}
    return UseHostedTool(
        running={**item, "status": "in_progress"},
        done={**item, "status": "completed", "output": output},
        events=("response.mcp_call.in_progress", "response.mcp_call.completed"),
    )


def ask_for_mcp(server: str, tool: str, arguments: str = "{}") -> UseHostedTool:
    """A tool on an MCP server that the provider calls only once it is approved."""
    item = {
        "id": "mcpr_1",
        "type": "mcp_approval_request",
        "server_label": server,
        "name": tool,
        "arguments": arguments,
    }
    return UseHostedTool(running=item, done=item)


def run_code(code: str) -> UseHostedTool:
    """The code interpreter."""
    item = {
        "id": "ci_1",
        "type": "code_interpreter_call",
        "container_id": "cntr_1",
        "code": code,
        "outputs": [],
    }
    return UseHostedTool(
        running={**item, "status": "in_progress"},
        done={**item, "status": "completed"},
        events=tuple(
            f"response.code_interpreter_call.{step}" for step in ("in_progress", "interpreting", "completed")
        ),
    )


def generate_image(
    base64: str | None,
    *,
    partials: Sequence[str] = (),
    before_the_end: Sequence[Control] = (),
    **changes: Any,
) -> UseHostedTool:
    """Image generation; without an image it fails. `changes` are made to the item at its end."""
    item = {"id": "ig_1", "type": "image_generation_call"}
    events = tuple(f"response.image_generation_call.{step}" for step in ("in_progress", "generating"))
    images = tuple(
        {
            "type": "response.image_generation_call.partial_image",
            "partial_image_b64": partial,
            "partial_image_index": number,
            "output_format": "png",
        }
        for number, partial in enumerate(partials)
    )
    return UseHostedTool(
        running={**item, "status": "in_progress", "result": None},
        done={**item, "status": "completed" if base64 else "failed", "result": base64, **changes},
        events=(*events, *images, *before_the_end),
    )


def url_citation(url: str, title: str, end: int) -> JSON:
    """A citation of a page, after the character `end`."""
    return {"type": "url_citation", "url": url, "title": title, "start_index": 0, "end_index": end}


def container_citation(filename: str | None, end: int, file_id: str = "cfile_1") -> JSON:
    """A citation of a file that code has made, after the character `end`."""
    cited = {"type": "container_file_citation", "container_id": "cntr_1", "file_id": file_id}
    return {**cited, "filename": filename, "start_index": 0, "end_index": end}


def file_citation(filename: str, index: int) -> JSON:
    """A citation of a file."""
    return {"type": "file_citation", "file_id": "file-0", "filename": filename, "index": index}
