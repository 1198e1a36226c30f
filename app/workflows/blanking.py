"""Secrets of an export kept out of everything that shows its source: tracebacks, logs, `--explain`.

Python shows source lines in tracebacks from the cache of `linecache`; for an export that cache holds the
file as it is, but for its secrets.
"""

import linecache
from collections.abc import Iterable
from pathlib import Path

from app.workflows.reading.secrets import secrets_in
from app.workflows.reading.syntax import Module


class Blanking:
    """The secrets of one file, and text without them."""

    def __init__(self, module: Module) -> None:
        self._secrets = _longest_first({found.text for found in secrets_in(module) if found.text})

    def __call__(self, text: str) -> str:
        """Return a text with each of the secrets replaced by its end."""
        for secret in self._secrets:
            text = text.replace(secret, f"...{secret[-4:]}" if len(secret) >= 12 else "...")
        return text

    def in_tracebacks(self, path: Path, source: str) -> None:
        """Have tracebacks show the lines of a file without them."""
        lines = self(source).splitlines(keepends=True)
        # Without a time of change an entry counts as current for good.
        linecache.cache[str(path)] = (len(source), None, lines, str(path))


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=len, reverse=True)
