"""What is asked of, and told to, the person at the terminal while threads are deleted."""

import sys
import time
from typing import TextIO

from app.agent_builder.deleting.outcome import Outcome
from app.errors import ConfigurationError


def confirm(outcome: Outcome, given: str | None) -> bool:
    """Have the phrase typed that names the number of threads; say whether it was.

    `given` is what an option says instead. Raise `ConfigurationError` for one that is another, as of a dry
    run of yesterday, and where there is nobody to type.
    """
    phrase = outcome.phrase
    if given is not None:
        if given != phrase:
            raise ConfigurationError(f"--confirm must be '{phrase}'. Nothing was deleted.")
        return True
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"There is no terminal to confirm at: read what --dry-run says, then say --confirm '{phrase}'. "
            "Nothing was deleted."
        )
    lines = [*outcome.plan(), "This cannot be undone.", f"Type '{phrase}' to go on: "]
    sys.stderr.write("\n".join(lines))
    sys.stderr.flush()
    return sys.stdin.readline().strip() == phrase


class Waits:
    """Says that the API asks to wait: once, however many requests wait for it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._until = 0.0

    def __call__(self, seconds: float, why: str) -> None:
        """A request will be repeated after so many seconds."""
        now = time.monotonic()
        if now >= self._until:
            self._until = now + seconds
            self._stream.write(f"Waiting {seconds:.0f} s ({why}).\n")
