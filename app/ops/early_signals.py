"""Signals that come while the process still imports what could heed them.

Python would raise an exception wherever it happens to be, which an import may swallow: the server would then
start all the same. So they are noted, and heeded a moment later.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

NOTED = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def noted_signals() -> Iterator[list[int]]:
    """Yield the signals that have come inside the block, as long as nobody else takes them."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in NOTED}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
