"""The two forms of a line, and the ids that are bound to it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

from app.logs.redaction import Redaction
from app.logs.tracebacks import told

_bound: ContextVar[dict[str, str]] = ContextVar("log_fields", default={})  # noqa: B039  (never mutated)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


@contextmanager
def log_fields(**fields: str) -> Iterator[None]:
    """Add `fields` (ids, never content) to every line logged inside, in this task and those it starts."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {**_bound.get(), **extra}


class _Formatter(logging.Formatter):
    """What both have in common."""

    def __init__(self, redaction: Redaction, *, outspoken: bool) -> None:
        super().__init__()
        self._redaction = redaction
        self._outspoken = outspoken

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        """Return where it came from and, where that is wanted, what it says."""
        return told(ei[1], outspoken=self._outspoken) if ei[1] is not None else ""


class JsonFormatter(_Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return self._redaction.of(json.dumps(entry, default=str))


class TextFormatter(_Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the lines of an exception."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        line = f"{time} {record.levelname.lower():7} {record.getMessage()}{fields}"
        if record.exc_info:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return self._redaction.of(line)
