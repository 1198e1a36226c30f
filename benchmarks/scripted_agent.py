"""An agent that answers at once: a fixed number of text deltas, no provider, no waiting.

What remains to be measured is the server around it: `CHATKIT_AGENT=benchmarks/scripted_agent.py:agent`.
"""

from typing import Any

from agents import Agent
from agents.testing import ModelStep, ScriptedModel, assistant_message
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


def _events(deltas: int) -> list[Any]:
    text = "word " * deltas
    message: ResponseOutputMessage = assistant_message(text)  # type: ignore[assignment]
    empty = message.model_copy(update={"content": [], "status": "in_progress"})
    part = ResponseOutputText(type="output_text", text="", annotations=[], logprobs=[])
    place = {"item_id": message.id, "output_index": 0, "content_index": 0, "sequence_number": 0}
    usage = ResponseUsage(
        input_tokens=1,
        output_tokens=deltas,
        total_tokens=deltas + 1,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
    )
    response = Response(
        id="resp_1", created_at=0, model="scripted", object="response", output=[message],
        parallel_tool_calls=False, tool_choice="auto", tools=[], usage=usage,
    )  # fmt: skip
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


_EVENTS = _events(DELTAS)


def agent(_: object = None) -> Agent[Any]:
    """Return an agent for one run."""
    return Agent(name="Scripted", model=ScriptedModel([ModelStep.stream(_EVENTS)]))
