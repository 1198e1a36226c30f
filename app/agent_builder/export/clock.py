"""Time, as far as an export depends on it: tests hand in another one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

SHUTDOWN = date(2026, 11, 30)


@dataclass(frozen=True)
class Clock:
    """Now, in UTC; seconds that only grow; and waiting."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


def timestamp(moment: datetime) -> str:
    """Write a moment as archives and messages do: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
