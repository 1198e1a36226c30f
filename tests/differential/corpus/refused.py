"""Requests that no server can carry out, and those that ours does not want to."""

from typing import Any

from tests.differential.scenario import scenario
from tests.differential.side import Side, user_input
from tests.provider.script import say

OF_A_THREAD: dict[str, dict[str, Any]] = {
    "threads.get_by_id": {},
    "items.list": {},
    "threads.update": {"title": "Mine"},
    "threads.delete": {},
    "items.feedback": {"item_ids": ["msg_1"], "kind": "positive"},
    "threads.add_user_message": {"input": user_input("Hi")},
    "threads.add_client_tool_output": {"result": 1},
    "threads.add_structured_input": {"item_id": "msg_1", "input": {"status": "skipped", "answers": {}}},
    "threads.retry_after_item": {"item_id": "msg_1"},
}


@scenario("not-found", "not-found-silent")
async def a_thread_that_does_not_exist(side: Side) -> None:
    for operation, params in OF_A_THREAD.items():
        await side.ask(operation, thread_id="thr_unknown", **params)


@scenario("not-found", "not-found-silent")
async def a_thread_of_somebody_else(side: Side) -> None:
    side.provider.respond(say("Hello"))
    thread_id = (await side.say("Hi")).thread_id
    for operation, params in OF_A_THREAD.items():
        body = {"type": operation, "params": {"thread_id": thread_id, **params}}
        await side.send(body, by_another_user=True)
    await side.ask("threads.get_by_id", thread_id=thread_id)


@scenario("malformed")
async def bodies_that_are_no_requests(side: Side) -> None:
    for body in (b"", b"{", b"[]", b'"x"', b"\xff", b"{}", b'{"type": "threads.list"}'):
        await side.send(body)
    await side.send({"type": "threads.fly", "params": {}})
    await side.send({"type": "threads.get_by_id", "params": {}})
    await side.send({"type": "threads.list", "params": {"limit": "many"}})
    await side.send({"type": "threads.create", "params": {"input": {"content": "Hi"}}})
    await side.send(b'{"type": "threads.get_by_id", "params": {"thread_id": "\\ud800"}}')


@scenario("bounds", "leftovers")
async def messages_that_are_too_little_or_too_much(side: Side) -> None:
    side.provider.always(say("Hello"))
    await side.say("")
    await side.say("Hi", content=[])
    await side.say("x" * 100_001)
    await side.say("Hi", quoted_text="x" * 20_001)
    await side.ask("threads.list")


@scenario("nul")
async def a_character_that_no_database_keeps(side: Side) -> None:
    side.provider.respond(say("Hello"))
    await side.say("H\x00i")


@scenario("not-offered", "leftovers")
async def a_file_that_does_not_exist(side: Side) -> None:
    side.provider.always(say("Hello"))
    await side.say("Hi", attachments=["atc_unknown"])
    await side.ask("threads.list")


@scenario("choices")
async def a_choice_of_model_and_tool(side: Side) -> None:
    side.provider.always(say("Hello"))
    await side.say("Hi", inference_options={"model": "gpt-other"})
    await side.say("Hi", inference_options={"tool_choice": {"id": "search"}})


@scenario("not-offered")
async def files_where_none_are_offered(side: Side) -> None:
    await side.ask("attachments.create", name="a.txt", size=1, mime_type="text/plain")
    await side.ask("attachments.delete", attachment_id="atc_unknown")


@scenario("not-offered")
async def actions_where_none_are_offered(side: Side) -> None:
    side.provider.respond(say("Hello"))
    thread_id = (await side.say("Hi")).thread_id
    await side.ask("threads.custom_action", thread_id=thread_id, action={"type": "buy", "payload": {}})
    await side.ask("threads.sync_custom_action", thread_id=thread_id, action={"type": "buy", "payload": {}})


@scenario("not-offered")
async def dictation_where_none_is_offered(side: Side) -> None:
    await side.ask("input.transcribe", audio_base64="AAAA", mime_type="audio/webm")
