"""What the Agents SDK streams for a scripted reply, without HTTP: its own events, made by its own code."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from agents import Agent, RawResponsesStreamEvent, RunItemStreamEvent
from agents.items import HandoffOutputItem, RunItem, ToolCallItem, ToolCallOutputItem
from agents.models.chatcmpl_stream_handler import ChatCmplStreamHandler
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import Response, ResponseFunctionToolCall, ResponseStreamEvent
from pydantic import TypeAdapter

from tests.provider import chat_api, responses_api
from tests.provider.script import Step

Api = Literal["responses", "chat_completions"]

_EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
AGENT = Agent[Any](name="Assistant")


def model_events(*steps: Step, api: Api = "responses", number: int = 1) -> list[RawResponsesStreamEvent]:
    """Return the events of one model response that says these steps."""
    if api == "responses":
        payloads = _payloads(responses_api.stream(steps, f"resp_{number}", {}))
        return [RawResponsesStreamEvent(_EVENT.validate_json(payload)) for payload in payloads]
    chunks = [
        ChatCompletionChunk.model_validate_json(payload)
        for payload in _payloads(chat_api.stream(steps, f"resp_{number}", {}))
        if payload != "[DONE]"
    ]
    response = Response.model_validate(responses_api.body((), f"resp_{number}", {}))
    stream = ChatCmplStreamHandler.handle_stream(response, _each(chunks))  # type: ignore[arg-type]
    return [RawResponsesStreamEvent(event) for event in _drained(stream)]


def tool_called(call_id: str, name: str, title: str | None = None) -> RunItemStreamEvent:
    """The SDK is about to run a function tool."""
    raw = ResponseFunctionToolCall(type="function_call", call_id=call_id, name=name, arguments="{}")
    return RunItemStreamEvent("tool_called", ToolCallItem(AGENT, raw, title=title))


def tool_returned(call_id: str, output: str = "secret") -> RunItemStreamEvent:
    """A tool has given its output."""
    raw = {"type": "function_call_output", "call_id": call_id, "output": output}
    return RunItemStreamEvent("tool_output", ToolCallOutputItem(AGENT, raw, output))


def handed_over(call_id: str, to: str) -> RunItemStreamEvent:
    """Another agent goes on."""
    raw: Any = {"type": "function_call_output", "call_id": call_id, "output": "{}"}
    item = HandoffOutputItem(AGENT, raw, source_agent=AGENT, target_agent=Agent[Any](name=to))
    return RunItemStreamEvent("handoff_occured", item)


def told(name: Any, item: RunItem) -> RunItemStreamEvent:
    """The SDK tells of an item."""
    return RunItemStreamEvent(name, item)


def _payloads(frames: Iterator[Any]) -> Iterator[str]:
    for frame in frames:
        for line in frame.decode().splitlines():
            if line.startswith("data: "):
                payload = line.removeprefix("data: ")
                yield payload if payload == "[DONE]" else json.dumps(json.loads(payload))


async def _each(chunks: list[ChatCompletionChunk]) -> AsyncIterator[ChatCompletionChunk]:
    for chunk in chunks:
        yield chunk


def _drained(stream: AsyncIterator[Any]) -> Iterator[Any]:
    """Step a generator that never waits for anything."""
    while True:
        try:
            stream.__anext__().__await__().send(None)
        except StopIteration as yielded:
            yield yielded.value
        except StopAsyncIteration:
            return
