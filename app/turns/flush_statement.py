"""What a flush writes, as one statement for all turns of a process together.

Each turn's share is fenced: it is written only while the turn's row says that this process runs it. That row
is locked meanwhile, so that whoever closes the turn comes before or after, never in between. A thread that
somebody else has locked is passed over rather than waited for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.db.engine import Executes
from app.db.tables import attachments, thread_items, threads, turn_events, turns
from app.ids import ItemId, ThreadId, TurnId, UserId
from app.threads.ownership import OWNERS, owners
from app.turns.approvals import pauses
from app.turns.conditions import IS_RUNNING
from app.turns.wakeup import notified

REPLACED = ("type", "role", "text", "hidden", "created_at", "payload")
"""Columns of an item that is there already which its newer state replaces."""


@dataclass(frozen=True, slots=True)
class Share:
    """One turn's part of a flush."""

    thread_id: ThreadId
    user_id: UserId
    turn_id: TurnId
    position: int = 0
    """Place of the first of `frames`; those from there on that an earlier flush wrote are replaced."""
    frames: Sequence[bytes] = ()
    memory: str | None = None
    """A JSON array that belongs to `frames`."""
    item: Mapping[str, object] | None = None
    """An item to be stored: its `item_id`, and the columns of `threads.payload.columns_of`."""
    removed: ItemId | None = None
    pause: str | None = None
    """The run that waits for the answer to the item, from `pauses.row_of`."""


Receipt = tuple[ThreadId, UserId, TurnId, bool]
"""A turn that has ended, and whether nobody has read its response to the end."""


class Outcome(Enum):
    """What became of a share."""

    WRITTEN = auto()
    PASSED_OVER = auto()
    """The thread is locked by somebody else at the moment; to be tried again."""
    LOST = auto()
    """The turn does not run any more, or not here: nothing of it may be written again."""


_BATCH: dict[str, sa.types.TypeEngine[Any]] = {
    "thread_id": sa.Text(),
    "user_id": sa.Text(),
    "turn_id": sa.Text(),
    "position": sa.Integer(),
    "frames": sa.Text(),
    "memory": sa.Text(),
    "removed": sa.Text(),
    "item_id": sa.Text(),
    "type": sa.Text(),
    "role": sa.Text(),
    "text": sa.Text(),
    "hidden": sa.Boolean(),
    "created_at": postgresql.TIMESTAMP(timezone=True),
    "payload": sa.Text(),
    "pause": sa.Text(),
}


_RECEIPT: dict[str, sa.types.TypeEngine[Any]] = {
    "thread_id": sa.Text(),
    "user_id": sa.Text(),
    "turn_id": sa.Text(),
    "undelivered": sa.Boolean(),
}


def _parameter(name: str) -> str:
    return f"batch_{name}"


def _statement() -> sa.Select[Any]:
    arrays = (sa.bindparam(_parameter(name), type_=ARRAY(kind)) for name, kind in _BATCH.items())
    columns = (sa.column(name, kind) for name, kind in _BATCH.items())
    batch = sa.func.unnest(*arrays).table_valued(*columns).render_derived(name="batch")
    own = (
        sa.select(batch)
        .join(threads, sa.and_(threads.c.id == batch.c.thread_id, threads.c.user_id == batch.c.user_id))
        .where(OWNERS.is_not(None))
        .order_by(threads.c.id)
        .with_for_update(key_share=True, skip_locked=True, of=threads)
        .cte("own")
    )
    is_held = sa.and_(IS_RUNNING, turns.c.worker == sa.bindparam("flushing_worker", type_=sa.Text()))
    held = (
        sa.select(own)
        .join(turns, sa.and_(turns.c.thread_id == own.c.thread_id, turns.c.id == own.c.turn_id, is_held))
        .with_for_update(read=True, of=turns)
        .cte("held")
    )
    is_running = sa.exists().where(
        threads.c.id == batch.c.thread_id,
        threads.c.user_id == batch.c.user_id,
        turns.c.thread_id == threads.c.id,
        turns.c.id == batch.c.turn_id,
        is_held,
    )
    return (
        sa.select(
            batch.c.turn_id,
            held.c.turn_id.is_not(None).label("is_written"),
            is_running.label("is_running"),
            notified("events"),
        )
        .select_from(batch.outerjoin(held, held.c.turn_id == batch.c.turn_id))
        .add_cte(
            _items_saved(held),
            _items_removed(held),
            _files_removed(held),
            pauses.insertion(held.c.thread_id, held.c.turn_id, held.c.item_id, held.c.pause).cte("paused"),
            _events_appended(held),
            _marked_delivered(),
        )
    )


def _items_saved(held: sa.CTE) -> sa.CTE:
    place = (
        sa.update(threads)
        .where(
            threads.c.id == held.c.thread_id, threads.c.user_id == held.c.user_id, held.c.item_id.is_not(None)
        )
        .values(last_seq=threads.c.last_seq + 1, updated_at=sa.func.now())
        .returning(threads.c.id, threads.c.last_seq)
        .cte("place")
    )
    values = {
        "thread_id": place.c.id,
        "seq": place.c.last_seq,
        "id": held.c.item_id,
        "turn_id": held.c.turn_id,
        **{name: held.c[name] for name in REPLACED},
        "payload": sa.cast(held.c.payload, JSONB),
    }
    insert = postgresql.insert(thread_items).from_select(
        list(values), sa.select(*values.values()).join_from(place, held, held.c.thread_id == place.c.id)
    )
    return insert.on_conflict_do_update(
        index_elements=[thread_items.c.thread_id, thread_items.c.id],
        set_={name: insert.excluded[name] for name in REPLACED}
        | {"turn_id": sa.func.coalesce(thread_items.c.turn_id, insert.excluded.turn_id)},
    ).cte("saved")


def _items_removed(held: sa.CTE) -> sa.CTE:
    return (
        sa.delete(thread_items)
        .where(thread_items.c.thread_id == held.c.thread_id, thread_items.c.id == held.c.removed)
        .cte("removed")
    )


def _files_removed(held: sa.CTE) -> sa.CTE:
    """What belongs to an item that is taken back; it need not have been stored."""
    return (
        sa.delete(attachments)
        .where(
            attachments.c.thread_id == held.c.thread_id,
            attachments.c.user_id == held.c.user_id,
            attachments.c.item_id == held.c.removed,
        )
        .cte("files_removed")
    )


def _events_appended(held: sa.CTE) -> sa.CTE:
    values = {
        **{name: held.c[name] for name in ("thread_id", "turn_id", "position", "frames")},
        "memory": sa.cast(held.c.memory, JSONB),
    }
    chosen = sa.select(*values.values()).where(held.c.frames.is_not(None))
    insert = postgresql.insert(turn_events).from_select(list(values), chosen, include_defaults=False)
    # A flush whose answer was lost is sent again, with what has come since.
    return insert.on_conflict_do_update(
        index_elements=[turn_events.c.thread_id, turn_events.c.turn_id, turn_events.c.position],
        set_={"frames": insert.excluded.frames, "memory": insert.excluded.memory},
    ).cte("appended")


def _marked_delivered() -> sa.CTE:
    arrays = (sa.bindparam(f"receipt_{name}", type_=ARRAY(kind)) for name, kind in _RECEIPT.items())
    columns = (sa.column(name, kind) for name, kind in _RECEIPT.items())
    receipt = sa.func.unnest(*arrays).table_valued(*columns).render_derived(name="receipt")
    return (
        sa.update(turns)
        .where(
            turns.c.thread_id == threads.c.id,
            threads.c.id == receipt.c.thread_id,
            threads.c.user_id == receipt.c.user_id,
            turns.c.id == receipt.c.turn_id,
        )
        .values(undelivered=receipt.c.undelivered)
        .cte("delivered")
    )


_FLUSH = _statement()


async def flush(
    database: Executes,
    worker: str,
    shares: Sequence[Share],
    receipts: Sequence[Receipt],
) -> dict[TurnId, Outcome]:
    """Write the shares of this process' turns, at most one for each, and say what became of each."""
    rows = [_values(share) for share in shares]
    parameters: dict[str, object] = {_parameter(name): [row.get(name) for row in rows] for name in _BATCH}
    parameters["flushing_worker"] = worker
    parameters |= owners([*(share.user_id for share in shares), *(receipt[1] for receipt in receipts)])
    for place, name in enumerate(_RECEIPT):
        parameters[f"receipt_{name}"] = [receipt[place] for receipt in receipts]
    found = await database.execute(_FLUSH, parameters)
    return {TurnId(row.turn_id): _outcome(row.is_written, row.is_running) for row in found}


def _values(share: Share) -> dict[str, object]:
    return {
        "thread_id": share.thread_id,
        "user_id": share.user_id,
        "turn_id": share.turn_id,
        "position": share.position,
        "frames": b"\n".join(share.frames).decode() if share.frames or share.memory else None,
        "memory": share.memory,
        "removed": share.removed,
        "pause": share.pause,
        **(share.item or {}),
    }


def _outcome(written: bool, running: bool) -> Outcome:
    if written:
        return Outcome.WRITTEN
    return Outcome.PASSED_OVER if running else Outcome.LOST
