"""Runs of the Agents SDK against the fake provider, over either API."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from agents import (
    Agent,
    Model,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    RunConfig,
    Runner,
    RunResultStreaming,
    Tool,
)
from openai import AsyncOpenAI

from tests.provider.server import FakeProvider

Api = Literal["responses", "chat_completions"]


def model_of(client: AsyncOpenAI, api: Api) -> Model:
    """Return the SDK's model for an API."""
    if api == "responses":
        return OpenAIResponsesModel("gpt-fake", client)
    return OpenAIChatCompletionsModel("gpt-fake", client)


@asynccontextmanager
async def running(
    provider: FakeProvider,
    api: Api,
    tools: Sequence[Tool] = (),
    handoffs: Sequence[Agent[Any]] = (),
    context: object = None,
) -> AsyncIterator[RunResultStreaming]:
    """Begin a run of an agent on the fake provider; nothing of it is left after the block."""
    async with AsyncOpenAI(api_key="none", base_url=provider.base_url, max_retries=0) as client:
        model = model_of(client, api)
        for agent in handoffs:
            agent.model = model
        agent = Agent[Any](
            name="Assistant",
            model=model,
            tools=list(tools),
            handoffs=list(handoffs),
            model_settings=ModelSettings(include_usage=True),
        )
        result = Runner.run_streamed(
            agent, "hi", context=context, run_config=RunConfig(tracing_disabled=True)
        )
        try:
            yield result
        finally:
            if not result.is_complete:
                result.cancel()
