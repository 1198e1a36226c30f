"""Accepting a message together with the files it names: all in one transaction, or nothing.

A message without files takes the one statement of `acceptance.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chatkit.types import Attachment, ThreadMetadata, UserMessageItem

from app.attachments import Attachments
from app.attachments.arrivals import Arrivals
from app.context import RequestContext
from app.db.engine import Database
from app.ids import ThreadId, UserId
from app.turns.acceptance import Repetition, StillWaiting, accept, accept_in_new_thread
from app.turns.continuing import accept_instead
from app.turns.turn import TurnOrder


@dataclass(frozen=True, slots=True)
class Sending:
    """Made once."""

    database: Database
    files: Attachments
    arrivals: Arrivals

    async def checked(self, attachment_ids: Sequence[str], context: RequestContext) -> list[Attachment]:
        """Return the files that a message names, as they stand in it; refuse what can be refused by now."""
        await self.arrivals.take(attachment_ids, context)
        return await self.files.check(attachment_ids, context)

    async def in_new_thread(
        self, user_id: UserId, thread: ThreadMetadata, item: UserMessageItem, order: TurnOrder
    ) -> Repetition | None:
        """As `accept_in_new_thread`. Raises `Conflict` besides where a file is not free."""
        if not item.attachments:
            return await accept_in_new_thread(self.database, user_id, thread, item, order)
        async with self.database.transaction() as connection:
            repeated = await accept_in_new_thread(connection, user_id, thread, item, order)
            if repeated is None:
                await self.files.claim(connection, user_id, item)
        return repeated

    async def in_thread(
        self, user_id: UserId, thread_id: ThreadId, item: UserMessageItem, order: TurnOrder
    ) -> ThreadMetadata | Repetition:
        """As `accept`; what waits in the thread is closed. Raises `Conflict` besides as above."""
        try:
            if not item.attachments:
                return await accept(self.database, thread_id, user_id, item, order)
            async with self.database.transaction() as connection:
                accepted = await accept(connection, thread_id, user_id, item, order)
                if not isinstance(accepted, Repetition):
                    await self.files.claim(connection, user_id, item)
                return accepted
        except StillWaiting:
            async with self.database.transaction() as connection:
                accepted = await accept_instead(connection, thread_id, user_id, item, order)
                if item.attachments and not isinstance(accepted, Repetition):
                    await self.files.claim(connection, user_id, item)
                return accepted
