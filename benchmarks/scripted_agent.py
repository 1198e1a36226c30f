"""Agents that answer with a fixed number of text deltas: no provider, and no work of their own.

What remains to be measured is the server around them: `CHATKIT_AGENT=benchmarks/scripted_agent.py:paced`.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, Model, ModelResponse
from agents.testing import assistant_message
from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
    ResponseUsage,
)
from openai.types.responses.response import Response
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

DELTAS = 200
PACE_SECONDS = 0.01
"""Between two deltas of the paced agent: about what a fast provider needs."""


class FixedAnswer(Model):
    """Streams the same events for every request, pausing before each if told to."""

    def __init__(self, deltas: int = DELTAS, pace_seconds: float = 0.0) -> None:
        self._events = _events(deltas)
        self._pace_seconds = pace_seconds

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        """Not asked for: everything is streamed."""
        raise NotImplementedError

    async def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """Yield the events."""
        for event in self._events:
            if self._pace_seconds:
                await asyncio.sleep(self._pace_seconds)
            yield event


def _events(deltas: int) -> list[Any]:
    text = "word " * deltas
    message: ResponseOutputMessage = assistant_message(text)  # type: ignore[assignment]
    empty = message.model_copy(update={"content": [], "status": "in_progress"})
    part = ResponseOutputText(type="output_text", text="", annotations=[], logprobs=[])
    place = {"item_id": message.id, "output_index": 0, "content_index": 0, "sequence_number": 0}
    response = Response(
        id="resp_1",
        created_at=0,
        model="scripted",
        object="response",
        output=[message],
        parallel_tool_calls=False,
        tool_choice="auto",
        tools=[],
        usage=_usage(deltas),
    )
    return [
        ResponseCreatedEvent(type="response.created", response=response, sequence_number=0),
        ResponseOutputItemAddedEvent(
            type="response.output_item.added", item=empty, output_index=0, sequence_number=0
        ),
        ResponseContentPartAddedEvent(type="response.content_part.added", part=part, **place),
        *(
            ResponseTextDeltaEvent(type="response.output_text.delta", delta="word ", logprobs=[], **place)
            for _ in range(deltas)
        ),
        ResponseTextDoneEvent(type="response.output_text.done", text=text, logprobs=[], **place),
        ResponseContentPartDoneEvent(
            type="response.content_part.done", part=part.model_copy(update={"text": text}), **place
        ),
        ResponseOutputItemDoneEvent(
            type="response.output_item.done", item=message, output_index=0, sequence_number=0
        ),
        ResponseCompletedEvent(type="response.completed", response=response, sequence_number=0),
    ]


def _usage(deltas: int) -> ResponseUsage:
    return ResponseUsage(
        input_tokens=1,
        output_tokens=deltas,
        total_tokens=deltas + 1,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
    )


unpaced = Agent(name="Scripted", model=FixedAnswer())
paced = Agent(name="Scripted", model=FixedAnswer(pace_seconds=PACE_SECONDS))
