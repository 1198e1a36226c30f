"""Answers that go wrong."""

from tests.differential.scenario import scenario
from tests.differential.side import Side
from tests.provider.script import call_tool, cut, fail, http_error, refuse, say, stop_short


@scenario("failure", "refusal")
async def a_refusal(side: Side) -> None:
    side.provider.respond(refuse("I can", "not."))
    await side.ask("items.list", thread_id=(await side.say("Hi")).thread_id)


@scenario("failure")
async def an_answer_that_is_too_long(side: Side) -> None:
    side.provider.respond(say("Hel"), stop_short())
    await side.ask("items.list", thread_id=(await side.say("Hi")).thread_id)


@scenario("failure")
async def a_provider_that_refuses_the_request(side: Side) -> None:
    side.provider.respond(http_error(401))
    await side.ask("items.list", thread_id=(await side.say("Hi")).thread_id)


@scenario("failure")
async def a_provider_that_fails_in_mid_answer(side: Side) -> None:
    side.provider.respond(say("Hel"), fail())
    await side.ask("items.list", thread_id=(await side.say("Hi")).thread_id)


@scenario("failure", "cut-text")
async def a_provider_that_breaks_off_in_mid_sentence(side: Side) -> None:
    side.provider.respond(say("Hel", cut()))
    await side.ask("items.list", thread_id=(await side.say("Hi")).thread_id)


@scenario("tool-activity")
async def a_tool_that_fails(side: Side) -> None:
    side.provider.respond(call_tool("broken"))
    side.provider.respond(say("Sorry"))
    await side.say("Hi")


@scenario("tool-activity", "failure")
async def a_tool_whose_failure_ends_the_run(side: Side) -> None:
    side.provider.respond(call_tool("fatal"))
    await side.say("Hi")


@scenario("tool-activity", "failure")
async def a_tool_that_ends_the_run_with_a_sentence(side: Side) -> None:
    side.provider.respond(call_tool("out_of_stock"))
    await side.say("Hi")


@scenario("tool-activity", "no-such-tool")
async def a_tool_that_does_not_exist(side: Side) -> None:
    side.provider.respond(call_tool("nonsense"))
    side.provider.respond(say("Sorry"))
    await side.say("Hi")


@scenario("failure")
async def a_question_that_a_guardrail_refuses(side: Side) -> None:
    side.provider.always(say("Hello"))
    await side.ask("items.list", thread_id=(await side.say("forbidden")).thread_id)


@scenario("failure")
async def an_answer_that_a_guardrail_refuses(side: Side) -> None:
    side.provider.respond(say("rude"))
    await side.ask("items.list", thread_id=(await side.say("Hi")).thread_id)
