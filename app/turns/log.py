"""The events of one turn, encoded once, in order, for any number of readers.

Owns order and wake-up. Knows nothing of what the frames mean, nor who reads them.
"""

import asyncio
from collections.abc import Sequence


class TurnLog:
    """An append-only sequence of frames; `len(log)` is the position after the newest."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._closed = False
        self.summary: Sequence[bytes] = ()
        """What a turn came to, for those who may have missed some of it; comes after the frames."""
        self._waiting: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def closed(self) -> bool:
        """True once no frame will follow."""
        return self._closed

    def append(self, frame: bytes) -> None:
        """Add one frame and wake every reader."""
        if self._closed:
            raise RuntimeError("the log of a finished turn does not grow")
        self._frames.append(frame)
        self._wake()

    def close(self, summary: Sequence[bytes] = ()) -> None:
        """Say that no frame follows but, for whoever reads to the end from wherever, `summary`."""
        self._closed = True
        self.summary = self.summary or summary
        self._wake()

    def since(self, position: int) -> Sequence[bytes]:
        """Return the frames behind `position` that are there."""
        return self._frames[position:]

    async def read(self, after: int, timeout: float) -> Sequence[bytes]:
        """Return the frames behind position `after`, waiting up to `timeout` seconds for the first.

        Empty means that the time is over, or that the log is closed and read to its end.
        """
        if len(self._frames) <= after and not self._closed:
            arrival = asyncio.get_running_loop().create_future()
            self._waiting.append(arrival)
            try:
                async with asyncio.timeout(timeout):
                    await arrival
            except TimeoutError:
                self._waiting = [waiting for waiting in self._waiting if waiting is not arrival]
        return self.since(after)

    async def closing(self, timeout: float) -> None:
        """Wait up to `timeout` seconds until no frame follows."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not self._closed and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await self.read(len(self), left)

    def _wake(self) -> None:
        for arrival in self._waiting:
            if not arrival.done():
                arrival.set_result(None)
        self._waiting.clear()
