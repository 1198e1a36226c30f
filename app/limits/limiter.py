"""So much in so much time, for all processes of the service together.

A count begins with its first request and is used up after `most`; the one after that is refused until its
time is over. Each check is one statement. Without the table each process goes on counting by itself: the
service lets more through than it should, and says so in its log.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from app.db.engine import Database
from app.errors import Unavailable
from app.limits import counters
from app.limits.counters import Count
from app.limits.windows import Charge, Refusal, Windows

logger = logging.getLogger(__name__)

STORE_SECONDS = 0.5
"""How long a request waits for its count."""

AWAY_SECONDS = 1.0
"""How long nobody asks a table that did not answer."""


class Limiter:
    """Made once for the process."""

    def __init__(self, database: Database, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._windows = Windows(now)
        self._asking: set[asyncio.Task[dict[str, Count]]] = set()
        self._away_until = 0.0
        self._is_away = False
        self.refused: Counter[str] = Counter()
        """Refusals since the start, by rule."""
        self.counted_alone = 0
        """Checks since the start that this process made without the table."""

    async def take(self, charges: Sequence[Charge]) -> Refusal | None:
        """Take from every count; return the refusal of one that is used up, the longest of several."""
        if not charges:
            return None
        refusal = self._windows.refusal(charges)
        if refusal is None:
            self._windows.count(charges)
            refusal = await self._ask(charges)
        if refusal is not None:
            self.refused[refusal.charge.rule] += 1
        return refusal

    async def give_back(self, charge: Charge, amount: int) -> None:
        """Take back what was counted and not used; not where the table is away."""
        if amount <= 0:
            return
        self._windows.give_back(charge, amount)
        try:
            await counters.give_back(self._database, charge, amount)
        except (Unavailable, SQLAlchemyError) as error:
            self._away(type(error).__name__)

    async def _ask(self, charges: Sequence[Charge]) -> Refusal | None:
        counts = await self._counts(charges)
        refusals = []
        for charge in charges:
            if (count := counts.get(charge.key)) is None:
                continue
            self._windows.learn(charge, count.used, count.seconds_left, passed=count.passed)
            if not count.passed:
                refusals.append(Refusal(charge, count.seconds_left))
                logger.info("a limit is reached", extra={"limit": charge.rule})
        return max(refusals, key=lambda refusal: refusal.seconds, default=None)

    async def _counts(self, charges: Sequence[Charge]) -> dict[str, Count]:
        """Return the counts of the table; nothing where it is away."""
        if self._now() < self._away_until:
            self.counted_alone += 1
            return {}
        # Its own task: neither a request that breaks off nor one that waits no longer ends it half-way.
        asking = asyncio.ensure_future(counters.take(self._database, charges))
        self._asking.add(asking)
        asking.add_done_callback(self._asked)
        await asyncio.wait((asking,), timeout=STORE_SECONDS)
        if not asking.done():
            return self._away("no answer in time")
        if (error := asking.exception()) is not None:
            if not isinstance(error, Unavailable | SQLAlchemyError):
                raise error
            return self._away(type(error).__name__)
        if self._is_away:
            self._is_away = False
            logger.info("limits are counted for all processes again", extra={"alone": self.counted_alone})
        return asking.result()

    def _away(self, reason: str) -> dict[str, Count]:
        self._away_until = self._now() + AWAY_SECONDS
        self.counted_alone += 1
        if not self._is_away:
            self._is_away = True
            logger.warning("limits are counted by this process alone", extra={"reason": reason})
        return {}

    def _asked(self, asking: "asyncio.Task[dict[str, Count]]") -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            # Looked at, whether or not anybody still waits for it.
            asking.exception()
