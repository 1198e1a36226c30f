"""How the last turn of a thread has ended, and what it has cost."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.db.engine import Executes
from app.db.tables import turns
from app.ids import ThreadId, UserId
from app.threads.ownership import own_turns, owner
from app.turns.turn import TurnStatus, Usage

_LAST = (
    sa.select(turns.c.status, turns.c.error, turns.c.model, turns.c.input_tokens, turns.c.output_tokens)
    .where(own_turns())
    .order_by(turns.c.started_at.desc(), turns.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Ended:
    """`error` is the code of the failure, if it failed."""

    status: TurnStatus
    error: str | None
    usage: Usage


async def last_ended(database: Executes, thread_id: ThreadId, user_id: UserId) -> Ended | None:
    """Return the end of the last turn of a thread of this user; None if there was none."""
    row = (await database.execute(_LAST, owner(user_id, thread_id))).one_or_none()
    if row is None:
        return None
    usage = Usage(row.model, row.input_tokens or 0, row.output_tokens or 0)
    return Ended(TurnStatus(row.status), row.error, usage)
