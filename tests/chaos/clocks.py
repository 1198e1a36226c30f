"""Servers whose wall clock is not the machine's, and may jump while they run.

The clock is moved by libfaketime, which reads its distance from a file at every look. Nothing else is moved:
monotonic time passes as everywhere, and the database has its own clock.
"""

import asyncio
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

from tests.chaos.fleet import PATIENCE, Fleet, Server, moment
from tests.chaos.records import LOOKING_AGAIN
from tools import faketime

HOUR = 3600
SHARED_MEMORY = Path("/dev/shm")
"""Where the library keeps what a process shares with its children."""


class ClockedServer(Server):
    """A server whose clock is set by the test."""

    def __init__(self, library: str, environment: dict[str, str], folder: Path, name: str) -> None:
        self._distance = folder / f"{name}.clock"
        self.set_clock(0)
        clock = {"FAKETIME_TIMESTAMP_FILE": str(self._distance), "FAKETIME_NO_CACHE": "1"}
        super().__init__(environment | faketime.environment(library) | clock, folder / f"{name}.log")

    def set_clock(self, hours: int) -> None:
        """Let the clock jump to so many hours ahead of the machine's."""
        new = self._distance.with_suffix(".new")
        new.write_text(f"{hours * HOUR:+d}\n")
        # At every moment there is a whole file to be read.
        new.replace(self._distance)

    async def hours_ahead(self) -> int:
        """Return how far ahead its clock is, by what it tells its clients."""
        async with httpx2.AsyncClient() as http:
            told = (await http.get(f"{self.url}/readyz")).headers["date"]
        return round((parsedate_to_datetime(told).timestamp() - time.time()) / HOUR)

    def kill(self) -> None:
        """End it as a crash does, and remove what the library leaves behind then."""
        super().kill()
        for left in SHARED_MEMORY.glob(f"*faketime_*_{self.pid}"):
            left.unlink(missing_ok=True)


class ClockedFleet(Fleet):
    """Two servers that are one service and do not agree about the time."""

    def __init__(self, folder: Path, database_url: str, library: str) -> None:
        super().__init__(folder, database_url)
        self.a = self.ahead = ClockedServer(library, self.environment, folder, "ahead")
        self.b = self.behind = ClockedServer(library, self.environment, folder, "behind")

    async def set_apart(self) -> None:
        """Put one clock an hour ahead and the other one an hour behind."""
        await self._set(ahead=1, behind=-1)

    async def jump(self) -> None:
        """Exchange them: each clock jumps by two hours, one back and one on."""
        await self._set(ahead=-1, behind=1)

    async def _set(self, *, ahead: int, behind: int) -> None:
        self.ahead.set_clock(ahead)
        self.behind.set_clock(behind)
        # A server makes the header that tells its time once a second.
        async with asyncio.timeout(PATIENCE):
            while (await self.ahead.hours_ahead(), await self.behind.hours_ahead()) != (ahead, behind):
                await moment(LOOKING_AGAIN)
