"""Connections whose client takes nothing of what it is sent: ended after a while, whatever that is."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

READING_SECONDS = 30.0


class ReadingDeadline(HttpToolsProtocol):
    """uvicorn's protocol, for readers that read."""

    _deadline: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client's side is full: it gets this long to take something."""
        super().pause_writing()
        self._deadline = asyncio.get_running_loop().call_later(READING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken something."""
        super().resume_writing()
        self._stop_waiting()

    def connection_lost(self, exc: Any) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._stop_waiting()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
