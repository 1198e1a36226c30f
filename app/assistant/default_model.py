"""The model of agents that name none, and the settings that fit it."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Any

from agents import Model, ModelResponse, ModelSettings, TResponseInputItem
from agents.items import TResponseStreamEvent
from agents.models import get_default_model_settings
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest
from openai import BadRequestError


class DefaultModel(Model):
    """A model that agents get without asking for it.

    The Agents SDK gives an agent without a model the settings of *its* default model (`reasoning`,
    `verbosity`), which another model may refuse: they are replaced by those of this one. An account that may
    not read reasoning summaries gets answers without them.
    """

    def __init__(self, name: str, inner: Model) -> None:
        self.model = name
        self._inner = inner
        self._has_summaries = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        *request: Any,
        **named: Any,
    ) -> ModelResponse:
        """Ask the model; see `Model.get_response`."""
        settings = self._fitting(model_settings)
        try:
            return await self._inner.get_response(system_instructions, input, settings, *request, **named)
        except BadRequestError as error:
            settings = self._mended(settings, error)
            return await self._inner.get_response(system_instructions, input, settings, *request, **named)

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        *request: Any,
        **named: Any,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Ask the model; see `Model.stream_response`."""
        settings = self._fitting(model_settings)
        while True:
            events = self._inner.stream_response(system_instructions, input, settings, *request, **named)
            try:
                async for event in events:
                    yield event
                return
            except BadRequestError as error:
                settings = self._mended(settings, error)
            finally:
                # A run that is stopped closes this stream; the provider's must not wait for the collector.
                if isinstance(events, AsyncGenerator):
                    await events.aclose()

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        """Return the provider's own advice."""
        return self._inner.get_retry_advice(request)

    async def close(self) -> None:
        """Close the model behind this one."""
        await self._inner.close()

    def _fitting(self, settings: ModelSettings) -> ModelSettings:
        implicit, own = get_default_model_settings(), get_default_model_settings(self.model)
        if settings.reasoning == implicit.reasoning:
            settings = replace(settings, reasoning=own.reasoning)
        if settings.verbosity == implicit.verbosity:
            settings = replace(settings, verbosity=own.verbosity)
        return settings if self._has_summaries else _without_summary(settings)

    def _mended(self, settings: ModelSettings, error: BadRequestError) -> ModelSettings:
        """Return settings that mend `error`, or raise it again."""
        if error.param != "reasoning.summary" or not self._has_summaries:
            raise error
        self._has_summaries = False
        return _without_summary(settings)


def _without_summary(settings: ModelSettings) -> ModelSettings:
    reasoning = settings.reasoning
    return replace(settings, reasoning=reasoning and reasoning.model_copy(update={"summary": None}))
