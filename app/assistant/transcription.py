"""Speech to text by a model: what dictation uses where an assistant brings no function of its own."""

import re
from collections.abc import Callable

from chatkit.types import AudioInput
from openai import AsyncOpenAI

from app.context import RequestContext

DEFAULT_MODEL = "gpt-transcribe"

MAX_RETRIES = 1
"""Somebody waits with the finger on the button."""


class ModelTranscriber:
    """Asks the audio endpoint of a provider that speaks OpenAI's API."""

    def __init__(self, client: Callable[[], AsyncOpenAI], model: str) -> None:
        """`client` is asked for each time, so that whoever owns the connection can let go of it."""
        self._client = client
        self._model = model

    async def __call__(self, recording: AudioInput, context: RequestContext) -> str:
        """Return what was said; raises the client's own errors."""
        client = self._client().with_options(max_retries=MAX_RETRIES)
        # The provider knows a format by the name of its file.
        kind = recording.media_type.partition("/")[2]
        file = (f"speech.{kind}", recording.data, recording.media_type)
        language = context.locale.partition("-")[0].lower()
        if not re.fullmatch("[a-z]{2}", language):
            made = await client.audio.transcriptions.create(model=self._model, file=file)
        elif self._model.startswith(DEFAULT_MODEL):
            # A hint. The older models take the language for a fact, and translate what is in another one.
            made = await client.audio.transcriptions.create(
                model=self._model, file=file, languages=[language]
            )
        else:
            made = await client.audio.transcriptions.create(model=self._model, file=file, language=language)
        return made.text
