"""The demo's script as a model of the Agents SDK."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any

import httpx2
import openai
from agents import Model, ModelResponse, ModelSettings, Tool, TResponseInputItem, Usage
from agents.items import TResponseStreamEvent
from openai.types.responses import ResponseCompletedEvent, ResponseUsage
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails

from app.assistant.demo.conversation import read_conversation
from app.assistant.demo.picture import picture
from app.assistant.demo.replies import Reply, reply_to
from app.assistant.demo.response_events import ResponseEvents
from app.assistant.demo.sources import PAGES

WORD_SECONDS = 0.025
"""A pace at which one can read along."""


WORDS_PER_STEP = 30
"""How long a step of a tool takes."""

_STEPS = (".searching", ".generating", ".partial_image")


class DemoModel(Model):
    """Answers from a script. The same conversation gets the same words."""

    def __init__(self, word_seconds: float = WORD_SECONDS, model: str = "demo") -> None:
        self._word_seconds = word_seconds
        self.model = model

    async def get_response(
        self,
        system_instructions: str | None,  # noqa: ARG002
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        *_request: Any,
        **_named: Any,
    ) -> ModelResponse:
        """Return the whole reply at once."""
        *_, last = self._events(input, tools, model_settings)
        if not isinstance(last, ResponseCompletedEvent):
            raise TypeError("a response ends with its completion")
        return ModelResponse(
            output=last.response.output, usage=Usage(requests=1), response_id=last.response.id
        )

    async def stream_response(
        self,
        system_instructions: str | None,  # noqa: ARG002
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        *_request: Any,
        **_named: Any,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Stream the reply word by word."""
        for event in self._events(input, tools, model_settings):
            yield event
            if event.type.endswith(".delta"):
                await asyncio.sleep(self._word_seconds)
            elif event.type.endswith(_STEPS):
                await asyncio.sleep(self._word_seconds * WORDS_PER_STEP)

    def _events(
        self, model_input: str | Sequence[TResponseInputItem], tools: Iterable[Tool], settings: ModelSettings
    ) -> Iterator[TResponseStreamEvent]:
        chosen = settings.tool_choice if isinstance(settings.tool_choice, str) else None
        conversation = read_conversation(model_input)
        reply = reply_to(conversation, {tool.name for tool in tools}, model=self.model, chosen=chosen)
        response = ResponseEvents(self.model)
        yield from response.begin()
        if reply.thoughts:
            yield from response.reasoning(_words(thought) for thought in reply.thoughts)
        if reply.searches:
            yield from response.web_search(reply.searches, [url for _, url in PAGES])
        if reply.draws:
            yield from response.image(*picture(), reply.draws)
        if reply.text and reply.refuses:
            yield from response.refusal(_words(reply.text))
        elif reply.text:
            words = _breaking_off(reply.text) if reply.breaks_off else _words(reply.text)
            yield from response.message(words, reply.citations)
        if reply.call:
            yield from response.call(*reply.call)
        yield from response.end(_usage(model_input, reply))


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+(?:\s+$)?", text)


def _breaking_off(text: str) -> Iterator[str]:
    yield from _words(text)
    raise openai.APIConnectionError(
        message="The demo breaks off here.", request=httpx2.Request("POST", "http://demo")
    )


def _usage(model_input: str | Sequence[TResponseInputItem], reply: Reply) -> ResponseUsage:
    """Count a word as a token, which is near enough for numbers that nobody pays."""
    asked = len(str(model_input).split())
    said = len(_words(" ".join((reply.text, *reply.thoughts, *(reply.call or ())))))
    return ResponseUsage(
        input_tokens=asked,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens=said,
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
        total_tokens=asked + said,
    )
