"""So many requests in so much time, for each user by themselves.

Counts in this process only, and forgets who has not asked for a while.
"""

import math
import time
from collections import deque
from collections.abc import Callable

from app.errors import RateLimited
from app.ids import UserId
from app.languages import Sentence

TOO_MANY: Sentence = "That was too much in a short time. Please try again in a moment."

MAX_USERS = 10_000
"""Beyond this many, those who have not asked for a while are looked for and forgotten."""


class RateLimit:
    """At most `most` requests in any `seconds`."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._now = now
        self._taken: dict[UserId, deque[float]] = {}

    def take(self, user_id: UserId) -> None:
        """Count one request; raise `RateLimited`, and do not count it, where it is too many."""
        now = self._now()
        times = self._taken.setdefault(user_id, deque())
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._most:
            raise RateLimited(TOO_MANY, retry_after=math.ceil(times[0] + self._seconds - now))
        times.append(now)
        if len(self._taken) > MAX_USERS:
            self._forget(now - self._seconds)

    def _forget(self, before: float) -> None:
        self._taken = {user_id: times for user_id, times in self._taken.items() if times[-1] > before}
