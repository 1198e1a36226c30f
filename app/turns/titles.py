"""A title for a new thread, made beside the answer and never waited for.

Writes it only while the thread has none, so a rename by the user wins however late the title comes.
"""

import logging
from dataclasses import dataclass

from app.assistant import Assistant
from app.assistant.titles import propose_title
from app.context import RequestContext
from app.db.engine import Database
from app.errors import ChatKitServerError
from app.logs import log_fields
from app.threads import threads
from app.turns.publishing import tell_thread
from app.turns.turn import Turn

logger = logging.getLogger(__name__)

OPENING_EVENTS = 3
"""Events of a new thread that come before its answer."""

PATIENCE_SECONDS = 10.0
"""How long a title waits for the first event of the answer."""


@dataclass(frozen=True, slots=True)
class TitleWriter:
    """Titles threads after their first message."""

    database: Database
    assistant: Assistant

    async def write(self, turn: Turn, user_text: str, context: RequestContext) -> None:
        """Propose and store a title; readers of the turn learn of it if the answer is still running."""
        # The first word of the answer matters more than the title.
        await turn.log.read(after=OPENING_EVENTS, timeout=PATIENCE_SECONDS)
        title = await propose_title(self.assistant, user_text, context)
        if not title:
            return
        try:
            written = await threads.set_title_if_none(self.database, turn.thread_id, turn.user_id, title)
        except ChatKitServerError:
            with log_fields(thread=turn.thread_id):
                logger.warning("a title could not be stored", exc_info=True)
            return
        if not written:
            return
        turn.titled(title)
        tell_thread(turn)
