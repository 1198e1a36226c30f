"""Server-Sent Events from a turn's log.

Owns the wire form of a stream: one `data:` line and a blank line per event, a heartbeat that parsers take as
nothing, and the reader's arrival and departure. Must not touch the turn beyond reading it.
"""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.turns.turn import Turn

# A comment line without a blank line after it: with one, fetch-event-source delivers an empty message.
HEARTBEAT = b": keep-alive\n"

HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Sends a turn's events from the first to the last, and notices when the client has gone."""

    media_type = "text/event-stream"

    def __init__(self, turn: Turn, heartbeat_seconds: float) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._turn = turn
        self._heartbeat_seconds = heartbeat_seconds

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the log ends or the client leaves; neither way anything of the turn is awaited."""
        with self._turn.reading():
            sending = asyncio.create_task(self._send_events(send))
            leaving = asyncio.create_task(_disconnected(receive))
            try:
                await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sending, leaving):
                    task.cancel()
            await asyncio.wait((sending, leaving))
            if not sending.cancelled() and (error := sending.exception()):
                raise error

    async def _send_events(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        log, position = self._turn.log, 0
        while True:
            frames = await log.read(position, self._heartbeat_seconds)
            position += len(frames)
            if frames:
                body = b"".join(b"data: " + frame + b"\n\n" for frame in frames)
                await send({"type": "http.response.body", "body": body, "more_body": True})
            elif log.closed:
                break
            else:
                await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
