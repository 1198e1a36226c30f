"""Wait out what passes: rate limits, server errors, dropped connections.

Every request goes through one `Patience`, so that no more than the allowed number are under way and a rate
limit holds all of them back, not just the one that met it. Must not decide what a permanent refusal means.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.agent_builder.export.clock import Clock
from app.agent_builder.export.stopping import ExportStopped, Refused

ATTEMPTS = 8
ATTEMPTS_AT_START = 4
LONGEST_BACKOFF = 30.0
LONGEST_OUTAGE = 1800.0
NOTABLE_SILENCE = 3.0
LONGEST_OBEYED_WAIT = 3600.0
RATE_LIMITS_IN_A_ROW = 50

T = TypeVar("T")


class Passing(Exception):
    """A failure that may pass. `limited` means the server asked for fewer requests."""

    def __init__(self, reason: str, *, retry_after: float | None = None, limited: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.limited = limited


class Patience:
    """Sends requests, at most `concurrency` at once, and repeats what fails in passing."""

    def __init__(
        self,
        concurrency: int,
        clock: Clock,
        on_wait: Callable[[float, str], None] = lambda _seconds, _why: None,
    ) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._clock = clock
        self._on_wait = on_wait
        self._closed_until = 0.0
        self._last_success: float | None = None
        self.probe: Callable[[], Awaitable[object]] | None = None
        """A request that works whenever the API does; tells a broken thread from a broken API."""

    async def send(self, request: Callable[[], Awaitable[T]], attempts: int | None = None) -> T:
        """Send until it succeeds; raise `Refused` if only this request keeps failing, else `ExportStopped`.

        With `attempts` the request is one that can be done without: after that many failures it is refused.
        """
        failures = limits = alive = 0
        while True:
            await self._until_open()
            try:
                return await self._send_once(request)
            except Passing as passing:
                limits += passing.limited
                failures += not passing.limited
                if attempts is not None and failures >= attempts:
                    raise Refused(f"still failing after {attempts} attempts: {passing.reason}") from None
                if limits >= RATE_LIMITS_IN_A_ROW:
                    raise _keeps_limiting(passing) from None
                if failures >= (ATTEMPTS_AT_START if self._last_success is None else ATTEMPTS):
                    alive += await self._api_is_alive(passing)
                if alive > 1:
                    raise Refused(f"still failing after {ATTEMPTS} attempts: {passing.reason}") from None
                await self._wait(passing, failures + limits)

    async def _send_once(self, request: Callable[[], Awaitable[T]]) -> T:
        async with self._slots:
            answer = await request()
        self._last_success = self._clock.monotonic()
        return answer

    async def _until_open(self) -> None:
        while (left := self._closed_until - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)

    async def _wait(self, passing: Passing, attempt: int) -> None:
        asked = passing.retry_after
        if asked is not None and asked > LONGEST_OBEYED_WAIT:
            raise ExportStopped(
                f"The API asks to wait {round(asked / 60)} minutes. Everything saved so far is kept: "
                "run the same command again after that."
            )
        seconds = asked if asked is not None else min(LONGEST_BACKOFF, 0.5 * 2.0 ** min(attempt, 10))
        if passing.limited or asked is not None:
            self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)
        if self._concerns_everything(passing):
            self._on_wait(seconds, passing.reason)
        await self._clock.sleep(seconds)

    def _concerns_everything(self, passing: Passing) -> bool:
        """Whether the person who waits should know: one request that is repeated is not worth a word."""
        silent = self._last_success is None or self._clock.monotonic() - self._last_success > NOTABLE_SILENCE
        return silent or passing.limited or passing.retry_after is not None

    async def _api_is_alive(self, passing: Passing) -> bool:
        silent_since = self._last_success
        if silent_since is None or self.probe is None:
            raise _does_not_answer(passing)
        try:
            await self._send_once(self.probe)
        except Passing:
            if self._clock.monotonic() - silent_since > LONGEST_OUTAGE:
                raise _does_not_answer(passing) from None
            return False
        return True


def _does_not_answer(passing: Passing) -> ExportStopped:
    return ExportStopped(
        f"The API does not answer ({passing.reason}). Everything saved so far is kept: run the same command "
        "again to go on."
    )


def _keeps_limiting(passing: Passing) -> ExportStopped:
    return ExportStopped(
        f"The API keeps limiting the rate ({passing.reason}). Everything saved so far is kept: run the same "
        "command again later, with a lower --concurrency."
    )
