"""Which of a user's earlier threads may be listed and opened, by what their client secret was made for.

A thread is an earlier one while nothing has happened in it since the session began; a conversation that is
carried on in a session can be read in it. Without a session all of a user's threads may be read.
"""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.engine import Database
from app.errors import Forbidden
from app.ids import ThreadId
from app.threads import thread_list, threads


@dataclass(frozen=True, slots=True)
class EarlierThreads:
    """Made once."""

    database: Database

    def listed(self, context: RequestContext) -> int | None:
        """Return how many threads the list may have, None for all; raise `Forbidden` where none."""
        session = context.session
        if session is None:
            return None
        if not session.history:
            raise _not_available()
        return session.recent_threads

    async def check_opening(self, thread_id: ThreadId, context: RequestContext) -> None:
        """Raise `Forbidden` for a thread that may not be read; `NotInStore` may come first."""
        session = context.session
        if session is None or (session.history and session.recent_threads is None):
            return
        user_id = context.user_id
        # Asked for either way: a thread that is not there is refused as such.
        is_active = await threads.is_active_since(self.database, thread_id, user_id, session.created_at)
        if is_active or (
            session.history
            and session.recent_threads is not None
            and await thread_list.is_among_newest(self.database, thread_id, user_id, session.recent_threads)
        ):
            return
        raise _not_available()


def _not_available() -> Forbidden:
    return Forbidden("Earlier conversations are not available here.")
