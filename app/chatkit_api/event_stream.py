"""Server-Sent Events from a turn's log.

Owns the wire form of a stream: one `data:` line and a blank line per event, a heartbeat that parsers take as
nothing, for clients that can come back the place of each event and a mark at the end, and the reader's
arrival and departure. Must not touch the turn beyond reading it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.turns.delivery import Delivery
from app.turns.log import TurnLog
from app.turns.turn import ReadableTurn

# Comment lines without a blank line after them: with one, fetch-event-source delivers an empty message.
HEARTBEAT = b": keep-alive\n"
END = b": end\n"
"""Says to a client that can come back that there is nothing to come back for."""

RETRY = b"retry: 1000\n"

HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}

CHUNK_BYTES = 64 * 1024
"""What is sent at once, and so all that is held for a reader that does not read."""


@dataclass(frozen=True, slots=True)
class Resuming:
    """For clients that come back to where they were."""

    after: int
    """Place in the turn's events behind which to begin."""
    leaving: asyncio.Event
    """Set when readers shall come back, to another process."""


class EventStream(Response):
    """Sends a turn's events, and notices when the client has gone."""

    media_type = "text/event-stream"

    def __init__(
        self,
        turn: ReadableTurn,
        heartbeat_seconds: float,
        delivery: Delivery,
        *,
        resuming: Resuming | None = None,
    ) -> None:
        super().__init__(headers=HEADERS | {"Chatkit-Thread": turn.thread_id, "Chatkit-Turn": turn.id})
        del self.headers["content-length"]
        self._turn = turn
        self._heartbeat_seconds = heartbeat_seconds
        self._delivery = delivery
        self._resuming = resuming

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the log ends or the client leaves; neither way anything of the turn is awaited."""
        with self._turn.reading() as log:
            sending = asyncio.create_task(self._send_events(send, log))
            gone = asyncio.create_task(_disconnected(receive))
            tasks: list[asyncio.Task[object]] = [sending, gone]
            if self._resuming is not None:
                tasks.append(asyncio.create_task(self._resuming.leaving.wait()))
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                # Sending to a client that has gone succeeds; that it has is seen a moment later.
                await asyncio.sleep(0)
                is_whole = sending.done() and not gone.done()
            finally:
                for task in tasks:
                    task.cancel()
            await asyncio.wait(tasks)
            if not sending.cancelled() and (error := sending.exception()):
                raise error
        if is_whole:
            await self._delivery.complete()
            if self._resuming:
                await _send(send, END)
        elif log.closed:
            self._delivery.broken_off()
        # A client that is to come back sees the end without the mark; one that has gone takes no notice.
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_events(self, send: Send, log: TurnLog) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        position = self._resuming.after if self._resuming else 0
        if self._resuming:
            await _send(send, RETRY)
        while True:
            frames = await log.read(position, self._heartbeat_seconds)
            if frames:
                position = await self._send_frames(send, position, frames)
            elif log.closed:
                break
            else:
                await _send(send, HEARTBEAT)
        await self._send_frames(send, position, log.summary)

    async def _send_frames(self, send: Send, position: int, frames: Sequence[bytes]) -> int:
        """Send frames, a bounded amount at a time; return the place after the last."""
        chunk = bytearray()
        for frame in frames:
            position += 1
            if self._resuming:
                chunk += b"id: %s:%d\n" % (self._turn.id.encode(), position)
            chunk += b"data: " + frame + b"\n\n"
            if len(chunk) >= CHUNK_BYTES:
                await _send(send, bytes(chunk))
                chunk.clear()
        if chunk:
            await _send(send, bytes(chunk))
        return position


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
