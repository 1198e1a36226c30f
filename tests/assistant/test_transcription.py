"""Who turns speech into text, by what the settings say."""

import pytest
from pydantic import SecretStr

from app.assistant.loading import load_assistant
from app.assistant.transcription import ModelTranscriber
from app.settings import Settings

KEY = SecretStr("sk-test")
ELSEWHERE = "http://127.0.0.1:1/v1"


@pytest.mark.proves("OP-input.transcribe-2")
@pytest.mark.parametrize(
    ("key", "base_url", "model", "used"),
    [
        (KEY, None, None, "gpt-transcribe"),
        (KEY, None, "gpt-4o-transcribe", "gpt-4o-transcribe"),
        (KEY, ELSEWHERE, None, None),
        (None, ELSEWHERE, "whisper", "whisper"),
        (None, None, "whisper", None),
        (None, None, None, None),
    ],
)
async def test_openai_listens_by_default_and_others_where_their_model_is_named(
    key: SecretStr | None, base_url: str | None, model: str | None, used: str | None
) -> None:
    assistant = load_assistant(
        Settings(openai_api_key=key, openai_base_url=base_url, transcription_model=model)
    )

    listening = assistant.transcribe
    assert (listening._model if isinstance(listening, ModelTranscriber) else None) == used
    await assistant.aclose()
