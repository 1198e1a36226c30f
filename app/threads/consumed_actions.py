"""Actions of widgets that run once: which of them have. A mark goes with its widget."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.db.engine import Executes
from app.db.tables import consumed_actions, thread_items
from app.ids import ItemId, ThreadId, UserId
from app.threads.characters import lookup_key, storable_text
from app.threads.ownership import own_consumed_actions, own_items, owner

_ITEM = sa.bindparam("item", type_=sa.Text())
_ACTION = sa.bindparam("consumed_action", type_=sa.Text())
_CONSUME = (
    postgresql.insert(consumed_actions)
    .from_select(
        ["thread_id", "item_id", "action"],
        sa.select(thread_items.c.thread_id, thread_items.c.id, _ACTION).where(
            own_items(), thread_items.c.id == _ITEM
        ),
        include_defaults=False,
    )
    .on_conflict_do_nothing()
)
_RELEASE = sa.delete(consumed_actions).where(
    own_consumed_actions(), consumed_actions.c.item_id == _ITEM, consumed_actions.c.action == _ACTION
)


async def consume(
    database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId, action: str
) -> bool:
    """Mark an action of a widget as carried out; say whether it was not yet. Of two at once one waits."""
    return (await database.execute(_CONSUME, _named(thread_id, user_id, item_id, action))).rowcount == 1


async def release(
    database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId, action: str
) -> None:
    """Take the mark back: the action has failed and may be tried again."""
    await database.execute(_RELEASE, _named(thread_id, user_id, item_id, action))


def _named(thread_id: ThreadId, user_id: UserId, item_id: ItemId, action: str) -> dict[str, object]:
    named = {"item": lookup_key(item_id), "consumed_action": storable_text(action)}
    return owner(user_id, thread_id) | named
