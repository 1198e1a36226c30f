"""How each operation and each route is asked for: the rows of the matrix.

`{name}` stands for what the user has by that name (`things.py`); each of these is a place for what is
somebody else's. A new operation or route without a row here fails `test_matrix.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.access.things import Things
from tests.serving import ChatKitClient, user_input

_PLACE = re.compile(r"\{(\w+)\}")


def _said(text: str = "Hello", **fields: Any) -> dict[str, Any]:
    return user_input(text) | fields


def _mentioned(tag_id: str) -> dict[str, Any]:
    return {"type": "input_tag", "id": tag_id, "text": "it", "data": {}}


OPERATIONS: dict[str, list[dict[str, Any]]] = {
    "threads.create": [
        {"input": _said()},
        {"input": _said(attachments=["{unsent}"])},
        {"input": _said(content=[_mentioned("{thread}"), _mentioned("{message}"), _mentioned("{unsent}")])},
    ],
    "threads.add_user_message": [
        {"thread_id": "{thread}", "input": _said("Hello once more")},
        {"thread_id": "{thread}", "input": _said(attachments=["{unsent}"])},
    ],
    "threads.add_client_tool_output": [
        {"thread_id": "{waiting_thread}", "result": {"width": 1, "height": 1}}
    ],
    "threads.add_structured_input": [
        {
            "thread_id": "{asking_thread}",
            "item_id": "{question}",
            "input": {"answers": {"size": {"values": ["Large"]}}},
        }
    ],
    "threads.custom_action": [
        {
            "thread_id": "{widget_thread}",
            "item_id": "{widget}",
            "action": {"type": "demo.order", "payload": {"size": "small"}},
        }
    ],
    "threads.sync_custom_action": [
        {
            "thread_id": "{widget_thread}",
            "item_id": "{widget}",
            "action": {"type": "demo.like", "payload": {"likes": 0}},
        }
    ],
    "threads.retry_after_item": [{"thread_id": "{thread}", "item_id": "{message}"}],
    "threads.get_by_id": [{"thread_id": "{thread}"}],
    "threads.list": [{"limit": 1, "after": "{threads_cursor}"}, {"after": "{thread}"}],
    "threads.update": [{"thread_id": "{thread}", "title": "Renamed"}],
    "items.list": [
        {"thread_id": "{thread}", "after": "{items_cursor}"},
        {"thread_id": "{thread}", "after": "{message}"},
    ],
    "items.feedback": [{"thread_id": "{thread}", "item_ids": ["{message}"], "kind": "positive"}],
    "attachments.create": [{"name": "a.txt", "size": 1, "mime_type": "text/plain"}],
    "attachments.delete": [{"attachment_id": "{unsent}"}],
    "input.transcribe": [{"audio_base64": "AAAA", "mime_type": "audio/webm"}],
    "threads.delete": [{"thread_id": "{thread}"}],
}
"""What is asked last takes away what others speak of."""


@dataclass(frozen=True)
class Route:
    """A request beside the protocol."""

    method: str
    path: str
    route: str
    headers: dict[str, str] = field(default_factory=dict)
    files: dict[str, Any] | None = None
    json: Any = None


_FILE = {"file": ("a.txt", b"text", "text/plain")}
_EVENTS, _CANCEL = "/chatkit/threads/{thread_id}/events", "/chatkit/threads/{thread_id}/cancel"
_FILES, _ONE_FILE = "/chatkit/files", "/chatkit/files/{attachment_id}"
HOSTED = "/v1/chatkit"
CONVERSATION = f"{HOSTED}/conversation"
_HOSTED_THREAD = f"{HOSTED}/threads/{{thread_id}}"

_OPENED = {"type": "threads.get_by_id", "params": {"thread_id": "{thread}"}}

ROUTES = [
    Route("GET", "/chatkit/threads/{thread}/events", _EVENTS),
    Route("GET", "/chatkit/threads/{thread}/events", _EVENTS, {"last-event-id": "{turn}:1"}),
    Route("POST", "/chatkit/threads/{thread}/cancel", _CANCEL),
    Route("POST", "/chatkit/files", _FILES, files=_FILE),
    Route("POST", "/chatkit/files/{announced}?{announced_query}", _ONE_FILE, files=_FILE),
    Route("PUT", "/chatkit/files/{announced}?{announced_query}", _ONE_FILE, files=_FILE),
    Route("GET", "/chatkit/files/{sent}?{sent_query}", _ONE_FILE),
    Route("HEAD", "/chatkit/files/{sent}?{sent_query}", _ONE_FILE),
    # For back-ends: users of a page are nobody there.
    Route(
        "POST",
        f"{HOSTED}/sessions",
        f"{HOSTED}/sessions",
        json={"user": "{thread}", "workflow": {"id": "wf_{thread}"}},
    ),
    Route("POST", f"{HOSTED}/sessions/{{session}}/cancel", f"{HOSTED}/sessions/{{session_id}}/cancel"),
    Route("GET", f"{HOSTED}/threads?after={{thread}}", f"{HOSTED}/threads"),
    Route("GET", f"{HOSTED}/threads/{{thread}}", _HOSTED_THREAD),
    Route("GET", f"{HOSTED}/threads/{{thread}}/items?after={{message}}", f"{_HOSTED_THREAD}/items"),
    Route("DELETE", f"{HOSTED}/threads/{{thread}}", _HOSTED_THREAD),
    Route("POST", CONVERSATION, CONVERSATION, json=_OPENED),
]

OF_NOBODY = {
    "/",
    "/config.json",
    "/chatkit.js",
    "/chatkit-fetch.js",
    "/chatkit-fetch.d.ts",
    "/assets/{name}",
    "/chatkit/probe",
    "/healthz",
    "/readyz",
    "/openapi.json",
}
"""Routes that give everybody the same, and take no name of anything."""


@dataclass(frozen=True)
class Request:
    """One row, ready to be sent by somebody with what they speak of."""

    name: str
    operation: str | None
    template: Any

    @property
    def places(self) -> list[str]:
        """The names of what it speaks of. A signed query belongs to its address, not to what it names."""
        found = dict.fromkeys(_PLACE.findall(str(_plain(self.template))))
        return [name for name in found if not name.endswith("_query")]

    async def send(self, client: ChatKitClient, things: Things) -> httpx2.Response:
        """Send it; a stream is read to its end."""
        if self.operation:
            body = {"type": self.operation, "params": _filled(self.template, things)}
            return await client.http.post("/chatkit", json=body)
        route: Route = self.template
        return await client.http.request(
            route.method,
            _filled(route.path, things),
            headers=_filled(route.headers, things),
            files=route.files,
            json=_filled(route.json, things),
        )


def requests() -> Iterator[Request]:
    """Yield all rows."""
    for operation, templates in OPERATIONS.items():
        for number, template in enumerate(templates):
            yield Request(f"{operation} {number}" if number else operation, operation, template)
    for number, route in enumerate(ROUTES):
        yield Request(f"{route.method} {route.route} {number}", None, route)


def _plain(template: Any) -> Any:
    return (template.path, template.headers, template.json) if isinstance(template, Route) else template


def _filled(template: Any, things: Things) -> Any:
    match template:
        case str():
            return _PLACE.sub(lambda found: things[found[1]], template)
        case list():
            return [_filled(part, things) for part in template]
        case dict():
            return {name: _filled(part, things) for name, part in template.items()}
        case _:
            return template
