"""What a comparison may cost: so many questions, so many tokens. Asked before each question.

The cost of an answer is known when it is there. A question that, judged by the dearest answer so far, would
exceed what is left is not asked; the first one is asked alone, so that there is something to judge by.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


class UsedUp(Exception):
    """Nothing more may be asked; the message says which limit it is."""


@dataclass(slots=True)
class Cost:
    """Of one question: filled in by who asks it, 0 where it was not counted."""

    tokens: int = 0


@dataclass(slots=True)
class Allowance:
    """Made once for all conversations. `max_tokens` None: only questions are counted."""

    max_turns: int
    max_tokens: int | None = None
    turns: int = 0
    tokens: int = 0
    is_used_up: str = ""
    _held: Counter[int] = field(default_factory=Counter)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _dearest: int | None = None

    @asynccontextmanager
    async def asking(self, before: int) -> AsyncIterator[Cost]:
        """Let one question be asked; raise `UsedUp` where it must not be.

        `before` is what the last answer of the conversation cost: the next one takes it along.
        """
        held = await self._take(before)
        cost = Cost()
        try:
            yield cost
        finally:
            self._held[held] -= 1
            self.tokens += cost.tokens
            self._dearest = max(self._dearest or 0, cost.tokens)
            async with self._changed:
                self._changed.notify_all()

    async def _take(self, before: int) -> int:
        async with self._changed:
            while not self.is_used_up:
                if self.turns >= self.max_turns:
                    self.is_used_up = f"the limit of {self.max_turns:,} questions (--max-turns)"
                elif (held := self._fitting(before)) is not None:
                    self.turns += 1
                    self._held[held] += 1
                    return held
                elif self._held.total():
                    # What is being asked may come cheaper than expected.
                    await self._changed.wait()
                else:
                    self.is_used_up = f"the limit of {self.max_tokens:,} tokens (--max-tokens)"
            raise UsedUp(self.is_used_up)

    def _fitting(self, before: int) -> int | None:
        """Return what a question is expected to cost, None if that is more than is left."""
        if self.max_tokens is None:
            return 0
        left = self.max_tokens - self.tokens - sum(cost * times for cost, times in self._held.items())
        expected = max(left, 1) if self._dearest is None else max(self._dearest, before)
        return expected if expected <= left else None
