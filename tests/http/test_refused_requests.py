"""Whatever is refused is refused before the first byte, in one shape, and leaves nothing behind."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, serving, thread_id_of, user_input

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def row_counts(database: Database) -> AsyncIterator[None]:
    """Fail when the test changes the number of rows of any table."""

    async def count() -> list[int]:
        tables = ("threads", "thread_items", "transcript_items", "turns", "feedback")
        async with database.autocommit() as connection:
            return [
                (await connection.execute(text(f"select count(*) from chatkit.{table}"))).scalar_one()
                for table in tables
            ]

    before = await count()
    yield
    assert await count() == before


@pytest.mark.proves("OP-any-3", "T14", "OP-any-6", "WIRE-32")
@pytest.mark.usefixtures("row_counts")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"type": "threads.list"}',
        b'{"params": {}}',
        b'{"type": "threads.share", "params": {}}',
        b'{"type": "threads.create", "params": {"input": {}}}',
        b'{"type": "threads.get_by_id", "params": {"thread_id": 7}}',
        b'{"type": "threads.list", "params": {"limit": NaN}}',
        b"[" * 100_000,
        b'{"type": "threads.add_client_tool_output", "params": {"thread_id": "x", "result": '
        + b"[" * 500
        + b"]" * 500
        + b"}}",
    ],
    ids=lambda body: str(body[:40]),
)
async def test_a_broken_body_is_a_400_with_a_message(client: ChatKitClient, body: bytes) -> None:
    response = await client.http.post("/chatkit", content=body, headers=JSON)

    assert response.status_code == 400, response.text
    answer = response.json()
    assert answer["message"]
    assert answer["error"] == {
        "code": answer["error"]["code"],
        "message": answer["message"],
        "retryable": False,
    }


@pytest.mark.proves("OP-any-3", "WIRE-05")
async def test_an_unknown_operation_is_named_in_the_refusal(client: ChatKitClient) -> None:
    response = await client.post("threads.share", thread_id="thr_1")

    assert response.status_code == 400
    assert "threads.share" in response.json()["message"]


@pytest.mark.proves("OP-any-2")
async def test_a_body_over_the_limit_is_refused(client: ChatKitClient) -> None:
    response = await client.http.post("/chatkit", content=b" " * 1_000_001, headers=JSON)

    assert response.status_code == 413
    assert response.json()["error"]["code"] == "payload_too_large"


@pytest.mark.proves("OP-any-2")
async def test_a_body_over_the_limit_is_refused_without_a_declared_length(client: ChatKitClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    response = await client.http.post("/chatkit", content=chunks(), headers=JSON)

    assert response.status_code == 413


UNKNOWN_THREAD: dict[str, dict[str, Any]] = {
    "threads.add_user_message": {"thread_id": "thr_none", "input": user_input("Hello")},
    "threads.retry_after_item": {"thread_id": "thr_none", "item_id": "msg_none"},
    "threads.get_by_id": {"thread_id": "thr_none"},
    "threads.update": {"thread_id": "thr_none", "title": "Mine"},
    "threads.delete": {"thread_id": "thr_none"},
    "items.list": {"thread_id": "thr_none"},
    "items.feedback": {"thread_id": "thr_none", "item_ids": ["msg_none"], "kind": "positive"},
}


@pytest.mark.proves("T13", "T14", "OP-any-5", "OP-items.list-1", "OP-items.feedback-1", "STORE-10")
@pytest.mark.usefixtures("row_counts")
@pytest.mark.parametrize("operation", UNKNOWN_THREAD)
async def test_an_unknown_thread_is_a_404(client: ChatKitClient, operation: str) -> None:
    response = await client.post(operation, **UNKNOWN_THREAD[operation])

    assert response.status_code == 404, response.text
    assert response.json()["error"]["code"] == "not_found"


@pytest.mark.proves("OP-any-4", "STORE-10", "OP-threads.list-1")
@pytest.mark.parametrize("operation", UNKNOWN_THREAD)
async def test_a_foreign_thread_answers_exactly_as_an_unknown_one(
    server: RunningServer, client: ChatKitClient, operation: str
) -> None:
    events = await client.say("Only for me")
    stranger = server.client()
    params = UNKNOWN_THREAD[operation]
    item_id = events.done_items("user_message")[0]["id"]
    foreign = {**params, "thread_id": thread_id_of(events)}
    if "item_id" in foreign:
        foreign["item_id"] = item_id
    if "item_ids" in foreign:
        foreign["item_ids"] = [item_id]

    unknown, refused = await stranger.post(operation, **params), await stranger.post(operation, **foreign)

    assert (refused.status_code, refused.content) == (unknown.status_code, unknown.content)
    assert (await stranger.call("threads.list"))["data"] == []


@pytest.mark.proves("OP-threads.create-3", "OP-threads.create-1", "T21")
@pytest.mark.usefixtures("row_counts")
@pytest.mark.parametrize(
    "changed",
    [
        {"content": []},
        {"content": [{"type": "input_text", "text": " \n\t"}]},
        {"content": [{"type": "input_text", "text": "\x00"}]},
        {"content": [{"type": "input_text", "text": "x" * 100_001}]},
        {"content": [{"type": "input_text", "text": "x"}] * 101},
        {"content": [{"type": "input_tag", "id": "t", "text": "t", "data": {"d": "x" * 10_001}}]},
        {"quoted_text": "x" * 20_001},
        {"attachments": ["atc_1", "atc_1"]},
        {"attachments": [f"atc_{number}" for number in range(11)]},
        {"inference_options": {"model": "gpt-unknown"}},
        {"inference_options": {"tool_choice": {"id": "unknown"}}},
    ],
    ids=str,
)
async def test_a_message_out_of_bounds_leaves_no_thread(
    client: ChatKitClient, changed: dict[str, Any]
) -> None:
    response = await client.post("threads.create", input={**user_input("Hello"), **changed})

    assert response.status_code == 400, response.text


@pytest.mark.proves("T21")
async def test_a_message_at_its_bounds_is_accepted(client: ChatKitClient) -> None:
    events = await client.say("x" * 100_000)

    assert len(events.done_items("user_message")[0]["content"][0]["text"]) == 100_000


@pytest.mark.proves("OP-any-7")
@pytest.mark.parametrize("operation", ["threads.custom_action", "threads.sync_custom_action"])
async def test_actions_of_an_assistant_that_has_none_are_refused_with_a_sentence(
    settings: Settings, provider: FakeProvider, operation: str
) -> None:
    model = {"openai_base_url": provider.base_url, "openai_api_key": SecretStr("sk-test")}
    async with serving(settings.model_copy(update=model)) as server:
        action = {"type": "a", "payload": {}}
        response = await server.client().post(operation, thread_id="thr_1", action=action)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "not_enabled"
    assert operation in response.json()["message"]


@pytest.mark.proves("OP-any-7")
@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("input.transcribe", {"audio_base64": "", "mime_type": "audio/webm"}),
    ],
)
async def test_an_operation_that_is_not_offered_is_refused_with_a_sentence(
    client: ChatKitClient, operation: str, params: dict[str, Any]
) -> None:
    response = await client.post(operation, **params)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "not_enabled"
    assert operation in response.json()["message"]


@pytest.mark.proves("SDK-7", "SDK-8", "WIRE-02", "WIRE-06")
async def test_what_evergreen_clients_leave_out_or_add_is_tolerated(client: ChatKitClient) -> None:
    body = {
        "type": "threads.create",
        "metadata": None,
        "surprise": 1,
        "params": {
            "surprise": [],
            "input": {**user_input("Hello"), "content": [{"type": "input_tag", "id": "t", "text": "Ada"}]},
        },
    }

    response = await client.http.post("/chatkit", json=body)

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")


@pytest.mark.proves("SDK-9", "DB-27", "STORE-16")
async def test_nul_characters_are_dropped_at_the_door(client: ChatKitClient) -> None:
    events = await client.say("a\x00b")

    assert events.done_items("user_message")[0]["content"][0]["text"] == "ab"


@pytest.mark.proves("SDK-9")
async def test_a_lone_surrogate_is_refused(client: ChatKitClient) -> None:
    body = b'{"type":"threads.get_by_id","params":{"thread_id":"\\ud800"}}'

    assert (await client.http.post("/chatkit", content=body, headers=JSON)).status_code == 400


@pytest.mark.proves("WIRE-32")
async def test_unknown_paths_and_methods_answer_in_the_same_shape(client: ChatKitClient) -> None:
    for response in (await client.http.get("/nowhere"), await client.http.get("/chatkit")):
        assert response.status_code in {404, 405}
        assert response.json()["message"]
