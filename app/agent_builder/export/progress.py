"""Show how far an export is: one line redrawn on a terminal, a plain line now and then elsewhere.

Counts and words only; must not influence the export.
"""

import asyncio
import shutil
from collections import deque
from typing import Any, TextIO

from app.agent_builder.export.clock import Clock

REDRAW_SECONDS = 0.2
PLAIN_LINE_SECONDS = 15.0
RATE_WINDOW_SECONDS = 60.0
BAR_WIDTH = 20


class Progress:
    """What the export has done so far, and the task that shows it."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._total_known = False
        self._threads = self._done = self._items = self._attachments = self._failed = 0
        self._waiting_until = 0.0
        self._why = ""
        self._samples: deque[tuple[float, int]] = deque()
        self._drawn = 0

    def say(self, sentence: str) -> None:
        """Print a sentence of its own line."""
        self._erase()
        self._stream.write(sentence + "\n")
        self._stream.flush()

    def listed(self, record: dict[str, Any] | None) -> None:
        """A thread was listed; `record` tells that an interrupted run had already saved it."""
        self._threads += 1
        if record:
            self._count(record)

    def listing_finished(self) -> None:
        """All threads are listed, so the total is known."""
        self._total_known = True

    def saved(self, record: dict[str, Any]) -> None:
        """A thread is done, whatever its outcome."""
        self._count(record)

    def waiting(self, seconds: float, why: str) -> None:
        """A request will be repeated after so many seconds."""
        self._waiting_until = max(self._waiting_until, self._clock.monotonic() + seconds)
        self._why = why

    async def show(self) -> None:
        """Keep showing; runs until cancelled."""
        interval = REDRAW_SECONDS if self._terminal else PLAIN_LINE_SECONDS
        while True:
            self._draw()
            await asyncio.sleep(interval)

    def close(self) -> None:
        """Remove the line that is redrawn."""
        self._erase()
        self._stream.flush()

    def line(self, width: int) -> str:
        """The state in one line of at most `width` characters, what matters most first."""
        now = self._clock.monotonic()
        total = f"{self._threads:,}" if self._total_known else f"{self._threads:,} or more"
        parts = [f"{self._done:,} of {total} threads"]
        if now < self._waiting_until:
            parts.append(f"waiting {self._waiting_until - now:.0f} s ({self._why})")
        elif rate := self._rate(now):
            parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
            if self._total_known:
                parts.append(f"{duration((self._threads - self._done) / rate)} left")
        parts.append(f"{self._items:,} items")
        parts += [f"{self._attachments:,} attachments"] if self._attachments else []
        parts += [f"{self._failed:,} failed"] if self._failed else []
        return (self._bar() + " " + ", ".join(parts))[:width]

    def _count(self, record: dict[str, Any]) -> None:
        self._done += 1
        self._items += record["file"]["items"] if record["file"] else 0
        self._attachments += len(record["attachments"])
        self._failed += record["failure"] is not None

    def _bar(self) -> str:
        filled = BAR_WIDTH * self._done // max(1, self._threads) if self._total_known else 0
        return f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]"

    def _rate(self, now: float) -> float:
        self._samples.append((now, self._done))
        while len(self._samples) > 2 and now - self._samples[0][0] > RATE_WINDOW_SECONDS:
            self._samples.popleft()
        started, done = self._samples[0]
        return (self._done - done) / (now - started) if now - started > 1 else 0.0

    def _draw(self) -> None:
        if not self._terminal:
            if self._threads or self._clock.monotonic() < self._waiting_until:
                self.say(self.line(200))
            return
        text = self.line(shutil.get_terminal_size().columns - 1)
        self._stream.write("\r" + text.ljust(self._drawn))
        self._stream.flush()
        self._drawn = len(text)

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._drawn = 0


def duration(seconds: float) -> str:
    """Say how long, to the precision a person waits with."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
