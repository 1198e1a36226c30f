"""Items that wait for an answer from the page: a call of one of its tools, or questions to the user.

They are found by their state, whatever came after them in the thread. At most one waits at a time.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from chatkit.types import ClientToolCallItem, StructuredInputItem, ThreadItem

from app.db.engine import Executes
from app.db.tables import thread_items
from app.ids import ThreadId, TurnId, UserId
from app.threads.items import SELECTED
from app.threads.ownership import own_items, owner
from app.threads.payload import item_from

# Written out, as the index of the same condition is found by it.
IS_WAITING = sa.and_(
    thread_items.c.type.in_(
        (sa.literal_column("'client_tool_call'"), sa.literal_column("'structured_input'"))
    ),
    thread_items.c.payload[sa.literal_column("'status'")].astext == sa.literal_column("'pending'"),
)

_WAITING = (
    sa.select(*SELECTED, thread_items.c.turn_id)
    .where(own_items(), IS_WAITING)
    .order_by(thread_items.c.seq.desc())
)

WaitingItem = ClientToolCallItem | StructuredInputItem


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that waits, and the turn that asked."""

    item: WaitingItem
    turn_id: TurnId | None


def is_waiting(item: ThreadItem) -> bool:
    """Say whether an item waits for an answer from the page."""
    return isinstance(item, ClientToolCallItem | StructuredInputItem) and item.status == "pending"


async def load_waiting(database: Executes, thread_id: ThreadId, user_id: UserId) -> list[Waiting]:
    """Return what waits in a thread of this user, the newest first; no damaged rows."""
    rows = (await database.execute(_WAITING, owner(user_id, thread_id))).all()
    found = ((item_from(row), row.turn_id) for row in rows)
    return [
        Waiting(item, turn_id and TurnId(turn_id))
        for item, turn_id in found
        if isinstance(item, ClientToolCallItem | StructuredInputItem)
    ]
