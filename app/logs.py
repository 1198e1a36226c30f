"""Logging: one line per event, with the request, thread and turn it belongs to.

Owns the root handler and the SDKs' loggers. Message text and secrets must never be given to a logger at INFO
or above.
"""

import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

_bound: ContextVar[dict[str, str]] = ContextVar("log_fields", default={})  # noqa: B039  (never mutated)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


@contextmanager
def log_fields(**fields: str) -> Iterator[None]:
    """Add `fields` (ids, never content) to every line logged inside, in this task and those it starts."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def configure_logging(level: str, style: Literal["text", "json"]) -> None:
    """Send every logger to standard error in one format; called once by the command that serves."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": JsonFormatter if style == "json" else TextFormatter}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": level, "handlers": ["stderr"]},
            "loggers": {
                # The SDKs attach handlers of their own and log bodies at INFO.
                "chatkit": {"level": "WARNING", "handlers": [], "propagate": True},
                "openai.agents": {"level": "ERROR", "handlers": [], "propagate": True},
                "httpx2": {"level": "WARNING"},
                "alembic": {"level": "WARNING"},
                "uvicorn": {"level": "WARNING", "handlers": [], "propagate": True},
            },
        }
    )


def _fields(record: logging.LogRecord) -> dict[str, object]:
    extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {**_bound.get(), **extra}


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


class TextFormatter(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        line = f"{time} {record.levelname.lower():7} {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line
