"""`GET /chatkit/probe`: a stream without a model, which shows `chatkit-server doctor` what lies between.

Sent like an answer: the same headers, the same heartbeat, below the same path, so that whatever a proxy does
to answers it does to this. A few ticks, silence for two heartbeats where that is asked for, the end. Says
nothing of anybody, asks for no credential, and only so many run at once.
"""

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.chatkit_api.event_stream import HEADERS, HEARTBEAT
from app.errors import RateLimited
from app.limits.requests import TOO_MANY

AT_ONCE = 4
TICKS, TICK_SECONDS = 5, 0.2
SILENT_HEARTBEATS = 2.0
SILENCE = "silence"
"""In the query: the stream is to be silent for so many heartbeats before its end."""

ASKED_OF = ("authorization", "chatkit-disconnect", "last-event-id", "origin")
"""Request headers of which the stream says whether they arrived."""


def probe_router(heartbeat_seconds: float, leaving: asyncio.Event) -> APIRouter:
    """Build the route. `leaving` is set when the process is about to stop."""
    router = APIRouter()
    running: set[object] = set()
    plan = {
        "tick_seconds": TICK_SECONDS,
        "silence_seconds": heartbeat_seconds * SILENT_HEARTBEATS,
    }

    async def stream(request: Request, *, is_silent: bool) -> AsyncIterator[bytes]:
        token = object()
        running.add(token)
        try:
            yield _data({"type": "probe.tick", **_arrived(request), **plan})
            for _ in range(1, TICKS):
                if await _left(leaving, TICK_SECONDS):
                    return
                yield _data({"type": "probe.tick"})
            if is_silent:
                yield HEARTBEAT
                if await _left(leaving, plan["silence_seconds"]):
                    return
            yield _data({"type": "probe.end"})
        finally:
            running.discard(token)

    @router.get("/chatkit/probe")
    async def probe(request: Request) -> Response:
        if len(running) >= AT_ONCE:
            raise RateLimited(TOO_MANY, retry_after=10)
        body = stream(request, is_silent=SILENCE in request.query_params)
        return StreamingResponse(body, headers=HEADERS, media_type="text/event-stream")

    return router


def _arrived(request: Request) -> dict[str, object]:
    """Return what of the request has come through, and how the server was addressed."""
    return {
        "headers": [name for name in ASKED_OF if name in request.headers],
        "scheme": request.url.scheme,
        "host": request.headers.get("host", ""),
        "time": time.time(),
    }


async def _left(leaving: asyncio.Event, seconds: float) -> bool:
    """Wait, and say whether the process is to stop meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await leaving.wait()
    except TimeoutError:
        return False
    return True


def _data(value: dict[str, object]) -> bytes:
    return b"data: " + to_json(value) + b"\n\n"
