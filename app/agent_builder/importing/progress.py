"""How far an import, a verification or a comparison is: one line, redrawn, on a terminal only."""

import shutil
import time
from typing import TextIO

REDRAW_SECONDS = 0.2


class Progress:
    """Counts threads, and their `parts` if these have a name; `total` is 0 where nobody knows of how many."""

    def __init__(self, stream: TextIO, what: str, total: int, parts: str = "items") -> None:
        self._stream = stream
        self._what = what
        self._total = total
        self._parts = parts
        self._threads = self._items = 0
        self._begun = self._drawn_at = time.monotonic()
        self._drawn = 0

    def done(self, items: int) -> None:
        """A thread is done."""
        self._threads += 1
        self.counted(items)

    def counted(self, items: int) -> None:
        """So many parts of a thread are done."""
        self._items += items
        now = time.monotonic()
        if self._stream.isatty() and now - self._drawn_at >= REDRAW_SECONDS:
            self._drawn_at = now
            self._draw(now)

    def close(self) -> None:
        """Remove the line."""
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._stream.flush()

    def _draw(self, now: float) -> None:
        of = f" of {self._total:,}" if self._total else ""
        rate = self._items / max(now - self._begun, 0.001)
        text = f"{self._what} {self._threads:,}{of} threads"
        if self._parts:
            speed = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
            text += f", {self._items:,} {self._parts}, {speed} {self._parts}/s"
        text = text[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + text.ljust(self._drawn))
        self._stream.flush()
        self._drawn = len(text)
