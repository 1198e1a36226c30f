"""Places in a reply where it waits for the test."""

import asyncio
from collections import defaultdict
from contextlib import suppress

from tests.patience import PATIENCE


class Gates:
    """Known by name. A gate that is released stays open."""

    def __init__(self) -> None:
        self._reached: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._released: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._all_released = asyncio.Event()

    async def wait_at(self, name: str) -> None:
        """Wait, as a reply, until the test releases this gate."""
        self._reached[name].set()
        if not self._all_released.is_set():
            await self._released[name].wait()

    async def pass_after(self, seconds: float) -> None:
        """Wait, as a reply, for so long, or until the test lets everything through."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_released.wait(), seconds)

    async def reached(self, name: str) -> None:
        """Wait, as a test, until a reply has come to this gate."""
        async with asyncio.timeout(PATIENCE):
            await self._reached[name].wait()

    def release(self, name: str) -> None:
        """Let every reply through here, now and later."""
        self._released[name].set()

    def release_all(self) -> None:
        """Let every reply through everywhere."""
        self._all_released.set()
        for released in self._released.values():
            released.set()
