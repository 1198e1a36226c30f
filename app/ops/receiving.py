"""How the head of a request arrives: within its size and its time. Connections that send nothing are closed.

uvicorn's protocol waits for ever for a head, and keeps one of any size. The body is watched where it is read
(`app/chatkit_api/arrival.py`); here only what is left of it once the answer has been sent.
"""

import asyncio
from typing import Any, cast

from pydantic_core import to_json
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from app.errors import ChatKitServerError, HeadersTooLarge, Malformed, RequestTimeout
from app.limits.connections import CROWDED
from app.ops.slow_readers import ReadingDeadline

HEAD_SECONDS = 10.0
"""From the connection, or from a head's first byte, to its last one."""
MAX_HEAD_BYTES = 100_000
MAX_HEADERS = 200

LINGER_SECONDS = 5.0
"""How long the rest of a request may come that has been answered: who is cut off may not read the answer."""
LINGER_BYTES = 32 * 1024 * 1024

CROWD = 200
"""Connections beyond the most that are served, which are told so; any more are dropped without a word."""


class _Refused(Exception):
    """The parser is not to go on."""


class GuardedConnection(ReadingDeadline):
    """uvicorn's protocol, for clients that send what they have to say."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # uvicorn would answer in plain text, and restarting would not help who asks for the process' health.
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self._is_crowded = False
        self.gone: asyncio.Future[None] = self.loop.create_future()
        """Done when the connection is lost."""
        self._timer: asyncio.TimerHandle | None = None
        self._in_head = self._in_body = False
        self._size = 0
        """Bytes of what is bounded now: a head, trailers, or what comes after the answer."""
        self._refusal: ChatKitServerError | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, and expect a head."""
        super().connection_made(transport)
        beyond = len(self.connections) - (self._most or len(self.connections))
        self._is_crowded = beyond > 0
        if beyond > CROWD:
            transport.abort()
            return
        self._expect_head()

    def connection_lost(self, exc: Any) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._stop_timer()
        self.gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take what has come, unless the answer to it is a refusal already."""
        if self._refusal is None:
            began_before = self._in_head
            super().data_received(data)
            if self._in_head and began_before:
                self._take(len(data), MAX_HEAD_BYTES)
            elif self._is_silent():
                # Blank lines, for which uvicorn has stopped its own timer.
                self._expect_head()
        if self._refusal is not None or self._is_left_over():
            self._size += len(data)
            if self._size > LINGER_BYTES:
                self.transport.abort()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._size = True, 0
        if self._is_crowded:
            self.scope["state"][CROWDED] = True
        if self._timer is None:
            self._expect_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, or a trailer after a body."""
        super().on_header(name, value)
        if self._in_body:
            self._size += len(name) + len(value)
            if self._size > MAX_HEAD_BYTES:
                self._stop_parsing()

    def on_headers_complete(self) -> None:
        """The head is there: have it answered."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > MAX_HEAD_BYTES or len(self.headers) > MAX_HEADERS:
            self._stop_parsing()
        self._stop_timer()
        self._in_head, self._in_body, self._size = False, True, 0
        super().on_headers_complete()
        if self._is_crowded:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The whole request is there."""
        super().on_message_complete()
        self._in_body = False
        if self.cycle.response_complete:
            self._stop_timer()
            self._expect_head()

    def on_response_complete(self) -> None:
        """The answer is sent. Whatever still comes of the request is of no use to anybody."""
        super().on_response_complete()
        if self._is_left_over() and not self.transport.is_closing():
            self._size = 0
            self._start_timer(LINGER_SECONDS, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or more than is taken."""
        self._refuse(self._refusal or Malformed(msg))

    def _stop_parsing(self) -> None:
        self._refusal = _headers_too_large()
        raise _Refused

    def _take(self, size: int, most: int) -> None:
        self._size += size
        if self._size > most:
            self._refuse(_headers_too_large())

    def _refuse(self, error: ChatKitServerError) -> None:
        """Answer in the one shape of all refusals, and take nothing more."""
        self._refusal, self._size = error, 0
        if self._is_answering():
            # In the middle of an answer there is no place for another one.
            self.transport.abort()
            return
        told = {"code": error.code, "message": error.message, "retryable": error.retryable}
        body = to_json({"error": told, "message": error.message})
        self.transport.write(
            STATUS_LINE[error.status]
            + b"content-type: application/json\r\ncache-control: no-store\r\nconnection: close\r\n"
            + b"content-length: %d\r\n\r\n" % len(body)
            + body
        )
        self.transport.write_eof()
        self._start_timer(LINGER_SECONDS, self.transport.abort)

    def _is_silent(self) -> bool:
        is_busy = self._is_answering() or self._in_head or self._in_body
        return not (is_busy or self._timer or self.timeout_keep_alive_task)

    def _is_answering(self) -> bool:
        # None until the first request, whatever uvicorn says of its type.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is not None and not cycle.response_complete

    def _is_left_over(self) -> bool:
        return self._in_body and not self._is_answering()

    def _expect_head(self) -> None:
        self._start_timer(HEAD_SECONDS, self._head_is_late)

    def _head_is_late(self) -> None:
        if self._in_head:
            self._refuse(RequestTimeout("The request took too long to arrive."))
        else:
            self.transport.close()

    def _start_timer(self, seconds: float, then: Any) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _headers_too_large() -> HeadersTooLarge:
    return HeadersTooLarge(
        "The head of the request is too large: at most {limit:,} bytes.", limit=MAX_HEAD_BYTES
    )
