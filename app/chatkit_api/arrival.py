"""How a request's body arrives, on every route: no more bytes than the route takes, and not too slowly.

Stands around all routes, those that never look at a body as well, and believes no header. A route may take
less than is let through here; which of its bytes are a file's is for it to see.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.chatkit_api.body import TOO_LARGE
from app.chatkit_api.dictation import base64_size
from app.chatkit_api.upload_body import MAX_AROUND
from app.errors import ChatKitServerError, PayloadTooLarge, RequestTimeout
from app.settings import Settings

SILENCE_SECONDS = 30.0
"""Longest time without a byte, and what a body may take besides the time that its bytes earn."""

SLOWEST_BYTES_PER_SECOND = 30_000

_TAKES_FILES = re.compile(r"/chatkit/files(/[^/]*)?")
_TAKES_RECORDINGS = re.compile(r"/chatkit|/v1/chatkit/conversation")

_GONE: Message = {"type": "http.disconnect"}


@dataclass(slots=True)
class _Body:
    """What has come of one body."""

    limit: int
    size: int = 0
    waited: float = 0.0
    is_over: bool = False
    is_refused: bool = False

    def patience(self) -> float:
        """Return how many seconds the next bytes have."""
        earned = SILENCE_SECONDS + self.size / SLOWEST_BYTES_PER_SECOND - self.waited
        return max(0.0, min(SILENCE_SECONDS, earned))

    async def next(self, receive: Receive) -> Message:
        """Return the next message; raise what the body is refused for."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.patience()):
                message = await receive()
        except TimeoutError:
            raise RequestTimeout("The request took too long to arrive.") from None
        self.waited += time.monotonic() - began
        self.size += len(message.get("body", b""))
        if self.size > self.limit:
            raise PayloadTooLarge(TOO_LARGE, limit=self.limit)
        self.is_over = not message.get("more_body", False)
        return message


class Arrival:
    """Watches what a route receives. Once the answer has begun, a client that is refused has left."""

    def __init__(self, app: ASGIApp, settings: Settings, larger: Mapping[str, int]) -> None:
        """`larger` says, by path, which routes take more bytes than others."""
        self._app = app
        self._larger = larger
        self._ordinary = settings.max_body_bytes
        # What stands around a recording is small.
        self._with_recording = max(self._ordinary, base64_size(settings.max_recording_bytes) + 10_000)
        self._with_file = settings.max_file_bytes + MAX_AROUND

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(self.limit(scope["path"]))
        has_begun = False

        async def watched() -> Message:
            if body.is_refused:
                return _GONE
            if body.is_over:
                return await receive()
            try:
                return await body.next(receive)
            except ChatKitServerError:
                body.is_refused = True
                if has_begun:
                    return _GONE
                raise

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        await self._app(scope, watched, noted)

    def limit(self, path: str) -> int:
        """Return how many bytes a route takes at the most."""
        if _TAKES_FILES.fullmatch(path):
            return self._with_file
        if _TAKES_RECORDINGS.fullmatch(path):
            return self._with_recording
        return max(self._ordinary, self._larger.get(path, 0))
