"""What an operator changes: the status of a thread, whosever it is. Recorded in the same transaction.

Writes these columns and no others, so a running turn and its user lose nothing of theirs.
"""

from typing import Literal

import sqlalchemy as sa

from app.audit import Actor, Entry, record
from app.db.engine import Database
from app.db.tables import threads
from app.errors import NotFound

Status = Literal["active", "locked", "closed"]


async def set_status(
    database: Database, actor: Actor, thread_id: str, status: Status, reason: str | None = None
) -> None:
    """Lock, close or open a thread; raise `NotFound` if there is none. An active one has no reason."""
    change = (
        sa.update(threads)
        .where(threads.c.id == thread_id)
        .values(status=status, status_reason=reason if status != "active" else None)
        .returning(threads.c.user_id)
    )
    async with database.transaction() as connection:
        user_id = (await connection.execute(change)).scalar_one_or_none()
        if user_id is None:
            raise NotFound("There is no such thread.")
        await record(connection, actor, [Entry("threads.status", user_id, (thread_id,), {"status": status})])
