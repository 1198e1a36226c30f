"""The model's memory of a thread, as it goes into a run.

Opens its own connection. Writes nothing: what a turn leaves behind is written together with its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agents import TResponseInputItem

from app.db.engine import Database, Executes
from app.ids import ThreadId, UserId
from app.transcripts import rows
from app.transcripts.trimming import Row, is_question, trimmed

BATCH = 500
"""Rows looked at in one statement; almost every history within a budget is shorter."""


@dataclass(frozen=True, slots=True)
class History:
    """What a run is sent of a thread's memory."""

    items: Sequence[TResponseInputItem] = ()
    end: int = 0
    """Place of the last row of it. With it the same is loaded again, whatever came after."""


class Transcripts:
    """Made once. `token_budget` is how many (estimated) tokens of history go with a new message."""

    def __init__(self, database: Database, token_budget: int) -> None:
        self._database = database
        self._budget = token_budget

    async def load(self, thread_id: ThreadId, user_id: UserId, *, end: int | None = None) -> History:
        """Return the newest whole turns within the budget, in a form that every provider accepts.

        With `end`, as it was when that was the place of the last row. Empty for a new thread, an unknown one,
        and someone else's. The newest turn is part of it whatever its size. Damaged rows cost themselves, and
        a call or output of theirs at the most.
        """
        before = None if end is None else end + 1
        found = await self._newest_rows(self._database, thread_id, user_id, before)
        items = list[TResponseInputItem](trimmed(found, self._budget))  # type: ignore[arg-type]
        return History(items, found[-1].seq if found else 0)

    async def _newest_rows(
        self, database: Executes, thread_id: ThreadId, user_id: UserId, before: int | None
    ) -> list[Row]:
        """Return, oldest first, the rows that may be needed: up to the one that exceeds the budget."""
        found: list[Row] = []
        room = self._budget
        while room >= 0:
            before = found[-1].seq if found else before
            batch = await rows.newest(database, thread_id, user_id, before=before, room=room, limit=BATCH)
            found += batch
            room -= sum(row.tokens for row in batch)
            if len(batch) < BATCH:
                break
        found.reverse()
        if room < 0 and not any(is_question(row) for row in found):
            # The newest turn alone exceeds the budget: its question lies before what was read.
            question = await rows.question_before(database, thread_id, user_id, found[0].seq)
            found[:0] = [question] if question is not None else []
        return found
