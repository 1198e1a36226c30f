"""Logging: one line per event, with the request, thread and turn it belongs to.

    lines.py       the two forms of a line, and the ids bound to it
    tracebacks.py  where an exception came from, and what it says only where that is wanted
    redaction.py   the last wall: what looks like a secret is struck out of a finished line

Owns the root handler and the loggers of libraries. Message text must never be given to a logger at INFO or
above, and secrets not at all.
"""

import logging.config
from collections.abc import Iterable
from typing import Literal

from app.logs.lines import JsonFormatter, TextFormatter, log_fields
from app.logs.redaction import Redaction

__all__ = ["configure_logging", "log_fields"]

QUIET = (
    # Rows, statements, requests with their bodies, headers, frames: what these say below WARNING.
    *("asyncio", "asyncpg", "alembic", "sqlalchemy", "uvicorn", "starlette", "fastapi", "python_multipart"),
    *("httpx2", "httpcore2", "httpx", "httpcore", "urllib3", "requests", "websockets", "h2", "hpack", "h11"),
    *("openai", "mcp", "mcp.client", "litellm", "LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "botocore"),
    *("chatkit", "PIL", "obstore", "watchfiles", "opentelemetry"),
    *("guardrails", "presidio-analyzer", "tldextract", "spacy", "filelock"),
)
"""Loggers of libraries that say nothing below WARNING, whatever the level."""

FAULTS_ONLY = ("openai.agents",)
"""Those that put what models and tools say into warnings."""


def configure_logging(level: str, style: Literal["text", "json"], secrets: Iterable[str] = ()) -> None:
    """Send every logger to standard error in one format; called once by the command that serves.

    `secrets` are struck out wherever they turn up.
    """
    formatter = {
        "()": JsonFormatter if style == "json" else TextFormatter,
        "redaction": Redaction(secrets),
        "outspoken": level == "DEBUG",
    }
    quiet = {name: {"level": "WARNING", "handlers": [], "propagate": True} for name in QUIET}
    faults = {name: {"level": "ERROR", "handlers": [], "propagate": True} for name in FAULTS_ONLY}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": level, "handlers": ["stderr"]},
            "loggers": {**quiet, **faults},
        }
    )
