"""Requests per minute: of a user, of a session, of an address.

A guest has a new id for the asking, so guests from elsewhere are counted by their address, and more strictly;
those on this machine are not counted at all.
"""

import asyncio
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.context import RequestContext
from app.errors import RateLimited
from app.languages import Sentence
from app.limits.keys import caller, is_guest, is_guest_here, key, key_of_session
from app.limits.limiter import Limiter
from app.limits.windows import Charge, Refusal
from app.settings import Settings

TOO_MANY: Sentence = "That was too much in a short time. Please try again in a moment."

MINUTE = 60.0

AT_ONCE = 20
"""Refusals of one count that are said at once; a client that still goes on is a flood, and waits for each."""
FLOOD_SECONDS = 2.0
"""How long it waits, give or take a half: what waits together must not come back together."""
MOST_WAITING = 500
"""Refusals that wait; beyond them none does, as each is a connection."""


def too_many(refusal: Refusal) -> RateLimited:
    """Return what a caller over a limit of the minute is told."""
    return RateLimited(TOO_MANY, retry_after=math.ceil(refusal.seconds) or 1)


@dataclass(slots=True)
class RequestLimits:
    """Asked for every request, once it is known who sends it and before its body is read."""

    limiter: Limiter
    settings: Settings
    _waiting: int = field(default=0, init=False)

    async def admit(self, context: RequestContext, *, protocol: bool = False) -> None:
        """Count one request; raise `RateLimited` where it is too many.

        `protocol` says that it is an operation of the ChatKit protocol, as sessions count. What stops or
        follows an answer is none: it has to get through.
        """
        await self._take(list(self._charges(context, protocol=protocol)))

    async def admit_from(self, network: str | None) -> None:
        """Count a request that names no user, by its address alone; raise `RateLimited` if it is too many."""
        await self._take(list(self._of_address(network)))

    async def _take(self, charges: list[Charge]) -> None:
        refusal = await self.limiter.take(charges)
        if refusal is None:
            return
        if refusal.times > AT_ONCE:
            await self._hold_up()
        raise too_many(refusal)

    async def _hold_up(self) -> None:
        """Let a flood wait: who sends one request after the other sends fewer, and costs the others less."""
        if self._waiting < MOST_WAITING:
            self._waiting += 1
            try:
                await asyncio.sleep(FLOOD_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311
            finally:
                self._waiting -= 1

    def _charges(self, context: RequestContext, *, protocol: bool) -> Iterator[Charge]:
        settings = self.settings
        if (session := context.session) is not None and protocol:
            own = key_of_session(session.id)
            yield Charge("requests of a session", own, session.requests_per_minute, MINUTE)
        yield from self._of_address(context.network)
        if is_guest_here(context):
            return
        most = settings.guest_requests_per_minute if is_guest(context) else settings.requests_per_minute
        yield Charge("requests of a user", key("requests", caller(context)), most, MINUTE)

    def _of_address(self, network: str | None) -> Iterator[Charge]:
        if network is not None:
            most = self.settings.address_requests_per_minute
            yield Charge("requests of an address", key("address", network), most, MINUTE)
