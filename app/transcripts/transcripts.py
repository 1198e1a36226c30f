"""The model's memory of a thread, as it goes into a run.

Opens its own connection. Writes nothing: what a turn leaves behind is written together with its end.
"""

from agents import TResponseInputItem

from app.db.engine import Database, Executes
from app.ids import ThreadId, UserId
from app.transcripts import rows
from app.transcripts.trimming import Row, trimmed

BATCH = 500
"""Rows looked at in one statement; almost every history within a budget is shorter."""


class Transcripts:
    """Made once. `token_budget` is how many (estimated) tokens of history go with a new message."""

    def __init__(self, database: Database, token_budget: int) -> None:
        self._database = database
        self._budget = token_budget

    async def load(self, thread_id: ThreadId, user_id: UserId) -> list[TResponseInputItem]:
        """Return the newest whole turns within the budget, in a form that every provider accepts.

        Empty for a new thread, an unknown one, and someone else's. The newest turn is part of it whatever its
        size. Damaged rows cost themselves, and a call or output of theirs at the most.
        """
        found = await self._newest_rows(self._database, thread_id, user_id)
        return list[TResponseInputItem](trimmed(found, self._budget))  # type: ignore[arg-type]

    async def _newest_rows(self, database: Executes, thread_id: ThreadId, user_id: UserId) -> list[Row]:
        """Return, oldest first, the rows that may be needed: up to the one that exceeds the budget."""
        found: list[Row] = []
        room = self._budget
        while room >= 0:
            before = found[-1].seq if found else None
            batch = await rows.newest(database, thread_id, user_id, before=before, room=room, limit=BATCH)
            found += batch
            room -= sum(row.tokens for row in batch)
            if len(batch) < BATCH:
                break
        found.reverse()
        turn_id = found[0].turn_id if room < 0 else None
        if turn_id is not None and turn_id == found[-1].turn_id:
            # The newest turn alone exceeds the budget: its question may lie before what was read.
            first = await rows.first_of_turn(database, thread_id, user_id, turn_id)
            if first is not None and first.seq < found[0].seq:
                found.insert(0, first)
        return found
