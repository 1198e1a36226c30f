"""Recordings per minute, of a user, wherever they are: each is sent on to a provider."""

from dataclasses import dataclass

from app.context import RequestContext
from app.limits.keys import caller, key
from app.limits.limiter import Limiter
from app.limits.requests import MINUTE, too_many
from app.limits.windows import Charge


@dataclass(frozen=True, slots=True)
class RecordingLimits:
    """Asked before a recording is decoded."""

    limiter: Limiter
    per_minute: int

    async def admit(self, context: RequestContext) -> None:
        """Count one recording; raise `RateLimited` where it is too many."""
        charge = Charge("recordings", key("recordings", caller(context)), self.per_minute, MINUTE)
        if refusal := await self.limiter.take([charge]):
            raise too_many(refusal)
