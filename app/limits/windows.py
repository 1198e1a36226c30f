"""Counts as this process knows them: what it let through itself, and what the table last said.

They refuse what the table would refuse as well, without asking it, and stand in for it while it is away.
Bounded, as anybody can make up callers; what is forgotten is only asked about again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAX_WINDOWS = 50_000


@dataclass(frozen=True, slots=True)
class Charge:
    """So much is taken from a count that holds `most` in `seconds`, from its first request on."""

    rule: str
    """What is limited, for logs."""
    key: str
    most: int
    seconds: float
    cost: int = 1


@dataclass(frozen=True, slots=True)
class Refusal:
    """A count is used up."""

    charge: Charge
    seconds: float
    """Until it begins anew."""
    times: int = 1
    """How often this process has refused it since it began."""


@dataclass(slots=True)
class _Window:
    ends: float
    used: int
    refused: int = 0


class Windows:
    """The counts, by key."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._windows: dict[str, _Window] = {}

    def refusal(self, charges: Sequence[Charge]) -> Refusal | None:
        """Return which of the counts is used up, the one that is so for longest; count nothing."""
        now, refusals = self._now(), []
        for charge in charges:
            window = self._open(charge.key, now)
            if charge.cost > charge.most:
                refusals.append(Refusal(charge, charge.seconds))
            elif window is not None and window.used + charge.cost > charge.most:
                window.refused += 1
                refusals.append(Refusal(charge, window.ends - now, window.refused))
        return max(refusals, key=lambda refusal: refusal.seconds, default=None)

    def count(self, charges: Sequence[Charge]) -> None:
        """Count what is let through."""
        now = self._now()
        for charge in charges:
            window = self._open(charge.key, now)
            if window is None:
                self._windows[charge.key] = _Window(now + charge.seconds, charge.cost)
            else:
                window.used += charge.cost
        if len(self._windows) > MAX_WINDOWS:
            self._forget(now)

    def give_back(self, charge: Charge, amount: int) -> None:
        """Take back what was counted and not used."""
        if window := self._open(charge.key, self._now()):
            window.used = max(0, window.used - amount)

    def learn(self, charge: Charge, used: int, seconds_left: float, *, passed: bool) -> None:
        """Take over what the table says; what other requests here have taken since may not be in it yet."""
        window = self._windows.setdefault(charge.key, _Window(0.0, 0))
        window.used = max(used, window.used) if passed else used
        window.ends = self._now() + seconds_left

    def _open(self, key: str, now: float) -> _Window | None:
        window = self._windows.get(key)
        return window if window is not None and window.ends > now else None

    def _forget(self, now: float) -> None:
        """Forget what is over; where that is too little, what has been there for longest."""
        kept = {key: window for key, window in self._windows.items() if window.ends > now}
        for key in list(kept)[: max(0, len(kept) - MAX_WINDOWS // 2)]:
            del kept[key]
        self._windows = kept
