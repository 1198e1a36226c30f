"""The rows of a thread as an Agents SDK `Session`, for agent code that runs outside of a turn.

Items come back as they were stored, as the SDK expects of a session. A turn does not use this: it needs the
history in a form for any provider, within a budget, and written in its own transaction.
"""

from agents import TResponseInputItem
from agents.memory import SessionSettings
from agents.memory.session_settings import resolve_session_limit

from app.db.engine import Database
from app.errors import NotFound
from app.ids import ThreadId, TurnId, UserId
from app.transcripts import rows


class TranscriptSession:
    """One thread's memory for `Runner.run(…, session=…)`.

    `turn_id` ties what is added to a turn; without one, each question begins a turn.
    """

    def __init__(
        self,
        database: Database,
        thread_id: ThreadId,
        user_id: UserId,
        *,
        turn_id: TurnId | None = None,
        session_settings: SessionSettings | None = None,
    ) -> None:
        self.session_id: str = thread_id
        self.session_settings = session_settings
        self._database = database
        self._thread_id = thread_id
        self._user_id = user_id
        self._turn_id = turn_id

    async def get_items(self, limit: int | None = None) -> list[TResponseInputItem]:
        """Return the latest `limit` items, oldest first; all if neither this nor the settings set a limit."""
        limit = resolve_session_limit(limit, self.session_settings)
        return await rows.latest_items(
            self._database, self._thread_id, self._user_id, None if limit is None else max(limit, 0)
        )

    async def add_items(self, items: list[TResponseInputItem]) -> None:
        """Add items at the end; raise `NotFound` if the user has no such thread."""
        written = await rows.append(self._database, self._thread_id, self._user_id, self._turn_id, items)
        if written != len(items):
            raise NotFound("This thread does not exist.")

    async def pop_item(self) -> TResponseInputItem | None:
        """Remove and return the latest item; None if there is none."""
        item: TResponseInputItem | None = await rows.pop(self._database, self._thread_id, self._user_id)
        return item

    async def clear_session(self) -> None:
        """Remove every item of the thread's memory; what the user sees of it stays."""
        await rows.clear(self._database, self._thread_id, self._user_id)
