"""Votes on items: one per user and item, the last one counts."""

from collections.abc import Sequence

import sqlalchemy as sa
from chatkit.types import FeedbackKind
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.engine import Executes
from app.db.tables import feedback, thread_items
from app.ids import ItemId, ThreadId, UserId
from app.threads.characters import lookup_key
from app.threads.errors import item_missing
from app.threads.ownership import OWNER, own_items, owner
from app.threads.parameters import new, new_values


def _vote() -> postgresql.Insert:
    ids = sa.bindparam("items", type_=ARRAY(sa.Text()))
    found = (
        sa.select(thread_items.c.thread_id, thread_items.c.id)
        .where(own_items(), thread_items.c.id == sa.any_(ids), sa.not_(thread_items.c.hidden))
        .cte("found")
    )
    values = {
        "thread_id": found.c.thread_id,
        "item_id": found.c.id,
        "user_id": OWNER,
        **new(feedback, "kind"),
    }
    # All or nothing; in one order, so that two votes on the same items never wait for each other in a ring.
    all_found = sa.select(sa.func.count()).select_from(found).scalar_subquery() == sa.func.cardinality(ids)
    rows = sa.select(*values.values()).where(all_found).order_by(found.c.id)
    insert = postgresql.insert(feedback).from_select(list(values), rows)
    return insert.on_conflict_do_update(
        index_elements=[feedback.c.thread_id, feedback.c.item_id, feedback.c.user_id],
        set_={"kind": insert.excluded.kind, "updated_at": sa.func.now()},
    )


_VOTE = _vote()


async def vote(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    item_ids: Sequence[ItemId],
    kind: FeedbackKind,
) -> None:
    """Record a vote on visible items of an own thread.

    Raise `NotInStore`, and record nothing, if one of them is not there. The caller bounds their number.
    """
    ids = sorted({lookup_key(item_id) for item_id in item_ids})
    parameters = owner(user_id, thread_id) | {"items": ids} | new_values({"kind": kind})
    if (await database.execute(_VOTE, parameters)).rowcount != len(ids) or not ids:
        raise item_missing()
