"""Accepting a turn with the user message that begins it: one statement, one round trip, all or nothing.

Owns the check that the thread is the caller's, open, and without a running turn. Recognises a request that
came before: a page that was hidden and is shown again, or a proxy, may send one twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from chatkit.types import ThreadMetadata, UserMessageItem
from sqlalchemy.dialects import postgresql

from app.db.engine import Executes
from app.db.tables import thread_items, threads, turns
from app.errors import Conflict
from app.ids import ThreadId, TurnId, UserId
from app.languages import Sentence
from app.threads import items
from app.threads.characters import lookup_key
from app.threads.errors import thread_missing
from app.threads.ownership import THREAD, own_thread, own_threads, owner
from app.threads.parameters import new, new_values
from app.threads.status import check_open
from app.threads.thread_row import SELECTED, thread_from
from app.threads.threads import insertion as thread_insertion
from app.threads.threads import values_of as thread_values
from app.threads.waiting import IS_WAITING
from app.turns.conditions import IS_CREATE, IS_RUNNING
from app.turns.records import REPEATABLE, lease_end
from app.turns.turn import TurnOrder, TurnStatus

RETRY = "threads.retry_after_item"

ALREADY_RUNNING: Sentence = (
    "An answer is still being written in this conversation. Wait for it, or stop it first."
)


@dataclass(frozen=True, slots=True)
class Repetition:
    """The request is one that came before: the turn that answers it."""

    thread_id: ThreadId
    turn_id: TurnId
    is_running: bool


class StillWaiting(Exception):
    """Something in the thread waits for the page, and must be closed together with the acceptance."""


def _repeated(*conditions: sa.ColumnElement[bool]) -> sa.CTE:
    """Find the turn of which this request is a repetition: the newest of its thread, not read to its end."""
    later = turns.alias("later")
    is_newest = sa.not_(
        sa.exists().where(later.c.thread_id == turns.c.thread_id, later.c.started_at > turns.c.started_at)
    )
    is_recent = turns.c.finished_at > sa.func.now() - sa.literal(REPEATABLE, sa.Interval)
    # Who has stopped an answer and asks for it anew wants another one.
    is_wanted = sa.or_(turns.c.status != TurnStatus.CANCELLED.value, turns.c.kind != RETRY)
    return (
        sa.select(turns.c.thread_id, turns.c.id, turns.c.status)
        .where(
            turns.c.undelivered,
            turns.c.fingerprint == sa.bindparam("new_fingerprint", type_=sa.Text()),
            sa.or_(IS_RUNNING, sa.and_(is_recent, is_newest, is_wanted)),
            *conditions,
        )
        .order_by(turns.c.started_at.desc())
        .limit(1)
        .cte("repeated")
    )


def _turn(
    thread_id: sa.ColumnElement[str],
    repeated: sa.CTE,
    *sources: sa.CTE,
    unless: Sequence[sa.ColumnElement[bool]] = (),
) -> sa.CTE:
    """Record the turn, unless the request is a repetition or another one runs."""
    row: dict[str, sa.ColumnElement[Any]] = {
        "thread_id": thread_id,
        "id": sa.bindparam("new_turn_id", type_=sa.Text()),
        "status": sa.literal(TurnStatus.RUNNING.value, sa.Text()),
        "lease_expires_at": lease_end(),
        "undelivered": sa.true(),
        **new(turns, "kind", "fingerprint", "worker", "language", "item_id"),
    }
    chosen = (
        sa.select(*row.values()).select_from(*sources).where(sa.not_(sa.exists(sa.select(repeated.c.id))))
    )
    for source in sources:
        chosen = chosen.where(source.c.status == "active", *(sa.not_(condition) for condition in unless))
    insert = postgresql.insert(turns).from_select(list(row), chosen, include_defaults=False)
    return insert.on_conflict_do_nothing().returning(turns.c.thread_id).cte("turn")


def _of(turn: sa.CTE) -> sa.ScalarSelect[str]:
    return sa.select(turn.c.thread_id).scalar_subquery()


def _answer(turn: sa.CTE, repeated: sa.CTE) -> tuple[sa.ColumnElement[object], ...]:
    return (
        sa.exists(sa.select(turn.c.thread_id)).label("accepted"),
        *(sa.select(column).scalar_subquery().label(f"repeated_{column.key}") for column in repeated.c),
    )


def _in_new_thread() -> Any:
    # Asked of the one turn that the index finds, not joined: the user's threads may be many.
    own = sa.select(threads.c.id).where(threads.c.id == turns.c.thread_id, own_threads()).scalar_subquery()
    repeated = _repeated(IS_CREATE, turns.c.thread_id == own)
    # Recorded before its thread is there: Postgres looks at the reference when the statement ends.
    turn = _turn(THREAD, repeated)
    thread = thread_insertion(_of(turn).is_not(None), last_seq=1)
    place = thread.returning(threads.c.id, threads.c.last_seq).cte("thread")
    return sa.select(*_answer(turn, repeated)).add_cte(items.insertion(place).cte("item"))


def _in_own_thread(*, undisturbed: bool = False) -> tuple[Any, sa.CTE]:
    # Locked, so that a thread which is being deleted is waited for and then missing.
    own = sa.select(*SELECTED).where(own_thread()).with_for_update(key_share=True).cte("own")
    repeated = _repeated(turns.c.thread_id == sa.select(own.c.id).scalar_subquery())
    waits = sa.exists().where(thread_items.c.thread_id == own.c.id, IS_WAITING)
    # As of when the statement began: a turn that ran then may have left something that waits since.
    runs = sa.exists().where(turns.c.thread_id == own.c.id, IS_RUNNING)
    turn = _turn(own.c.id, repeated, own, unless=(waits, runs) if undisturbed else ())
    return sa.select(own, waits.label("waits"), *_answer(turn, repeated)), turn


def _in_thread(*, undisturbed: bool) -> Any:
    accepted, turn = _in_own_thread(undisturbed=undisturbed)
    place = items.next_place(threads.c.id == _of(turn))
    return accepted.add_cte(items.insertion(place).cte("item"))


_IN_NEW_THREAD = _in_new_thread()
_IN_THREAD = _in_thread(undisturbed=True)
_IN_CLEARED_THREAD = _in_thread(undisturbed=False)
_WITHOUT_MESSAGE = _in_own_thread()[0]
_RUNNING_REPETITION = sa.select(turns.c.thread_id, turns.c.id).where(
    turns.c.thread_id == threads.c.id,
    own_threads(),
    IS_RUNNING,
    turns.c.fingerprint == sa.bindparam("new_fingerprint", type_=sa.Text()),
)


async def accept_in_new_thread(
    database: Executes,
    user_id: UserId,
    thread: ThreadMetadata,
    item: UserMessageItem,
    order: TurnOrder,
) -> Repetition | None:
    """Store a new thread with its first message, and record the turn that answers it.

    Return the turn instead where the request is a repetition: then nothing is stored.
    """
    thread_id = ThreadId(thread.id)
    parameters = thread_values(user_id, thread) | items.values_of(thread_id, user_id, item, order.id)
    row = (await database.execute(_IN_NEW_THREAD, parameters | _values(order))).one()
    if row.accepted:
        return None
    if found := _repetition(row) or await _running_repetition(database, user_id, order):
        return found
    raise Conflict(ALREADY_RUNNING)


async def accept(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    item: UserMessageItem,
    order: TurnOrder,
    *,
    cleared: bool = False,
) -> ThreadMetadata | Repetition:
    """Add a message to a thread, and record the turn that answers it; return the thread.

    Return the turn instead where the request is a repetition: then nothing is stored. Raise `NotInStore` if
    the thread is not there, `Conflict` if it is not open or has a running turn, `StillWaiting` if something
    in it waits for the page, which `cleared` says has been closed in this transaction.
    """
    parameters = items.values_of(thread_id, user_id, item, order.id) | _values(order)
    statement = _IN_CLEARED_THREAD if cleared else _IN_THREAD
    row = (await database.execute(statement, parameters)).one_or_none()
    return await _checked(database, row, user_id, order, cleared=cleared)


async def accept_again(
    database: Executes, thread_id: ThreadId, user_id: UserId, order: TurnOrder
) -> ThreadMetadata | Repetition:
    """As `accept`, without a message to store."""
    parameters = owner(user_id, thread_id) | _values(order)
    row = (await database.execute(_WITHOUT_MESSAGE, parameters)).one_or_none()
    return await _checked(database, row, user_id, order, cleared=True)


def _values(order: TurnOrder) -> dict[str, object]:
    return {
        "new_turn_id": order.id,
        **new_values({name: getattr(order, name) for name in ("kind", "fingerprint", "worker", "language")}),
        **new_values({"item_id": order.item_id and lookup_key(order.item_id)}),
    }


async def _checked(
    database: Executes,
    row: "sa.Row[Any] | None",
    user_id: UserId,
    order: TurnOrder,
    *,
    cleared: bool,
) -> ThreadMetadata | Repetition:
    if row is None:
        raise thread_missing()
    if row.accepted:
        return thread_from(row)
    if found := _repetition(row):
        return found
    thread = thread_from(row)
    check_open(thread)
    if found := await _running_repetition(database, user_id, order):
        return found
    if row.waits and not cleared:
        raise StillWaiting
    raise Conflict(ALREADY_RUNNING)


def _repetition(row: "sa.Row[Any]") -> Repetition | None:
    if row.repeated_id is None:
        return None
    is_running = row.repeated_status == TurnStatus.RUNNING.value
    return Repetition(ThreadId(row.repeated_thread_id), TurnId(row.repeated_id), is_running)


async def _running_repetition(database: Executes, user_id: UserId, order: TurnOrder) -> Repetition | None:
    """Find the turn of the same request that was accepted a moment before this one."""
    parameters = owner(user_id) | new_values({"fingerprint": order.fingerprint})
    row = (await database.execute(_RUNNING_REPETITION, parameters)).first()
    return Repetition(ThreadId(row.thread_id), TurnId(row.id), is_running=True) if row else None
