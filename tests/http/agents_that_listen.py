"""Assistants with functions of their own that make text of speech."""

import asyncio
from dataclasses import replace
from typing import Any

from agents import Agent
from chatkit.types import AudioInput

from app.assistant import Assistant, RequestContext
from app.errors import BadRequest


def listen(recording: AudioInput, context: RequestContext) -> str:
    """Tell what was heard, if it was anything that can be told."""
    if recording.data == b"broken":
        raise RuntimeError("secret-detail")
    if recording.data == b"refused":
        raise BadRequest("Speak up, please.")
    if recording.data == b"nothing":
        return None  # type: ignore[return-value]
    return f" {len(recording.data)} bytes of {recording.media_type} in {context.locale}\0 "


async def never(_: AudioInput, __: RequestContext) -> str:
    """Take for ever."""
    waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    return str(await waiting)


assistant = Assistant(Agent(name="Listening"), transcribe=listen)
endless = replace(assistant, transcribe=never)
deaf = replace(assistant, transcribe=False)
