"""The protocol as the stock widget speaks it, and what travels with a request."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from agents.models.openai_responses import _HEADERS_OVERRIDE
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter
from pydantic_core import from_json, to_json
from sqlalchemy import text

from app.chatkit_api.parsing import parse_request
from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import gate, http_error, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, thread_id_of, user_input

AGENTS = Path(__file__).parent / "agents_under_test.py"

EVENTS: TypeAdapter[Any] = TypeAdapter(ThreadStreamEvent)


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(
        update={"agent": f"{AGENTS}:echo_of_the_context", "disconnect_grace_seconds": 0.0}
    )


@pytest.mark.proves("SDK-2", "PERF-12")
def test_parsing_builds_no_type_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a type adapter was built")

    monkeypatch.setattr(TypeAdapter, "__init__", refuse)

    assert parse_request(b'{"type": "threads.list", "params": {}}', limit=1_000).type == "threads.list"


@pytest.mark.proves("WIRE-01", "WIRE-02", "WIRE-04")
async def test_the_bodies_of_the_stock_widget_are_accepted(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("Hello"))
    captured = {
        "content": [{"type": "input_text", "text": "Hi there"}],
        "quoted_text": "",
        "attachments": [],
        "inference_options": {},
    }
    async with client.stream("threads.create", input=captured) as events:
        await events.rest()
    thread_id = thread_id_of(events)

    async with client.stream("threads.add_user_message", input=captured, thread_id=thread_id) as events:
        await events.rest()

    listed = await client.call("threads.list", limit=9999, order="desc")
    assert [thread["id"] for thread in listed["data"]] == [thread_id]
    assert "quoted_text" not in events.done_items("user_message")[0]


@pytest.mark.proves("SDK-4", "EV-1", "T22", "WIRE-21")
async def test_every_frame_is_what_the_sdk_would_send(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hel", "lo"))

    events = await client.say("Hi")

    for event in events.seen:
        sent = EVENTS.dump_json(
            EVENTS.validate_python(event),
            by_alias=True,
            exclude_none=True,
            context={"exclude_metadata": True},
        )
        assert from_json(sent) == event


@pytest.mark.proves("WIRE-07", "SDK-4")
async def test_answers_are_json_without_nulls(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))

    for operation, params in (("threads.list", {}), ("threads.get_by_id", {"thread_id": thread_id})):
        response = await client.post(operation, **params)
        assert response.headers["content-type"] == "application/json"
        assert b"null" not in response.content


@pytest.mark.proves("T27", "OP-threads.get_by_id-1", "OP-items.list-3")
async def test_a_thread_is_read_from_its_oldest_items_and_paged_to_its_newest(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("Hello"))
    thread_id = thread_id_of(await client.say("0"))
    for number in range(1, 11):
        await client.say(str(number), thread_id)

    thread = await client.call("threads.get_by_id", thread_id=thread_id)
    rest = await client.call("items.list", thread_id=thread_id, order="asc", after=thread["items"]["after"])
    newest = await client.items(thread_id, order="desc", limit=100)

    assert (len(thread["items"]["data"]), thread["items"]["has_more"]) == (20, True)
    assert (len(rest["data"]), rest["has_more"]) == (2, False)
    assert thread["items"]["data"] + rest["data"] == newest[::-1]
    assert thread["status"] == {"type": "active"}
    assert thread["metadata"] == {}


@pytest.mark.proves("SDK-11", "SDK-7", "WIRE-08", "WIRE-09")
async def test_principal_locale_request_and_metadata_reach_the_agent(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hello"))
    body = {"type": "threads.create", "metadata": {"tenant": "t1"}, "params": {"input": user_input("Hi")}}
    headers = {
        "Accept-Language": "de-CH",
        "Authorization": "Bearer of-the-page",
        "chatkit-frame-instance-id": "f1",
        "chatkit-device-id": "d1",
    }

    response = await client.http.post("/chatkit", json=body, headers=headers)

    heard = provider.requests[-1].body["instructions"]
    assert f"locale=de-CH request={response.headers['x-request-id']} metadata={{'tenant': 't1'}}" in heard
    assert "user=guest_" in heard


@pytest.mark.proves("WIRE-10")
@pytest.mark.parametrize("language", ["", "*", "x" * 5_000, "<script>", "../..", "de_CH", "1"])
async def test_a_language_that_is_none_means_english(
    client: ChatKitClient, provider: FakeProvider, language: str
) -> None:
    provider.respond(say("Hello"))
    body = {"type": "threads.create", "params": {"input": user_input("Hi")}}

    await client.http.post("/chatkit", json=body, headers={"Accept-Language": language})

    assert "locale=en " in provider.requests[-1].body["instructions"]


@pytest.mark.proves("OP-threads.add_user_message-4", "OP-threads.create-1", "WIRE-03")
@pytest.mark.parametrize(
    ("changed", "status"),
    [({"attachments": ["atc_1"]}, 404), ({"inference_options": {"model": "m"}}, 400), ({"content": []}, 400)],
    ids=str,
)
async def test_a_message_that_is_refused_adds_nothing_to_its_thread(
    client: ChatKitClient, provider: FakeProvider, changed: dict[str, Any], status: int
) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))
    before = await client.items(thread_id)

    message = {**user_input("Again"), **changed}
    response = await client.post("threads.add_user_message", thread_id=thread_id, input=message)

    assert response.status_code == status
    assert await client.items(thread_id) == before


@pytest.mark.proves("OP-stream-6", "FEAT-status-1", "FEAT-status-2", "WIRE-28")
@pytest.mark.parametrize("status", ["locked", "closed"])
async def test_a_thread_that_is_not_open_takes_nothing_new_and_can_still_be_read(
    client: ChatKitClient, provider: FakeProvider, database: Database, status: str
) -> None:
    provider.respond(say("Hello"))
    events = await client.say("Hi")
    thread_id, question = thread_id_of(events), events.done_items("user_message")[0]["id"]
    before = await client.items(thread_id)
    async with database.autocommit() as connection:
        change = text("update chatkit.threads set status = :status, status_reason = 'Solved by phone.'")
        await connection.execute(change, {"status": status})

    added = await client.post("threads.add_user_message", thread_id=thread_id, input=user_input("Again"))
    retried = await client.post("threads.retry_after_item", thread_id=thread_id, item_id=question)

    for response in (added, retried):
        assert response.status_code == 409
        assert response.json()["message"] == f"This conversation is {status}. Solved by phone."
    assert await client.items(thread_id) == before
    thread = await client.call("threads.get_by_id", thread_id=thread_id)
    assert thread["status"] == {"type": status, "reason": "Solved by phone."}
    await client.call("items.feedback", thread_id=thread_id, item_ids=[question], kind="positive")
    assert await client.call("threads.delete", thread_id=thread_id) == {}


@pytest.mark.proves("OP-threads.create-5", "DB-23")
async def test_a_thread_its_first_message_and_its_turn_come_from_one_transaction(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say(gate("thinking"), "Hello"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await provider.waiting_at("thinking")
        async with database.autocommit() as connection:
            rows = await connection.execute(
                text(
                    "select xmin::text from chatkit.turns "
                    "union all select xmin::text from chatkit.thread_items"
                )
            )
            transactions = list(rows.scalars())
        provider.release("thinking")
        await events.rest()

    assert len(transactions) == 2
    assert len(set(transactions)) == 1


@pytest.mark.proves("DOC-10", "MAP-7", "FEAT-model-3")
async def test_model_and_tokens_of_an_answer_are_recorded_with_its_turn(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hello"))

    await client.say("Hi")

    async with database.autocommit() as connection:
        turn = (await connection.execute(text("select * from chatkit.turns"))).one()
    assert (turn.status, turn.kind, turn.error) == ("done", "threads.create", None)
    assert turn.model == provider.requests[0].body["model"]
    assert turn.input_tokens > 0
    assert turn.output_tokens > 0
    assert turn.finished_at >= turn.started_at


@pytest.mark.proves("SDK-5", "T18")
async def test_a_failed_answer_leaves_nothing_set_in_the_servers_context(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(http_error(401))

    await client.say("Hi")

    assert _HEADERS_OVERRIDE.get(None) is None


@pytest.mark.proves("DB-20")
async def test_aborted_requests_discard_no_connection(
    server: RunningServer, provider: FakeProvider, database: Database
) -> None:
    async def backends() -> set[int]:
        async with database.autocommit() as connection:
            rows = await connection.execute(
                text(
                    "select pid from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
            return set(rows.scalars())

    provider.always(say("Hel", gate("half-way"), "lo"))
    clients = [server.client() for _ in range(20)]
    await asyncio.gather(*(client.call("threads.list") for client in clients))
    before = await backends()

    async def begin_and_leave(client: ChatKitClient) -> None:
        async with client.stream("threads.create", input=user_input("Hi")) as events:
            await events.next()

    await asyncio.gather(*(begin_and_leave(client) for client in clients))
    await server.turns_ended()

    assert before <= await backends()


@pytest.mark.proves("WIRE-31")
async def test_a_server_that_goes_away_says_when_to_come_back(
    server: RunningServer, client: ChatKitClient
) -> None:
    server.http.lifespan.state["running"].turns.drain()

    response = await client.post("threads.create", input=user_input("Hi"))

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["error"]["retryable"] is True
    assert (await client.http.get("/readyz")).status_code == 503
    assert (await client.call("threads.list"))["data"] == []


@pytest.mark.proves("WIRE-29")
async def test_an_answer_may_end_before_the_server_does(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        server.http.handle_exit(15, None)
        provider.release("half-way")
        await events.rest()
    await server.task

    assert events.text == "Hello"
    assert events.seen[-1]["type"] == "thread.item.done"


@pytest.mark.proves("SDK-8")
async def test_a_tag_without_data_is_a_tag(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hello"))
    tag = {"type": "input_tag", "id": "u1", "text": "Ada"}

    async with client.stream("threads.create", input={**user_input(""), "content": [tag]}) as events:
        await events.rest()

    assert events.done_items("user_message")[0]["content"] == [{**tag, "data": {}, "interactive": False}]
    assert b"@Ada" in to_json(provider.requests[-1].body["input"])
