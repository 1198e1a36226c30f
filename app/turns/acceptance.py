"""Accepting a turn with the user message that begins it: one statement, one round trip, all or nothing.

Owns the check that the thread is the caller's, open, and without a running turn.
"""

import sqlalchemy as sa
from chatkit.types import ActiveStatus, ThreadMetadata, UserMessageItem
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.tables import threads, turns
from app.errors import Conflict
from app.ids import ThreadId, UserId
from app.threads import items
from app.threads.errors import thread_missing
from app.threads.ownership import own_thread, owner
from app.threads.parameters import new, new_values
from app.threads.thread_row import SELECTED, thread_from
from app.threads.threads import insertion as thread_insertion
from app.threads.threads import values_of as thread_values
from app.turns.records import lease_end
from app.turns.turn import TurnOrder, TurnStatus

ALREADY_RUNNING = "An answer is still being written in this conversation. Wait for it, or stop it first."


def _turn_in(thread: sa.CTE, *conditions: sa.ColumnElement[bool]) -> postgresql.Insert:
    row: dict[str, sa.ColumnElement[object]] = {
        "thread_id": thread.c.id,
        "id": sa.bindparam("new_turn_id", type_=sa.Text()),
        "status": sa.literal(TurnStatus.RUNNING.value, sa.Text()),
        "lease_expires_at": lease_end(),
        **new(turns, "kind", "fingerprint", "worker"),
    }
    chosen = sa.select(*row.values()).select_from(thread).where(*conditions)
    return postgresql.insert(turns).from_select(list(row), chosen)


def _turn_in_own_thread() -> tuple[sa.CTE, sa.CTE]:
    # Locked, so that a thread which is being deleted is waited for and then missing.
    own = sa.select(*SELECTED).where(own_thread()).with_for_update(key_share=True).cte("own")
    turn = (
        _turn_in(own, own.c.status == "active")
        .on_conflict_do_nothing(index_elements=[turns.c.thread_id], index_where=sa.text("status = 'running'"))
        .returning(turns.c.thread_id)
        .cte("turn")
    )
    return own, turn


def _accepted(own: sa.CTE, turn: sa.CTE) -> sa.Select[tuple[object, ...]]:
    return sa.select(own, sa.exists(sa.select(turn.c.thread_id)).label("accepted"))


def _in_new_thread() -> postgresql.Insert:
    thread = thread_insertion(last_seq=1).returning(threads.c.id, threads.c.last_seq).cte("thread")
    return items.insertion(thread).add_cte(_turn_in(thread).cte("turn"))


def _in_thread() -> sa.Select[tuple[object, ...]]:
    own, turn = _turn_in_own_thread()
    place = items.next_place(threads.c.id == sa.select(turn.c.thread_id).scalar_subquery())
    return _accepted(own, turn).add_cte(items.insertion(place).cte("item"))


_IN_NEW_THREAD = _in_new_thread()
_IN_THREAD = _in_thread()
_WITHOUT_MESSAGE = _accepted(*_turn_in_own_thread())


async def accept_in_new_thread(
    connection: AsyncConnection,
    user_id: UserId,
    thread: ThreadMetadata,
    item: UserMessageItem,
    order: TurnOrder,
) -> None:
    """Store a new thread with its first message, and record the turn that answers it."""
    thread_id = ThreadId(thread.id)
    parameters = thread_values(user_id, thread) | items.values_of(thread_id, user_id, item, order.id)
    await connection.execute(_IN_NEW_THREAD, parameters | _values(order))


async def accept(
    connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, item: UserMessageItem, order: TurnOrder
) -> ThreadMetadata:
    """Add a message to a thread, and record the turn that answers it; return the thread.

    Raise `NotInStore` if the thread is not there, `Conflict` if it is not open or has a running turn.
    """
    parameters = items.values_of(thread_id, user_id, item, order.id) | _values(order)
    return _checked((await connection.execute(_IN_THREAD, parameters)).one_or_none())


async def accept_again(
    connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, order: TurnOrder
) -> ThreadMetadata:
    """As `accept`, for a message that is stored already."""
    parameters = owner(user_id, thread_id) | {"new_turn_id": order.id} | _values(order)
    return _checked((await connection.execute(_WITHOUT_MESSAGE, parameters)).one_or_none())


def _values(order: TurnOrder) -> dict[str, object]:
    return new_values({"kind": order.kind, "fingerprint": order.fingerprint, "worker": order.worker})


def _checked(row: "sa.Row[tuple[object, ...]] | None") -> ThreadMetadata:
    if row is None:
        raise thread_missing()
    thread = thread_from(row)
    if not isinstance(thread.status, ActiveStatus):
        reason = f" {thread.status.reason}" if thread.status.reason else ""
        raise Conflict(f"This conversation is {thread.status.type}.{reason}")
    if not row.accepted:
        raise Conflict(ALREADY_RUNNING)
    return thread
