"""Rows of `thread_items`, each for the owner of its thread only.

Every function runs one statement, on the database or on a connection it is given: a turn writes items in a
transaction of its own. An item keeps the place it was first given. Pages are in `item_pages.py`.
"""

import sqlalchemy as sa
from chatkit.types import InferenceOptions, ThreadItem
from pydantic import ValidationError
from sqlalchemy.dialects import postgresql

from app.db.engine import Executes
from app.db.tables import attachments, thread_items, threads, transcript_items
from app.ids import ItemId, ThreadId, TurnId, UserId
from app.threads.characters import lookup_key, storable_id
from app.threads.errors import item_missing, thread_missing
from app.threads.ownership import THREAD, own_attachments, own_items, own_thread, own_transcript, owner
from app.threads.parameters import new, new_values
from app.threads.payload import columns_of, item_from

SELECTED = (
    thread_items.c.seq,
    thread_items.c.thread_id,
    thread_items.c.id,
    thread_items.c.type,
    thread_items.c.role,
    thread_items.c.hidden,
    thread_items.c.created_at,
    sa.cast(thread_items.c.payload, sa.Text).label("payload"),
)
"""What `payload.item_from` reads, and the place in the thread."""

_ITEM = sa.bindparam("item", type_=sa.Text())
_REPLACED = ("type", "role", "text", "hidden", "created_at", "payload")


def next_place(*conditions: sa.ColumnElement[bool]) -> sa.CTE:
    """Return the step that hands out a thread's next place; the lock of its row makes the order total."""
    return (
        sa.update(threads)
        .where(own_thread(), *conditions)
        .values(last_seq=threads.c.last_seq + 1, updated_at=sa.func.now())
        .returning(threads.c.last_seq)
        .cte("place")
    )


def insertion(place: sa.CTE) -> postgresql.Insert:
    """Return the statement that stores an item at `place.last_seq`; its parameters are from `values_of`."""
    values = {
        "thread_id": THREAD,
        "seq": place.c.last_seq,
        "id": _ITEM,
        **new(thread_items, "turn_id", *_REPLACED),
    }
    return postgresql.insert(thread_items).from_select(list(values), sa.select(*values.values()))


def _save() -> postgresql.Insert:
    insert = insertion(next_place())
    replaced = {name: insert.excluded[name] for name in _REPLACED}
    first_turn = sa.func.coalesce(thread_items.c.turn_id, insert.excluded.turn_id)
    return insert.on_conflict_do_update(
        index_elements=[thread_items.c.thread_id, thread_items.c.id],
        set_=replaced | {"turn_id": first_turn},
    )


def _truncate() -> sa.Select[str | None]:
    anchor = sa.select(thread_items.c.seq).where(own_items(), thread_items.c.id == _ITEM).cte("anchor")
    after = sa.select(anchor.c.seq).scalar_subquery()
    removed = (
        sa.delete(thread_items)
        .where(own_items(), thread_items.c.seq > after)
        .returning(thread_items.c.id, thread_items.c.seq, thread_items.c.hidden)
        .cte("removed")
    )
    # Their bytes follow: a trigger takes note of them.
    dropped = (
        sa.delete(attachments)
        .where(
            own_attachments(),
            attachments.c.thread_id == THREAD,
            attachments.c.item_id.in_(sa.select(removed.c.id)),
        )
        .cte("dropped")
    )
    forgotten = (
        sa.delete(transcript_items).where(own_transcript(), transcript_items.c.seq > after).cte("forgotten")
    )
    return (
        sa.select(removed.c.id)
        .select_from(anchor.outerjoin(removed, sa.not_(removed.c.hidden)))
        .order_by(removed.c.seq)
        .add_cte(forgotten, dropped)
    )


_SAVE = _save()
_LOAD = sa.select(*SELECTED).where(own_items(), thread_items.c.id == _ITEM)
_LAST_OPTIONS = (
    sa.select(sa.cast(thread_items.c.payload["inference_options"], sa.Text))
    .where(own_items(), thread_items.c.type == "user_message")
    .order_by(thread_items.c.seq.desc())
    .limit(1)
)
_DELETE = sa.delete(thread_items).where(own_items(), thread_items.c.id == _ITEM)
_TRUNCATE = _truncate()


async def save(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    item: ThreadItem,
    *,
    turn_id: TurnId | None = None,
) -> None:
    """Store an item: a new one at the end of its thread, one that is there where it stands.

    Counts as activity of the thread. An item stays with the turn that wrote it first. Raise `NotInStore` if
    the thread is not there, `BadRequest` if the item has no form that can be stored.
    """
    if (await database.execute(_SAVE, values_of(thread_id, user_id, item, turn_id))).rowcount == 0:
        raise thread_missing()


def values_of(
    thread_id: ThreadId, user_id: UserId, item: ThreadItem, turn_id: TurnId | None
) -> dict[str, object]:
    """Return the parameters that store an item; raise `BadRequest` if it has no form that can be stored."""
    columns = columns_of(thread_id, item) | {"turn_id": turn_id}
    return _named(thread_id, user_id, storable_id(item.id)) | new_values(columns)


async def load(database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId) -> ThreadItem:
    """Return an item of this thread, or raise `NotInStore`."""
    row = (await database.execute(_LOAD, _named(thread_id, user_id, item_id))).one_or_none()
    if row is None:
        raise item_missing()
    return item_from(row)


async def load_last_options(
    database: Executes, thread_id: ThreadId, user_id: UserId
) -> InferenceOptions | None:
    """Return what was chosen with the last user message of a thread; None where there is none."""
    options = (await database.execute(_LAST_OPTIONS, owner(user_id, thread_id))).scalar_one_or_none()
    try:
        return InferenceOptions.model_validate_json(options) if options is not None else None
    except ValidationError:
        return None


async def delete(database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId) -> bool:
    """Delete an item of this thread; say whether there was one."""
    return (await database.execute(_DELETE, _named(thread_id, user_id, item_id))).rowcount == 1


async def truncate_after(
    database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId
) -> list[ItemId]:
    """Delete what follows an item: from the thread, from the model's memory, and of the user's files.

    Return the ids of the visible items removed, in their order; raise `NotInStore` if the item is not there.
    The caller sees to it that no turn writes to the thread meanwhile.
    """
    rows = (await database.execute(_TRUNCATE, _named(thread_id, user_id, item_id))).scalars().all()
    if not rows:
        raise item_missing()
    return [ItemId(removed) for removed in rows if removed is not None]


def _named(thread_id: ThreadId, user_id: UserId, item_id: str) -> dict[str, object]:
    return owner(user_id, thread_id) | {"item": lookup_key(item_id)}
