"""Answers that wait for the page, or for the user."""

from typing import Any

from tests.differential.answers import Answer
from tests.differential.scenario import scenario
from tests.differential.side import Side
from tests.provider.script import call_tool, say

ANSWERS = {
    "size": {"values": ["small", "large"], "skipped": False},
    "extras": {"values": ["cheese"], "skipped": False},
    "name": {"values": [], "skipped": True},
    "unknown": {"values": ["x"], "skipped": False},
}


async def waiting(side: Side, *tools: str) -> Answer:
    """Begin a thread whose answer ends with these calls."""
    side.provider.respond(*(call_tool(name, call_id=f"call_{name}") for name in tools))
    side.provider.always(say("Thanks"))
    return await side.say("Hi")


async def reply(side: Side, asked: Answer, status: str, answers: dict[str, Any]) -> None:
    """Answer the questions of a form."""
    await side.ask(
        "threads.add_structured_input",
        thread_id=asked.thread_id,
        item_id=asked.item_id("structured_input"),
        input={"status": status, "answers": answers},
    )


@scenario("tool-activity")
async def a_tool_of_the_page(side: Side) -> None:
    thread_id = (await waiting(side, "pick_colour")).thread_id
    await side.ask("threads.add_client_tool_output", thread_id=thread_id, result={"colour": None})
    await side.ask("items.list", thread_id=thread_id)


@scenario("tool-activity", "tolerance")
async def a_tool_of_the_page_that_gives_nothing(side: Side) -> None:
    thread_id = (await waiting(side, "pick_colour")).thread_id
    await side.send({"type": "threads.add_client_tool_output", "params": {"thread_id": thread_id}})


@scenario("tool-activity", "conflict")
async def an_output_that_nobody_waits_for(side: Side) -> None:
    thread_id = (await waiting(side, "weather")).thread_id
    await side.ask("threads.add_client_tool_output", thread_id=thread_id, result=1)


@scenario("tool-activity", "passed-over")
async def a_tool_of_the_page_that_is_not_answered(side: Side) -> None:
    thread_id = (await waiting(side, "pick_colour")).thread_id
    await side.say("Never mind", thread_id)
    await side.ask("items.list", thread_id=thread_id)


@scenario("tool-activity", "parallel-calls")
async def a_tool_of_the_page_beside_one_of_the_server(side: Side) -> None:
    side.provider.respond(
        call_tool("pick_colour", call_id="call_page"),
        call_tool("weather", {"city": "Riga"}, call_id="call_server"),
    )
    await side.say("Hi")


@scenario("tool-activity")
async def questions_that_are_answered(side: Side) -> None:
    asked = await waiting(side, "take_order")
    await reply(side, asked, "answered", ANSWERS)
    await side.ask("items.list", thread_id=asked.thread_id)


@scenario("tool-activity")
async def questions_that_are_skipped(side: Side) -> None:
    await reply(side, await waiting(side, "take_order"), "skipped", {})


@scenario("tool-activity", "conflict")
async def questions_that_are_answered_twice(side: Side) -> None:
    asked = await waiting(side, "take_order")
    await reply(side, asked, "answered", ANSWERS)
    await reply(side, asked, "answered", {})


@scenario("tool-activity", "passed-over")
async def questions_that_are_passed_over(side: Side) -> None:
    asked = await waiting(side, "take_order")
    await side.say("Never mind", asked.thread_id)
    await side.ask("items.list", thread_id=asked.thread_id)


@scenario("not-found")
async def an_answer_to_what_is_no_question(side: Side) -> None:
    side.provider.respond(say("Hello"))
    thread_id = (asked := await side.say("Hi")).thread_id
    given = {"status": "answered", "answers": {}}
    operation = "threads.add_structured_input"
    await side.ask(operation, thread_id=thread_id, item_id=asked.item_id("user_message"), input=given)
    await side.ask(operation, thread_id=thread_id, item_id="msg_unknown", input=given)
