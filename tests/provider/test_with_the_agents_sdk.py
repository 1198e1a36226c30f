"""The Agents SDK takes what the fake sends, over both APIs, and ends as it does with the real provider."""

import openai
import pytest
from agents import ModelBehaviorError, ModelRefusalError, function_tool

from tests.provider.running import Api, running
from tests.provider.script import (
    Step,
    call_mcp,
    call_tool,
    fail,
    gate,
    next_part,
    refuse,
    run_code,
    say,
    search_files,
    search_web,
    stop_short,
    think,
)
from tests.provider.server import FakeProvider

BOTH = pytest.mark.parametrize("api", ["responses", "chat_completions"])


@function_tool
def get_weather(city: str) -> str:
    """Say what the weather is."""
    return f"sunny in {city}"


@BOTH
async def test_a_run_with_reasoning_a_tool_and_an_answer(provider: FakeProvider, api: Api) -> None:
    provider.respond(
        think("Which city?"),
        say("Let me look."),
        call_tool("get_weather", {"city": "Oslo"}, call_id="call_a"),
    )
    provider.respond(think("Now I know."), say("It is ", "sunny."))
    async with running(provider, api, tools=[get_weather]) as result:
        async for _ in result.stream_events():
            pass
    assert result.final_output == "It is sunny."
    assert result.context_wrapper.usage.total_tokens == 2 * 18
    assert "sunny in Oslo" in str(provider.requests[1].body)


async def test_a_run_with_every_hosted_tool(provider: FakeProvider) -> None:
    provider.respond(
        think("One.", next_part(), "Two."),
        search_web("cats"),
        search_files("cats", "cats.pdf"),
        run_code("1"),
        call_mcp("github", "search_issues"),
        say("Done."),
    )
    async with running(provider, "responses") as result:
        async for _ in result.stream_events():
            pass
    assert result.final_output == "Done."


@BOTH
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ([refuse("I will ", "not.")], ModelRefusalError),
        ([say("Half"), fail()], (ModelBehaviorError, openai.APIError)),
    ],
)
async def test_a_run_that_ends_badly(
    provider: FakeProvider, api: Api, reply: list[Step], error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    provider.respond(*reply)
    async with running(provider, api) as result:
        with pytest.raises(error):
            [event async for event in result.stream_events()]


async def test_an_incomplete_response_is_an_error_of_the_model(provider: FakeProvider) -> None:
    provider.respond(say("Half"), stop_short())
    async with running(provider, "responses") as result:
        with pytest.raises(ModelBehaviorError):
            [event async for event in result.stream_events()]


@BOTH
async def test_a_run_that_is_cancelled_closes_its_connection(provider: FakeProvider, api: Api) -> None:
    provider.respond(say("Hel", gate("for ever"), "lo"))
    async with running(provider, api) as result:
        events = result.stream_events()
        async for event in events:
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                break
        await provider.waiting_at("for ever")
        result.cancel()
        [event async for event in events]
        await provider.disconnected()
    assert len(provider.requests) == 1
