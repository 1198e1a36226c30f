"""`input.transcribe`: a recording from the composer becomes text.

Checks what arrives before it is decoded, and before anybody is asked. Keeps nothing of it and logs no words.
"""

import base64
import binascii
import logging
from dataclasses import dataclass

import openai
from chatkit.types import AudioInput, InputTranscribeReq, TranscriptionResult

from app.assistant import Assistant
from app.assistant.callbacks import ask
from app.context import RequestContext
from app.errors import (
    BadRequest,
    ChatKitServerError,
    Malformed,
    NotEnabled,
    PayloadTooLarge,
    RateLimited,
    Unavailable,
)
from app.languages import Sentence
from app.limits import RecordingLimits

logger = logging.getLogger(__name__)

MEDIA_TYPES = ("audio/webm", "audio/mp4", "audio/ogg")
"""What browsers record, as the ChatKit widget sends it; codecs may be named behind it."""

MAX_TYPE = 100
"""Characters of a type that are looked at."""
MAX_TEXT = 100_000
TRANSCRIPTION_SECONDS = 60.0

TOO_LONG: Sentence = "The recording is too long: at most {limit:,} bytes."
EMPTY: Sentence = "The recording is empty."
NOT_UNDERSTOOD: Sentence = "The recording could not be understood. Please try again."
BUSY: Sentence = "Dictation is busy right now. Please try again in a moment."
FAILED: Sentence = "The recording could not be turned into text. Please try again."
TOO_SLOW: Sentence = "Turning the recording into text took too long. Please try a shorter one."


def base64_size(size: int) -> int:
    """Return how many characters `size` bytes take as base64."""
    return (size + 2) // 3 * 4


@dataclass(frozen=True, slots=True)
class Dictation:
    """Answers for the assistant's transcriber."""

    assistant: Assistant
    max_bytes: int
    limits: RecordingLimits

    async def transcribe(self, request: InputTranscribeReq, context: RequestContext) -> TranscriptionResult:
        """Return the text of a recording."""
        transcriber = self.assistant.transcribe
        if isinstance(transcriber, bool):
            raise NotEnabled("{operation} is not enabled on this server.", operation=request.type)
        encoded, mime_type = request.params.audio_base64, _mime_type(request.params.mime_type)
        if len(encoded) > base64_size(self.max_bytes):
            raise PayloadTooLarge(TOO_LONG, limit=self.max_bytes)
        await self.limits.admit(context)
        recording = AudioInput(data=_decoded(encoded, self.max_bytes), mime_type=mime_type)
        try:
            text = await ask(transcriber, recording, context, seconds=TRANSCRIPTION_SECONDS)
            return TranscriptionResult(text=text[:MAX_TEXT].replace("\0", "").strip())
        except Exception as error:
            logger.warning("a recording was not transcribed", extra={"reason": type(error).__name__})
            raise _refusal(error) from None


def _mime_type(claimed: str) -> str:
    media_type, semicolon, codecs = claimed[:MAX_TYPE].partition(";")
    media_type = media_type.strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Malformed("This kind of recording is not supported: use {types}.", types=", ".join(MEDIA_TYPES))
    return f"{media_type}{semicolon}{codecs.strip()}"


def _decoded(encoded: str, max_bytes: int) -> bytes:
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("The recording is not valid base64.") from None
    if not data:
        raise BadRequest(EMPTY)
    if len(data) > max_bytes:
        raise PayloadTooLarge(TOO_LONG, limit=max_bytes)
    return data


def _refusal(error: Exception) -> ChatKitServerError:
    """Return what the user is told: never the provider's own words."""
    match error:
        case ChatKitServerError():
            return error
        case openai.BadRequestError() | openai.UnprocessableEntityError():
            return BadRequest(NOT_UNDERSTOOD)
        case openai.RateLimitError():
            return RateLimited(BUSY, retry_after=5)
        case TimeoutError() | openai.APITimeoutError():
            return Unavailable(TOO_SLOW)
        case _:
            return Unavailable(FAILED)
