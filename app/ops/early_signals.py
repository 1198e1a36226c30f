"""Signals that come while the process still imports what could heed them.

Python would raise an exception wherever it happens to be, which an import may swallow: the server would then
start all the same. So they are noted, to be heeded a moment later, and break an import off besides.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NOTED = (signal.SIGINT, signal.SIGTERM)


class BrokenOff(BaseException):
    """A signal came, and what was begun is not to be ended."""


class EarlySignals:
    """Takes them inside its block, as long as nobody else does."""

    def __init__(self) -> None:
        self.came: list[int] = []
        """Those that have come, in order."""
        self._breaks_off = False

    def __enter__(self) -> "EarlySignals":
        self._before = {number: signal.signal(number, self._note) for number in NOTED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def breaking_off(self) -> Iterator[None]:
        """Raise `BrokenOff`, at once if it can be, where a signal comes in the block or came before it."""
        self._breaks_off = True
        hook, sys.unraisablehook = sys.unraisablehook, _unless_broken_off
        try:
            if self.came:
                raise BrokenOff
            yield
            if self.came:
                # Where it came, nothing could be raised.
                raise BrokenOff
        except BaseException:
            if self.came:
                # What is imported may have made another error of it.
                raise BrokenOff from None
            raise
        finally:
            self._breaks_off = False
            sys.unraisablehook = hook

    def _note(self, number: int, _: FrameType | None) -> None:
        self.came.append(number)
        if self._breaks_off:
            self._breaks_off = False
            raise BrokenOff


def _unless_broken_off(unraisable: "sys.UnraisableHookArgs") -> None:
    if not isinstance(unraisable.exc_value, BrokenOff):
        sys.__unraisablehook__(unraisable)
