"""Which endpoint, API, model and settings an agent's calls go out with, seen from the provider's side."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
from agents import Agent, ModelSettings, RunConfig, Runner, handoff
from agents.testing import ModelStep, ScriptedModel, assistant_message
from openai import BadRequestError
from openai.types.shared import Reasoning

from app.assistant import Assistant, RequestContext
from app.assistant.default_model import DefaultModel
from app.assistant.loading import load_assistant
from app.assistant.models import ServerModels, can_reason
from app.ids import ThreadId
from app.settings import Settings
from tests.provider.script import call_tool, gate, say
from tests.provider.server import FakeProvider

Connect = Callable[..., ServerModels]


@pytest.fixture
async def connect(provider: FakeProvider) -> AsyncIterator[Connect]:
    """Make the models of a server that is connected to the fake provider."""
    made: list[ServerModels] = []

    def connect_with(**settings: Any) -> ServerModels:
        defaults = {"openai_api_key": "sk-mine", "openai_base_url": provider.base_url}
        made.append(ServerModels(Settings(**{**defaults, **settings})))
        return made[-1]

    yield connect_with
    for models in made:
        await models.aclose()


async def ask(agent: Agent[Any], models: ServerModels) -> str:
    config = Assistant(agent, models=models).run_config(ThreadId("thr_1"))
    result = Runner.run_streamed(agent, "Hello?", run_config=config)
    async for _ in result.stream_events():
        pass
    return str(result.final_output)


async def test_a_plain_agent_uses_the_servers_key_and_address(
    provider: FakeProvider, connect: Connect
) -> None:
    provider.respond(say("Hi"))

    assert await ask(Agent(name="plain", model="gpt-4.1"), connect()) == "Hi"
    (request,) = provider.requests
    assert (request.api, request.body["model"]) == ("responses", "gpt-4.1")
    assert request.headers["authorization"] == "Bearer sk-mine"


async def test_the_setting_chooses_chat_completions(provider: FakeProvider, connect: Connect) -> None:
    provider.respond(say("Hi"))

    assert await ask(Agent(name="plain", model="llama"), connect(openai_api="chat_completions")) == "Hi"
    assert provider.requests[0].api == "chat_completions"


async def test_a_server_of_ones_own_needs_no_key(provider: FakeProvider, connect: Connect) -> None:
    provider.respond(say("Hi"))

    assert await ask(Agent(name="plain", model="llama"), connect(openai_api_key=None)) == "Hi"


async def test_the_environment_changes_nothing(
    provider: FakeProvider, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    models = connect()
    provider.respond(say("Hi"))

    assert await ask(Agent(name="plain", model="gpt-4.1"), models) == "Hi"
    assert provider.requests[0].headers["authorization"] == "Bearer sk-mine"


async def test_names_with_slashes_reach_the_endpoint_whole(provider: FakeProvider, connect: Connect) -> None:
    models = connect()
    for name in ("meta-llama/Llama-3.3-70B", "openai/gpt-oss-20b"):
        provider.respond(say("Hi"))
        await ask(Agent(name="plain", model=name), models)

    assert [r.body["model"] for r in provider.requests] == ["meta-llama/Llama-3.3-70B", "openai/gpt-oss-20b"]


async def test_the_configured_model_is_for_agents_that_name_none(
    provider: FakeProvider, connect: Connect
) -> None:
    models = connect(model="gpt-4.1-mini")
    provider.respond(say("Hi"))
    provider.respond(say("Hi"))
    await ask(Agent(name="without"), models)
    await ask(Agent(name="with", model="gpt-4.1"), models)

    assert [request.body["model"] for request in provider.requests] == ["gpt-4.1-mini", "gpt-4.1"]


async def test_a_model_is_not_sent_the_settings_of_another(provider: FakeProvider, connect: Connect) -> None:
    provider.respond(say("Hi"))
    await ask(Agent(name="without"), connect(model="gpt-4.1-mini"))

    assert "reasoning" not in provider.requests[0].body
    assert "verbosity" not in provider.requests[0].body.get("text", {})


async def test_settings_that_the_agent_makes_itself_are_kept(
    provider: FakeProvider, connect: Connect
) -> None:
    provider.respond(say("Hi"))
    own = ModelSettings(temperature=0.3, verbosity="high", reasoning=Reasoning(effort="high"))
    await ask(Agent(name="without", model_settings=own), connect(model="gpt-5.1"))

    body = provider.requests[0].body
    assert (body["temperature"], body["text"]["verbosity"], body["reasoning"]["effort"]) == (
        0.3,
        "high",
        "high",
    )


@pytest.mark.parametrize("wrapped", [False, True])
async def test_agents_that_are_handed_over_to_get_the_configured_model_too(
    provider: FakeProvider, connect: Connect, wrapped: bool
) -> None:
    second = Agent[Any](name="second")
    first = Agent[Any](name="first", handoffs=[handoff(second) if wrapped else second])
    provider.respond(call_tool("transfer_to_second"))
    provider.respond(say("Second here"))

    assert await ask(first, connect(model="gpt-4.1-mini")) == "Second here"
    assert [request.body["model"] for request in provider.requests] == ["gpt-4.1-mini"] * 2
    assert not [request for request in provider.requests if "reasoning" in request.body]


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_the_built_in_assistant_answers(
    provider: FakeProvider, context: RequestContext, api: Any
) -> None:
    settings = Settings(openai_base_url=provider.base_url, model="local-model", openai_api=api)
    assistant = load_assistant(settings)
    provider.respond(say("Hi"))

    result = Runner.run_streamed(
        await assistant.agent_for(context), "Hello?", run_config=assistant.run_config(ThreadId("thr_1"))
    )
    assert "Hi" in [
        getattr(e.data, "delta", None) async for e in result.stream_events() if e.type == "raw_response_event"
    ]
    await assistant.aclose()

    (request,) = provider.requests
    assert (request.api, request.body["model"]) == (api, "local-model")
    assert "reasoning" not in request.body
    assert "reasoning_effort" not in request.body


@pytest.mark.proves("MAP-2")
async def test_the_built_in_assistant_shows_the_reasoning_of_models_that_reason(
    provider: FakeProvider,
) -> None:
    assistant = load_assistant(Settings(openai_base_url=provider.base_url, model="gpt-5.1"))
    provider.respond(say("Hi"))
    assert isinstance(assistant.agent, Agent)
    assert isinstance(assistant.models, ServerModels)
    await ask(assistant.agent, assistant.models)
    await assistant.aclose()

    body = provider.requests[0].body
    assert body["reasoning"] == {"effort": "low", "summary": "auto"}
    assert body["store"] is False


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("gpt-5.1", True),
        ("gpt-5.2-pro", True),
        ("o4-mini", True),
        ("openai/o3", True),
        ("gpt-5.2-chat-latest", False),
        ("gpt-4o", False),
        ("llama3.2", False),
        ("olmo-2", False),
    ],
)
def test_which_models_reason_is_told_by_their_names(name: str, reasons: bool) -> None:
    assert can_reason(name) is reasons


def refusing_summaries() -> BadRequestError:
    response = httpx2.Response(400, request=httpx2.Request("POST", "http://provider"))
    return BadRequestError("verify your organization", response=response, body={"param": "reasoning.summary"})


@pytest.mark.parametrize("streamed", [True, False])
async def test_an_account_without_reasoning_summaries_still_gets_answers(streamed: bool) -> None:
    inner = ScriptedModel(
        [
            ModelStep.raise_error(refusing_summaries()),
            [assistant_message("one")],
            [assistant_message("two")],
        ]
    )
    settings = ModelSettings(reasoning=Reasoning(effort="low", summary="auto"))
    agent = Agent(name="a", model=DefaultModel("gpt-5.1", inner), model_settings=settings)

    answers = []
    for _ in range(2):
        if streamed:
            result = Runner.run_streamed(agent, "Hello?", run_config=RunConfig(tracing_disabled=True))
            async for _event in result.stream_events():
                pass
            answers.append(result.final_output)
        else:
            whole = await Runner.run(agent, "Hello?", run_config=RunConfig(tracing_disabled=True))
            answers.append(whole.final_output)

    assert answers == ["one", "two"]
    asked = [call.model_settings.reasoning for call in inner.calls]
    assert [(r.effort, r.summary) for r in asked if r] == [("low", "auto"), ("low", None), ("low", None)]


async def test_any_other_refusal_of_the_provider_is_passed_on() -> None:
    response = httpx2.Response(400, request=httpx2.Request("POST", "http://provider"))
    error = BadRequestError("too long", response=response, body={"param": "input"})
    inner = ScriptedModel([ModelStep.raise_error(error)])
    agent = Agent(name="a", model=DefaultModel("gpt-5.1", inner))

    with pytest.raises(BadRequestError, match="too long"):
        await Runner.run(agent, "Hello?", run_config=RunConfig(tracing_disabled=True))
    assert len(inner.calls) == 1


async def test_a_stop_ends_the_request_of_a_default_model(provider: FakeProvider, connect: Connect) -> None:
    provider.respond(say("one ", gate("wait"), "two"))
    agent = Agent[Any](name="without")
    config = Assistant(agent, models=connect(model="gpt-4.1")).run_config(ThreadId("thr_1"))
    result = Runner.run_streamed(agent, "Hello?", run_config=config)
    async for event in result.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            result.cancel()

    await provider.disconnected()
