"""A turn over HTTP: what is streamed, what is stored, and what a second request meets."""

from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from app.db.engine import Database
from app.settings import Settings
from tests.provider.script import gate, say
from tests.provider.server import FakeProvider
from tests.serving import ChatKitClient, RunningServer, serving, thread_id_of, user_input


@pytest.fixture
def settings(provided: Settings) -> Settings:
    return provided.model_copy(update={"disconnect_grace_seconds": 0.0})


@pytest.mark.proves("OP-stream-1", "WIRE-20", "WIRE-26", "FEAT-http-1", "WIRE-37")
async def test_a_new_thread_streams_its_events_in_the_order_of_the_protocol(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.rest()

    headers = events.response.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"].startswith("no-cache")
    assert headers["x-accel-buffering"] == "no"
    types = [event["type"] for event in events.seen if event["type"] != "thread.updated"]
    assert types[:4] == ["thread.created", "thread.item.done", "stream_options", "thread.item.added"]
    assert types[-1] == "thread.item.done"
    assert events.seen[2]["stream_options"] == {"allow_cancel": True}
    assert events.text == "Hello"


@pytest.mark.proves("EV-2", "ITEM-any-3", "T04", "STORE-9")
async def test_what_was_streamed_is_what_is_listed(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hello"))

    events = await client.say("Hi")

    done = [event["item"] for event in events.seen if event["type"] == "thread.item.done"]
    assert await client.items(thread_id_of(events)) == done
    assert all(item["created_at"].endswith("Z") for item in done)


@pytest.mark.proves("OP-stream-2", "REL-01")
async def test_the_user_message_is_stored_before_it_is_acknowledged(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say(gate("thinking"), "Hello"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        acknowledged = await events.until("thread.item.done")
        assert await client.items(thread_id_of(events)) == [acknowledged["item"]]
        provider.release("thinking")
        await events.rest()


@pytest.mark.proves("T19", "OP-threads.add_user_message-1", "OP-any-5")
async def test_a_second_message_during_an_answer_is_refused_with_a_sentence(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        too_early = {"thread_id": thread_id_of(events), "input": user_input("Me too")}
        refused = await client.post("threads.add_user_message", **too_early)
        provider.release("half-way")
        await events.rest()

    assert refused.status_code == 409
    assert "still being written" in refused.json()["message"]
    items = await client.items(thread_id_of(events))
    assert [item["type"] for item in items] == ["user_message", "assistant_message"]


async def test_the_next_message_is_taken_as_soon_as_the_stream_has_ended(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.always(say("Hello"))
    thread_id = thread_id_of(await client.say("One"))

    for message in ("Two", "Three", "Four"):
        await client.say(message, thread_id)

    assert len(await client.items(thread_id)) == 8


async def test_the_model_sees_the_earlier_turns(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("I am Ada"))
    provider.respond(say("Ada"))
    thread_id = thread_id_of(await client.say("Who are you?"))

    await client.say("Again?", thread_id)

    sent = str(provider.requests[-1].body["input"])
    assert [text in sent for text in ("Who are you?", "I am Ada", "Again?")] == [True, True, True]


@pytest.mark.proves("T01", "T02", "T03", "REL-12", "FEAT-cancel-1")
async def test_a_dropped_connection_stops_the_model_and_keeps_what_was_said(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)

    await provider.disconnected()
    await server.turns_ended()
    items = await client.items(thread_id)
    assert [item["type"] for item in items] == ["user_message", "assistant_message"]
    assert items[1]["content"][0]["text"] == "Hel"
    assert len(provider.requests) == 1


@pytest.mark.proves("ITEM-assistant_message-1", "T01")
async def test_after_a_stop_the_model_is_told_that_it_was_cut(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Once upon", gate("half-way"), " a time"))
    provider.respond(say("a time"))
    async with client.stream("threads.create", input=user_input("A story")) as events:
        await events.until_text("Once upon")
        thread_id = thread_id_of(events)
    await server.turns_ended()

    await client.say("Go on", thread_id)

    sent = str(provider.requests[-1].body["input"])
    assert "Once upon" in sent
    assert "stopped" in sent


@pytest.mark.proves("OP-threads.retry_after_item-3")
@pytest.mark.parametrize("operation", ["threads.add_user_message", "threads.retry_after_item"])
async def test_who_has_left_an_answer_may_ask_again_at_once(
    settings: Settings, provider: FakeProvider, operation: str
) -> None:
    provider.respond(say("Once upon", gate("half-way"), " a time"))
    provider.respond(say("Another answer"))
    async with serving(settings.model_copy(update={"disconnect_grace_seconds": 60.0})) as server:
        client = server.client()
        async with client.stream("threads.create", input=user_input("A story")) as events:
            await events.until_text("Once upon")
        await server.turns_unread()
        question = events.done_items("user_message")[0]["id"]
        what = {"item_id": question} if "retry" in operation else {"input": user_input("Go on")}

        async with client.stream(operation, thread_id=thread_id_of(events), **what) as again:
            await again.rest()

    assert again.text == "Another answer"
    await provider.disconnected(0)


@pytest.mark.proves("T03")
async def test_a_stop_before_the_first_word_leaves_only_the_question(
    server: RunningServer, client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say(gate("thinking"), "Hello"))
    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until("stream_options")
        await provider.waiting_at("thinking")
        thread_id = thread_id_of(events)

    await server.turns_ended()

    assert [item["type"] for item in await client.items(thread_id)] == ["user_message"]


@pytest.mark.proves("WIRE-21", "WIRE-22", "WIRE-23", "WIRE-24", "T18")
async def test_a_silent_stream_carries_comments_that_parsers_take_as_nothing(
    settings: Settings, provider: FakeProvider
) -> None:
    provider.respond(say(gate("silent"), "Hello"))
    body = {"type": "threads.create", "params": {"input": user_input("Hi")}}
    received = b""

    async with serving(settings.model_copy(update={"heartbeat_seconds": 0.02})) as server:
        http = server.client().http
        response = await http.send(http.build_request("POST", "/chatkit", json=body), stream=True)
        async for chunk in response.aiter_bytes():
            received += chunk
            if received.count(b": keep-alive") == 3:
                provider.release("silent")

    assert b": keep-alive\n\n" not in received
    messages = received.split(b"\n\n")
    assert set(messages.pop().split(b"\n")) <= {b"", b": keep-alive"}
    for message in messages:
        *comments, data = message.split(b"\n")
        assert set(comments) <= {b": keep-alive"}
        assert data.startswith(b"data: {")


@pytest.mark.proves("DB-21", "T25")
async def test_no_connection_is_held_while_models_think(settings: Settings, provider: FakeProvider) -> None:
    provider.always(say(gate("thinking"), "Hello"))

    async with serving(settings.model_copy(update={"database_pool_size": 2})) as server:
        clients = [server.client() for _ in range(20)]
        async with AsyncExitStack() as open_streams:
            streams = [
                await open_streams.enter_async_context(
                    client.stream("threads.create", input=user_input("Hi"))
                )
                for client in clients
            ]
            provider.release("thinking")
            for events in streams:
                await events.rest()

    assert {events.text for events in streams} == {"Hello"}


@pytest.mark.proves("OP-threads.retry_after_item-1", "OP-threads.retry_after_item-5", "T28")
async def test_a_retry_replaces_the_answer_for_the_reader_and_for_the_model(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    for answer in ("First answer", "Second answer", "Third answer", "Last answer"):
        provider.respond(say(answer))
    first = await client.say("Question one")
    thread_id = thread_id_of(first)
    await client.say("Question two", thread_id)
    question = first.done_items("user_message")[0]
    later = [item["id"] for item in await client.items(thread_id)][1:]

    async with client.stream(
        "threads.retry_after_item", thread_id=thread_id, item_id=question["id"]
    ) as events:
        await events.rest()

    assert events.seen[0]["type"] == "stream_options"
    assert [event["item_id"] for event in events.seen if event["type"] == "thread.item.removed"] == later
    items = await client.items(thread_id)
    assert items[0] == question
    assert [item["content"][0]["text"] for item in items[1:]] == ["Third answer"]
    await client.say("And now?", thread_id)
    sent = str(provider.requests[-1].body["input"])
    assert "Third answer" in sent
    assert not any(gone in sent for gone in ("First answer", "Question two", "Second answer"))
    assert sent.count("Question one") == 1


@pytest.mark.proves("OP-threads.retry_after_item-2", "T13")
async def test_a_retry_of_what_is_no_user_message_is_refused(
    client: ChatKitClient, provider: FakeProvider
) -> None:
    provider.respond(say("Hello"))
    events = await client.say("Hi")
    thread_id, answer = thread_id_of(events), events.done_items("assistant_message")[0]
    before = await client.items(thread_id)

    no_question = await client.post("threads.retry_after_item", thread_id=thread_id, item_id=answer["id"])
    unknown = await client.post("threads.retry_after_item", thread_id=thread_id, item_id="msg_none")

    assert (no_question.status_code, unknown.status_code) == (400, 404)
    assert await client.items(thread_id) == before


@pytest.mark.proves("OP-threads.retry_after_item-3", "REL-32")
async def test_a_retry_during_an_answer_is_refused(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        question = events.done_items("user_message")[0]["id"]
        refused = await client.post(
            "threads.retry_after_item", thread_id=thread_id_of(events), item_id=question
        )
        provider.release("half-way")
        await events.rest()

    assert refused.status_code == 409
    assert events.text == "Hello"


@pytest.mark.proves("T10", "OP-threads.update-1", "REL-34")
async def test_a_rename_during_an_answer_is_kept(client: ChatKitClient, provider: FakeProvider) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)
        renamed = await client.call("threads.update", thread_id=thread_id, title="  Mine\n")
        provider.release("half-way")
        await events.rest()

    assert renamed["title"] == "Mine"
    assert (await client.call("threads.get_by_id", thread_id=thread_id))["title"] == "Mine"


@pytest.mark.proves("OP-threads.update-2", "T21")
@pytest.mark.parametrize("title", ["", "  ", "\x00\n", "x" * 201])
async def test_a_title_out_of_bounds_is_refused(
    client: ChatKitClient, provider: FakeProvider, title: str
) -> None:
    provider.respond(say("Hello"))
    thread_id = thread_id_of(await client.say("Hi"))

    assert (await client.post("threads.update", thread_id=thread_id, title=title)).status_code == 400


@pytest.mark.proves("OP-threads.delete-1", "OP-threads.delete-2", "REL-33")
async def test_deleting_a_thread_ends_its_answer_and_nothing_comes_back(
    client: ChatKitClient, provider: FakeProvider, database: Database
) -> None:
    provider.respond(say("Hel", gate("half-way"), "lo"))

    async with client.stream("threads.create", input=user_input("Hi")) as events:
        await events.until_text("Hel")
        thread_id = thread_id_of(events)
        assert await client.call("threads.delete", thread_id=thread_id) == {}
        await events.rest()

    await provider.disconnected()
    assert (await client.call("threads.list"))["data"] == []
    assert (await client.post("threads.delete", thread_id=thread_id)).status_code == 404
    async with database.autocommit() as connection:
        for table in ("threads", "thread_items", "transcript_items", "turns"):
            rows = await connection.execute(text(f"select count(*) from chatkit.{table}"))
            assert rows.scalar_one() == 0, table
