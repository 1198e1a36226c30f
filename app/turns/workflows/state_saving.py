"""Saves the variables of a workflow while its turn runs, so that a process that is killed does not lose them.

Beside the run, which waits for none of it: the newest is written, and a database that is away costs nothing.
The statement that ends the turn has the last word.
"""

import asyncio
import logging

from app.db.engine import Database
from app.errors import Unavailable
from app.ids import ThreadId, TurnId, UserId
from app.threads.state import ThreadState
from app.turns import records
from app.turns.stepping import STOP_SECONDS

logger = logging.getLogger(__name__)


class StateSaving:
    """Made once per turn; without a `turn_id` it saves nothing."""

    def __init__(
        self, database: Database, thread_id: ThreadId, user_id: UserId, turn_id: TurnId | None, workflow: str
    ) -> None:
        self._database = database
        self._where = (thread_id, user_id)
        self._turn_id = turn_id
        self._workflow = workflow
        self._newest: ThreadState | None = None
        self._task: asyncio.Task[None] | None = None

    def save(self, state: ThreadState | None) -> None:
        """Have a state saved, unless it is the one that was saved last."""
        if state is None or state == self._newest or self._turn_id is None:
            return
        self._newest = state
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write(self._turn_id))

    async def end(self) -> None:
        """Return when nothing is being written any more."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_SECONDS)

    async def _write(self, turn_id: TurnId) -> None:
        written: ThreadState | None = None
        while (newest := self._newest) is not None and newest is not written:
            written = newest
            try:
                await records.keep_state(self._database, *self._where, turn_id, self._workflow, written)
            except Unavailable:
                return
            except Exception:
                logger.exception("the state of a running workflow could not be saved")
                return
