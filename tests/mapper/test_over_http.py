"""The whole way: a run of the Agents SDK over HTTP, through the mapper, with tools that stream."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from agents import (
    Agent,
    AgentsException,
    ModelBehaviorError,
    ModelRefusalError,
    RunContextWrapper,
    Tool,
    function_tool,
)
from chatkit.types import CustomTask, ThreadStreamEvent

from app.assistant.agent_context import AgentContext
from tests.mapper.contexts import agent_context
from tests.mapper.mapped import Mapped
from tests.provider.running import Api, running
from tests.provider.script import (
    call_mcp,
    call_tool,
    gate,
    next_part,
    refuse,
    run_code,
    say,
    search_web,
    stop_short,
    think,
    url_citation,
)
from tests.provider.server import FakeProvider

BOTH = pytest.mark.parametrize("api", ["responses", "chat_completions"])


@function_tool
async def get_weather(context: RunContextWrapper[AgentContext], city: str) -> str:
    """Say what the weather is."""
    await context.context.stream_progress("Asking the satellite", icon="globe")
    await context.context.add_workflow_task(
        CustomTask(title=f"Weather of {city}", status_indicator="complete")
    )
    return "sunny"


@function_tool
def look(where: str) -> str:
    """Look somewhere."""
    return "a secret"


async def answer(
    provider: FakeProvider,
    api: Api,
    *,
    tools: Sequence[Tool] = (),
    handoffs: Sequence[Agent[Any]] = (),
) -> Mapped:
    """Run an agent until it ends or raises, and map all that it and its tools stream."""
    run = Mapped()
    arriving: asyncio.Queue[ThreadStreamEvent] = asyncio.Queue()
    async with running(provider, api, tools, handoffs, agent_context(arriving.put_nowait)) as result:
        try:
            async for event in result.stream_events():
                take(run, arriving)
                run.sdk(event)
            take(run, arriving)
            run.finish()
        except AgentsException as error:
            run.error = error
            run.interrupt()
    return run


def take(run: Mapped, arriving: asyncio.Queue[ThreadStreamEvent]) -> None:
    while not arriving.empty():
        run.tool(arriving.get_nowait())


@pytest.mark.proves("DOC-23", "T06", "MAP-1", "MAP-2")
@BOTH
async def test_two_messages_and_a_tool_in_one_run(provider: FakeProvider, api: Api) -> None:
    provider.respond(think("Which ", "city?"), say("Let me look."), call_tool("look", {"where": "here"}))
    provider.respond(
        think("I see."), say("It is ", "there.", citing=[url_citation("https://e.com/", "E", 3)])
    )
    run = await answer(provider, api, tools=[look])
    assert run.page.outline() == [
        "workflow: Which city?",
        "message: Let me look.",
        "workflow: Look|I see.",
        "message: It is there.",
    ]
    (cited,) = run.page.of_type("assistant_message")[1]["content"][0]["annotations"]
    assert cited["source"]["url"] == "https://e.com/"
    assert "secret" not in str(run.frames)


@pytest.mark.proves("FEAT-progress-1", "T26")
@BOTH
async def test_what_a_tool_streams_stands_in_the_workflow_it_works_in(
    provider: FakeProvider, api: Api
) -> None:
    provider.respond(call_tool("get_weather", {"city": "Oslo"}))
    provider.respond(say("Sunny."))
    run = await answer(provider, api, tools=[get_weather])
    assert run.page.outline() == ["workflow: Get weather|Weather of Oslo", "message: Sunny."]
    assert run.page.others == [{"type": "progress_update", "icon": "globe", "text": "Asking the satellite"}]


@pytest.mark.proves("MAP-1")
@BOTH
async def test_a_hand_off(provider: FakeProvider, api: Api) -> None:
    provider.respond(call_tool("transfer_to_billing"))
    provider.respond(say("How can I help?"))
    run = await answer(provider, api, handoffs=[Agent(name="Billing")])
    assert run.page.outline() == ["workflow: Handed over to Billing", "message: How can I help?"]


@pytest.mark.proves("MAP-1")
async def test_hosted_tools_between_thoughts(provider: FakeProvider) -> None:
    provider.respond(
        think("One.", next_part(), "Two."),
        search_web("cats", "https://example.com/"),
        think("Three."),
        run_code("1"),
        call_mcp("github", "search_issues"),
        say("Done."),
    )
    run = await answer(provider, "responses")
    assert run.page.outline() == [
        "workflow: One.|Two.|Searched the web|Three.|Ran code|Search issues",
        "message: Done.",
    ]


@pytest.mark.proves("MAP-5")
@BOTH
async def test_a_refusal_is_shown_before_the_sdk_raises(provider: FakeProvider, api: Api) -> None:
    provider.respond(refuse("I will ", "not."))
    run = await answer(provider, api)
    assert isinstance(run.error, ModelRefusalError)
    assert run.page.texts() == ["I will not."]


async def test_an_incomplete_answer_is_shown_as_far_as_it_came(provider: FakeProvider) -> None:
    provider.respond(say("Half a"), stop_short())
    run = await answer(provider, "responses")
    assert isinstance(run.error, ModelBehaviorError)
    assert run.page.texts() == ["Half a"]


@BOTH
async def test_a_run_that_is_stopped_keeps_what_was_said(provider: FakeProvider, api: Api) -> None:
    provider.respond(think("Hm."), say("Hel", gate("half-way"), "lo"))
    run = Mapped()
    async with running(provider, api) as result:
        async for event in result.stream_events():
            run.sdk(event)
            if run.page.texts() == ["Hel"]:
                result.cancel()
        await provider.disconnected()
    assert run.interrupt().outline() == ["workflow: Hm.", "message: Hel"]
