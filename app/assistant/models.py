"""Where models come from: the connection that the settings describe, and the model of agents that name none.

Owns the OpenAI client. It is made from the settings and shared with nothing: the Agents SDK's global default
client is neither used nor changed.
"""

import re
from functools import cached_property

from agents import Model, ModelProvider, MultiProvider
from agents.models import get_default_model
from agents.tracing import TracingConfig
from openai import AsyncOpenAI, Timeout

from app.assistant.container_files import ContainerFiles, NoContainerFiles, OpenAIContainerFiles
from app.assistant.default_model import DefaultModel
from app.assistant.transcription import DEFAULT_MODEL, ModelTranscriber
from app.settings import Settings

OPENAI_URL = "https://api.openai.com/v1"
TIMEOUT = Timeout(300.0, connect=10.0)
"""Reading waits for the next event, not for the whole answer; a reasoning model is silent for minutes."""
MAX_RETRIES = 2
ROUTED_ELSEWHERE = ("litellm/", "any-llm/")
"""Prefixes of names that the Agents SDK sends to other libraries."""


class ServerModels(ModelProvider):
    """Looks models up by name, on the server's own connection.

    A name with one of the prefixes `ROUTED_ELSEWHERE` goes where the Agents SDK sends it; any other name,
    slashes included, to the endpoint as it is.
    """

    def __init__(self, settings: Settings) -> None:
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
        self.is_connected = bool(key or settings.openai_base_url)
        """Whether the settings say where the models are; if not, the Agents SDK's own defaults hold."""
        self.tracing: TracingConfig | None = (
            {"api_key": key} if key and not settings.openai_base_url else None
        )
        """How to trace to OpenAI; None when the models are somebody else's."""
        self.default_model = settings.model or get_default_model()
        self._client = _client(key, settings.openai_base_url) if self.is_connected else None
        self._by_name = MultiProvider(
            openai_client=self._client,
            openai_use_responses=settings.openai_api == "responses",
            openai_prefix_mode="model_id" if settings.openai_base_url else "alias",
            unknown_prefix_mode="model_id",
        )

    def transcriber(self, settings: Settings) -> ModelTranscriber | None:
        """Return what makes text of speech on this connection; None where it is not known to have that."""
        model = settings.transcription_model or (None if settings.openai_base_url else DEFAULT_MODEL)
        return ModelTranscriber(self._connected, model) if self._client and model else None

    def get_model(self, model_name: str | None) -> Model:
        """Return the model of this name; without a name, the one that `CHATKIT_MODEL` names."""
        return self._default if model_name is None else self._by_name.get_model(model_name)

    @property
    def container_files(self) -> ContainerFiles:
        """The files that code has made at the provider."""
        return OpenAIContainerFiles(self._client) if self._client is not None else NoContainerFiles()

    @cached_property
    def _default(self) -> DefaultModel:
        return DefaultModel(self.default_model, self._by_name.get_model(self.default_model))

    def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            raise RuntimeError("the connection to the models is closed")
        return self._client

    async def aclose(self) -> None:
        """Close every connection; nothing can be asked afterwards."""
        await self._by_name.aclose()
        if self._client is not None:
            await self._client.close()
        # Let go of: a client that is still there when the interpreter ends complains, closed or not.
        self._client, self._by_name = None, MultiProvider()
        self.__dict__.pop("_default", None)


def _client(key: str | None, base_url: str | None) -> AsyncOpenAI:
    # A model server of one's own asks for no key, but the client does.
    return AsyncOpenAI(
        api_key=key or "none", base_url=base_url or OPENAI_URL, timeout=TIMEOUT, max_retries=MAX_RETRIES
    )


def model_name_of(model: str | Model | None, models: ModelProvider | None) -> str:
    """Return the name of a model as an agent names it; of the default model where it names none."""
    if isinstance(model, str):
        return model
    if isinstance(model, Model):
        return str(getattr(model, "model", type(model).__name__))
    return models.default_model if isinstance(models, ServerModels) else get_default_model()


def can_reason(model_name: str) -> bool:
    """Say whether a model takes settings for reasoning, by what OpenAI calls its models."""
    return re.match(r"o\d|gpt-5(?!.*chat)", model_name.rpartition("/")[2]) is not None
