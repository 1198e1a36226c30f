"""The role `read-only`: reads what is there, and is refused whatever writes, on every operation and route."""

from typing import Any, get_args

import pytest
from chatkit.types import ChatKitReq

from app.auth.permissions import OPERATIONS, ROUTES, Access
from tests.auth.asking import ask, bearer
from tests.auth.conftest import MakeSettings
from tests.auth.issuer import token
from tests.auth.test_proxy import proxy_settings
from tests.project.test_documentation import routes
from tests.serving import ChatKitClient, RunningServer, serving, thread_id_of, user_input

READER = token(sub="alice", realm_access={"roles": ["staff", "read-only"]})
WRITER = token(sub="alice", realm_access={"roles": ["staff"]})


@pytest.fixture
def reader(server: RunningServer) -> ChatKitClient:
    return server.client(**bearer(READER))


def test_every_operation_of_the_sdk_is_in_the_table() -> None:
    requests = get_args(get_args(ChatKitReq)[0])
    assert sorted(OPERATIONS) == sorted(request.model_fields["type"].default for request in requests)


OPEN = {
    "GET /healthz": "says nothing of anybody",
    "HEAD /healthz": "says nothing of anybody",
    "GET /readyz": "says nothing of anybody",
    "HEAD /readyz": "says nothing of anybody",
    "GET /openapi.json": "says nothing of anybody",
    "HEAD /openapi.json": "says nothing of anybody",
    "GET /chatkit/probe": "has no content",
    "GET /chatkit/files/{attachment_id}": "by a signed address",
    "HEAD /chatkit/files/{attachment_id}": "by a signed address",
    "POST /chatkit/files/{attachment_id}": "by a signed address, which a reader is not given",
    "PUT /chatkit/files/{attachment_id}": "by a signed address, which a reader is not given",
    **{
        f"{method} /v1/chatkit/{name}": "for the key of the server, which stands for no user"
        for method, name in (
            ("POST", "sessions"),
            ("POST", "sessions/{session_id}/cancel"),
            ("GET", "threads"),
            ("GET", "threads/{thread_id}"),
            ("GET", "threads/{thread_id}/items"),
            ("DELETE", "threads/{thread_id}"),
        )
    },
    **{
        f"{method} /{name}": "the same for everybody"
        for method in ("GET", "HEAD")
        for name in ("chatkit.js", "chatkit-fetch.js", "chatkit-fetch.d.ts", "assets/{name}")
    },
}
"""Routes that establish no principal, and why."""


async def test_every_route_is_in_the_table_or_open(server: RunningServer) -> None:
    there = {
        f"{method} {path}"
        for path, methods in routes(server.http.config.app)
        for method in methods.split(", ")
    }
    assert there == set(ROUTES) | set(OPEN)
    assert set(ROUTES).isdisjoint(OPEN)


async def test_a_reader_reads_what_is_theirs(server: RunningServer, reader: ChatKitClient) -> None:
    events = await server.client(**bearer(WRITER)).say("Hello")
    thread_id = thread_id_of(events)

    assert len((await reader.call("threads.list"))["data"]) == 1
    assert (await reader.call("threads.get_by_id", thread_id=thread_id))["id"] == thread_id
    assert len(await reader.items(thread_id)) == 2
    assert (await reader.http.get(f"/chatkit/threads/{thread_id}/events")).status_code == 204
    assert (await reader.http.get("/config.json")).status_code == 200


async def test_every_operation_that_writes_is_refused_alike(
    server: RunningServer, reader: ChatKitClient
) -> None:
    writer = server.client(**bearer(WRITER))
    thread_id = thread_id_of(await writer.say("Hello"))
    before = (await writer.call("threads.list"), await writer.items(thread_id))
    bodies = bodies_of(thread_id, before[1][0]["id"])
    assert set(bodies) == {name for name, access in OPERATIONS.items() if access is Access.WRITES}

    for operation, params in bodies.items():
        refused = await reader.post(operation, **params)
        assert (operation, refused.status_code) == (operation, 403)
        assert refused.json()["error"] == {
            "code": "forbidden",
            "message": "You may read this chat, but not write in it.",
            "retryable": False,
        }

    assert (await writer.call("threads.list"), await writer.items(thread_id)) == before


def bodies_of(thread_id: str, item_id: str) -> dict[str, dict[str, Any]]:
    """Return parameters for each operation that would be carried out for a writer."""
    here = {"thread_id": thread_id}
    action = {"type": "buy", "payload": {}}
    file = {"name": "a.txt", "size": 1, "mime_type": "text/plain"}
    return {
        "threads.create": {"input": user_input("Hello")},
        "threads.add_user_message": {**here, "input": user_input("Hello")},
        "threads.add_client_tool_output": {**here, "result": 1},
        "threads.add_structured_input": {**here, "item_id": item_id, "input": {"status": "skipped"}},
        "threads.retry_after_item": {**here, "item_id": item_id},
        "threads.custom_action": {**here, "item_id": item_id, "action": action},
        "threads.sync_custom_action": {**here, "item_id": item_id, "action": action},
        "threads.update": {**here, "title": "Mine"},
        "threads.delete": here,
        "items.feedback": {**here, "item_ids": [item_id], "kind": "positive"},
        "attachments.create": file,
        "attachments.delete": {"attachment_id": "atc_1"},
        "input.transcribe": {"audio_base64": "AAAA", "mime_type": "audio/webm"},
    }


async def test_every_route_that_writes_is_refused_before_its_body_is_read(reader: ChatKitClient) -> None:
    for route in (route for route, access in ROUTES.items() if access is Access.WRITES):
        method, path = route.split()
        refused = await reader.http.request(method, path.format(thread_id="thr_1"), content=b"x" * 10_000)
        assert (route, refused.status_code) == (route, 403)


async def test_the_role_comes_by_any_way_to_sign_in(make_settings: MakeSettings) -> None:
    body = {"type": "threads.create", "params": {"input": user_input("Hello")}}
    async with serving(make_settings(**proxy_settings())) as server:
        for groups, status in (("staff, read-only", 403), ("staff,readers", 200), ("", 200)):
            headers = {"X-Forwarded-User": "alice", "X-Forwarded-Groups": groups}
            assert (await ask(server, headers, body)).status_code == status
