"""Connections whose client takes next to nothing of what it is sent: ended after a while, whatever that is.

asyncio closes a connection only once all has been taken that was written to it, however long that is.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

READING_SECONDS = 30.0
SLOWEST_BYTES = 30_000
"""What a client takes in that time of what waits for it, or all of it."""


class ReadingDeadline(HttpToolsProtocol):
    """uvicorn's protocol, for readers that read."""

    _deadline: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client's side is full: it is to take some of it."""
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        """The client has taken something; where there is no more to come, it is to take the rest as well."""
        super().resume_writing()
        self._stop_waiting()
        if self.cycle.response_complete:
            self._expect_reading()

    def on_response_complete(self) -> None:
        """All of an answer is written, which is not to say that it is on its way."""
        super().on_response_complete()
        self._expect_reading()

    def connection_lost(self, exc: Any) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._stop_waiting()

    def _expect_reading(self) -> None:
        """Count anew from what waits now: what waited before may have been taken since."""
        self._stop_waiting()
        if waiting := self.transport.get_write_buffer_size():
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(READING_SECONDS, self._look_again, waiting)

    def _look_again(self, waiting: int) -> None:
        self._deadline = None
        left = self.transport.get_write_buffer_size()
        if left and waiting - left < SLOWEST_BYTES:
            self.transport.abort()
        else:
            self._expect_reading()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
