"""Which assistant this server has: the one `CHATKIT_AGENT` names, else the built-in one, else the demo."""

import inspect
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from agents import Agent, Model
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from agents.models.openai_responses import OpenAIResponsesModel

from app.assistant.assistant import Assistant, Transcriber
from app.assistant.builtin import builtin_assistant
from app.assistant.checking import check_selectable, look_up
from app.assistant.demo import demo_assistant
from app.assistant.importing import import_value
from app.assistant.models import ROUTED_ELSEWHERE, ServerModels
from app.errors import ConfigurationError
from app.settings import Settings

logger = logging.getLogger(__name__)


def load_assistant(settings: Settings) -> Assistant:
    """Return the assistant, ready to run; raise `ConfigurationError` with a sentence if it cannot be had.

    Makes no request to any model.
    """
    models = ServerModels(settings)
    if settings.agent is None:
        own = builtin_assistant(settings, models) if models.is_connected else demo_assistant()
        return completed(own, settings, models)
    try:
        return completed(_assistant_from(import_value(settings.agent)), settings, models)
    except ConfigurationError as error:
        raise ConfigurationError(f"CHATKIT_AGENT: {error}") from error


def _assistant_from(value: Any) -> Assistant:
    match value:
        case Assistant():
            return value
        case Agent():
            return Assistant(value)
        case _ if callable(value) and not isinstance(value, type):
            _check_signature(value)
            return Assistant(value)
        case _:
            found = f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"
            raise ConfigurationError(
                f"it names {found}; it must name an agents.Agent, a function returning one, or an Assistant."
            )


def _check_signature(function: Callable[..., Any]) -> None:
    try:
        inspect.signature(function).bind(object())
    except TypeError:
        name = getattr(function, "__name__", function)
        raise ConfigurationError(
            f"the function {name} must take one argument: the request's context."
        ) from None
    except ValueError:
        return  # a callable without a signature; its call will tell


def completed(assistant: Assistant, settings: Settings, models: ServerModels) -> Assistant:
    """Give an assistant what it left open; raise `ConfigurationError` where its model cannot be had."""
    brings_models = assistant.models is not None
    assistant = replace(
        assistant,
        models=assistant.models or models,
        titles=assistant.titles if settings.titles else False,
        transcribe=_transcriber(assistant, settings, models),
    )
    _check_model(assistant, settings)
    check_selectable(assistant)
    if assistant.tracing is None:
        is_openai = models.tracing is not None and not brings_models and _runs_on_openai(assistant.agent)
        assistant = replace(assistant, tracing=is_openai)
    return assistant


def _transcriber(assistant: Assistant, settings: Settings, models: ServerModels) -> bool | Transcriber:
    if assistant.transcribe is not True:
        return assistant.transcribe
    return models.transcriber(settings) or False


def _runs_on_openai(agent: object) -> bool:
    model = agent.model if isinstance(agent, Agent) else None
    if isinstance(model, Model):
        return isinstance(model, OpenAIResponsesModel | OpenAIChatCompletionsModel)
    return not (model or "").startswith(ROUTED_ELSEWHERE)


def _check_model(assistant: Assistant, settings: Settings) -> None:
    """Look the agent's model up, so that a missing key is found at the start and not by the first user."""
    agent = assistant.agent
    if not isinstance(agent, Agent) or isinstance(agent.model, Model) or assistant.models is None:
        return
    look_up(assistant.models, agent.model, f"The agent {agent.name} runs on {assistant.model_name}")
    if settings.model is not None and agent.model is not None and agent.model != settings.model:
        logger.warning(
            "CHATKIT_MODEL is not used: the agent names its own model", extra={"model": agent.model}
        )
