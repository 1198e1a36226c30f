"""Bytes of files that a user may send in a day, whatever becomes of the files.

What is announced is counted before a byte is read, so that uploads at the same time cannot exceed it
together; what did not come is given back.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from app.context import RequestContext
from app.errors import RateLimited
from app.languages import Sentence
from app.limits.keys import caller, is_guest_here, key
from app.limits.limiter import Limiter
from app.limits.spending import DAY, hours
from app.limits.windows import Charge

TOO_MUCH: Sentence = (
    "You have sent as many files as this chat allows in a day. You can send more in {hours} h at the latest."
)


class Arriving(Protocol):
    """An upload, as far as it has come."""

    size: int


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Asked around every upload."""

    limiter: Limiter
    bytes_per_day: int

    @asynccontextmanager
    async def receiving(
        self, context: RequestContext, upload: Arriving, announced: int
    ) -> AsyncIterator[None]:
        """Count `announced` bytes, and those that have come once the block is over.

        Raises `RateLimited` where they are too many.
        """
        if is_guest_here(context):
            yield
            return
        charge = Charge("uploads", key("uploads", caller(context)), self.bytes_per_day, DAY, cost=announced)
        if refusal := await self.limiter.take([charge]):
            raise RateLimited(TOO_MUCH, retry_after=int(refusal.seconds) + 1, hours=hours(refusal.seconds))
        try:
            yield
        finally:
            back = asyncio.ensure_future(self.limiter.give_back(charge, announced - upload.size))
            await asyncio.shield(back)
