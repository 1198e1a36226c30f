"""Answers at once, of a user and of this process, and what a user's answers may cost in a day.

Asked where an answer begins. One that has begun is never broken off: a budget may be exceeded by the answers
that were running when it was used up.
"""

import math
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import sqlalchemy as sa

from app.context import RequestContext
from app.db.engine import Database, Executes
from app.db.owned import own_threads
from app.db.tables import threads, turns
from app.errors import RateLimited, Unavailable
from app.ids import UserId
from app.languages import Sentence
from app.limits.keys import caller, is_guest, is_guest_here, key
from app.limits.limiter import Limiter
from app.limits.spending import DAY, hours, tokens_key
from app.limits.windows import Charge, Refusal
from app.settings import Settings

AT_ONCE: Sentence = (
    "At most {limit} of your conversations are answered at once. Wait for one of the answers, or stop it."
)
USED_UP: Sentence = (
    "You have used up what this chat allows in a day. You can go on in {hours} h at the latest."
)
BUSY: Sentence = "The server is busy right now. Please try again in a moment."

RETRY_SECONDS = 2

_RUNNING = (
    sa.select(sa.func.count())
    .select_from(turns)
    .where(turns.c.status == "running", turns.c.thread_id == threads.c.id, own_threads())
)


class RunsTurns(Protocol):
    """The turns of this process."""

    def count(self) -> int:
        """Return how many run."""
        ...

    def count_of(self, user_id: UserId) -> int:
        """Return how many of a user's run."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """Made once; holds what is about to run here."""

    limiter: Limiter
    database: Database
    runs: RunsTurns
    settings: Settings
    _beginning: Counter[UserId] = field(default_factory=Counter, init=False)

    @asynccontextmanager
    async def beginning(self, context: RequestContext) -> AsyncIterator[None]:
        """Admit an answer, which runs or is refused when the block is over.

        Raises `Unavailable` where this process is full, `RateLimited` where the user has had their share.
        """
        if self.runs.count() + self._beginning.total() >= self.settings.max_turns:
            raise Unavailable(BUSY, retry_after=RETRY_SECONDS)
        user_id = context.user_id
        self._beginning[user_id] += 1
        try:
            if not is_guest_here(context):
                await self._admit(context)
            yield
        finally:
            self._beginning[user_id] -= 1
            if not self._beginning[user_id]:
                del self._beginning[user_id]

    async def _admit(self, context: RequestContext) -> None:
        most, user_id = self.settings.max_user_turns, context.user_id
        here = self.runs.count_of(user_id) + self._beginning[user_id]
        if here > most or here + await self._elsewhere(user_id) > most:
            raise RateLimited(AT_ONCE, retry_after=RETRY_SECONDS, limit=most)
        if refusal := await self.limiter.take(list(self._charges(context))):
            raise _used_up(refusal)

    async def _elsewhere(self, user_id: UserId) -> int:
        """Return how many answers of the user other processes write."""
        return max(0, await count_running(self.database, user_id) - self.runs.count_of(user_id))

    def _charges(self, context: RequestContext) -> Iterator[Charge]:
        settings = self.settings
        # One token stands for the answer that begins; the others are counted when it ends.
        yield Charge("tokens", tokens_key(context.user_id), settings.user_tokens_per_day, DAY)
        if is_guest(context):
            yield Charge(
                "answers of a guest", key("answers", caller(context)), settings.guest_answers_per_day, DAY
            )


async def count_running(database: Executes, user_id: UserId) -> int:
    """Return how many answers of a user run, on whichever process."""
    return int((await database.execute(_RUNNING, {"owner": user_id})).scalar_one())


def _used_up(refusal: Refusal) -> RateLimited:
    return RateLimited(USED_UP, retry_after=math.ceil(refusal.seconds) or 1, hours=hours(refusal.seconds))
