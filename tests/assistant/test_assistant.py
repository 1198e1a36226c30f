"""The public class `Assistant`."""

import dataclasses
from typing import Any

import pytest
from agents import Agent, UserError
from agents.testing import ScriptedModel

from app.assistant import Assistant, RequestContext
from app.ids import ThreadId, TurnId

THREAD = ThreadId("thr_1")


async def test_a_plain_agent_is_the_agent_of_every_request(context: RequestContext) -> None:
    agent = Agent[Any](name="Support")
    assistant = Assistant(agent)

    assert await assistant.agent_for(context) is agent
    assert assistant.name == "Support"


async def test_a_function_chooses_the_agent_by_the_request(context: RequestContext) -> None:
    def by_plan(request: RequestContext) -> Agent[Any]:
        return Agent(name=f"{request.metadata['plan']} {request.locale} {request.user_id}")

    assert (await Assistant(by_plan).agent_for(context)).name == "pro de user_one"


async def test_the_function_may_be_async(context: RequestContext) -> None:
    async def chosen(request: RequestContext) -> Agent[Any]:
        return Agent(name=request.locale)

    assistant = Assistant(chosen, name="Chooser")

    assert (await assistant.agent_for(context)).name == "de"
    assert (assistant.name, assistant.model_name) == ("Chooser", None)


async def test_a_function_that_returns_something_else_is_a_readable_error(context: RequestContext) -> None:
    def wrong(request: RequestContext) -> Any:
        return "agent"

    with pytest.raises(UserError, match=r"wrong must return an agents\.Agent, not a value of type str"):
        await Assistant(wrong).agent_for(context)


@pytest.mark.parametrize("value", ["agent", None, Agent, 7])
def test_what_is_no_agent_is_refused_at_once(value: Any) -> None:
    with pytest.raises(TypeError, match=r"agents\.Agent or a function"):
        Assistant(value)


def test_an_assistant_cannot_be_changed() -> None:
    assistant = Assistant(Agent[Any](name="Support"))

    with pytest.raises(dataclasses.FrozenInstanceError):
        assistant.name = "Other"  # type: ignore[misc]


def test_runs_are_grouped_by_thread_and_never_traced_unless_asked() -> None:
    config = Assistant(Agent[Any](name="Support")).run_config(THREAD)

    assert (config.group_id, config.workflow_name) == (THREAD, "Support")
    assert config.tracing_disabled
    assert not config.trace_include_sensitive_data


def test_tracing_never_carries_content_even_when_asked_for() -> None:
    config = Assistant(Agent[Any](name="Support"), tracing=True).run_config(THREAD)

    assert not config.tracing_disabled
    assert not config.trace_include_sensitive_data


def test_the_model_is_named_after_the_agents_own() -> None:
    assert Assistant(Agent[Any](name="a", model="gpt-4.1")).model_name == "gpt-4.1"
    assert Assistant(Agent[Any](name="a", model=ScriptedModel())).model_name == "ScriptedModel"


@pytest.mark.proves("FEAT-feedback-1")
def test_the_trace_of_a_run_can_be_told_from_its_turn() -> None:
    config = Assistant(Agent[Any](name="Support")).run_config(THREAD, TurnId("turn_" + "a" * 32))

    assert (config.trace_id, config.group_id) == ("trace_" + "a" * 32, "thr_1")
