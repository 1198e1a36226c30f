"""The `turns` rows of turns that were accepted: their lease, what is asked of them, and their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from agents import TResponseInputItem
from sqlalchemy import Interval, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ColumnElement

from app.db.acting import for_everyone
from app.db.engine import Executes
from app.db.tables import threads, transcript_items, turn_events, turns
from app.ids import ThreadId, TurnId, UserId
from app.limits import spending, spending_values
from app.threads import state
from app.threads.ownership import own_thread, own_threads, own_turns, owner
from app.threads.state import ThreadState
from app.transcripts import insertion, insertion_values
from app.turns.conditions import IS_RUNNING
from app.turns.turn import NOTHING_KEPT, Kept, Turn, TurnLost, TurnStatus, Usage
from app.turns.wakeup import notified

LEASE = timedelta(seconds=7)
"""How long a process may stay silent before others take its turns for dead."""

REPEATABLE = timedelta(minutes=10)
"""How long after a turn that nobody read to its end the same request counts as a repetition."""

FOLLOWED = timedelta(seconds=10)
"""How long a reader on another process counts as one unless it says so again."""

_TURN = sa.bindparam("turn", type_=sa.Text())
_WORKER = sa.bindparam("held_by", type_=sa.Text())


@dataclass(frozen=True, slots=True)
class Ending:
    """How a turn ended, and what the model shall remember of it."""

    status: TurnStatus
    remembered: Sequence[TResponseInputItem]
    usage: Usage
    error: str | None = None
    """Code of the failure."""
    undelivered: bool = True
    """Whether nobody was reading."""
    kept: Kept = NOTHING_KEPT


def lease_end() -> ColumnElement[Any]:
    """Return when a lease that is taken or renewed now runs out."""
    return func.now() + literal(LEASE, Interval)


def _own() -> sa.CTE:
    # Everywhere the thread is locked before its turn, so that no two ever wait for each other.
    return sa.select(threads.c.id).where(own_thread()).with_for_update(key_share=True).cte("own")


def _running_in(own: sa.CTE) -> ColumnElement[bool]:
    return sa.and_(
        turns.c.thread_id == sa.select(own.c.id).scalar_subquery(), turns.c.id == _TURN, IS_RUNNING
    )


def _end() -> sa.Select[tuple[bool]]:
    own = _own()
    ended = (
        sa.update(turns)
        .where(_running_in(own), turns.c.worker == _WORKER)
        .values(
            {
                name: sa.bindparam(f"turn_{name}", type_=turns.c[name].type)
                for name in ("status", "model", "input_tokens", "output_tokens", "error")
            }
            | {"undelivered": sa.bindparam("turn_undelivered", type_=sa.Boolean())}
            | {"finished_at": func.now(), "lease_expires_at": None}
        )
        .returning(turns.c.thread_id)
        .cte("ended")
    )
    thread_id = sa.select(ended.c.thread_id).scalar_subquery()
    forgotten = (
        sa.delete(turn_events)
        .where(turn_events.c.thread_id == thread_id, turn_events.c.turn_id == _TURN)
        .cte("forgotten")
    )
    remembered = insertion(threads.c.id == thread_id).cte("remembered")
    spent = spending(thread_id.is_not(None)).cte("spent")
    replaced = (
        sa.delete(transcript_items)
        .where(
            transcript_items.c.thread_id == thread_id,
            transcript_items.c.turn_id == sa.any_(sa.bindparam("turns_replaced", type_=ARRAY(sa.Text()))),
        )
        .cte("replaced")
    )
    saved = state.upsertion(thread_id).cte("state_saved")
    return (
        sa.select(sa.exists(sa.select(ended.c.thread_id)), notified("events"))
        .add_cte(remembered)
        .add_cte(forgotten)
        .add_cte(spent)
        .add_cte(replaced)
        .add_cte(saved)
    )


def _keep_state() -> sa.Select[bool]:
    own = _own()
    running = sa.select(turns.c.thread_id).where(_running_in(own)).with_for_update(read=True).cte("running")
    saved = state.upsertion(sa.select(running.c.thread_id).scalar_subquery()).cte("state_saved")
    return sa.select(sa.exists(sa.select(running.c.thread_id))).add_cte(saved)


_KEEP_STATE = _keep_state()
_END = _end()
_HOLD = (
    sa.select(turns.c.id)
    .where(_running_in(_own()), turns.c.worker == _WORKER)
    .with_for_update(read=True, of=turns)
)
_REQUEST_CANCEL = (
    sa.update(turns)
    .where(own_turns(), IS_RUNNING)
    .values(cancel_requested_at=func.now())
    .returning(turns.c.id, notified("stop"))
)
_REQUEST_CANCEL_ALL = (
    sa.update(turns)
    .where(turns.c.thread_id.in_(sa.select(threads.c.id).where(own_threads())), IS_RUNNING)
    .values(cancel_requested_at=func.now())
    .returning(turns.c.id, notified("stop"))
)
_FOLLOW = (
    sa.update(turns)
    .where(own_turns(), turns.c.id == _TURN, IS_RUNNING)
    .values(followed_until=func.now() + literal(FOLLOWED, Interval))
)
_IS_FOLLOWED = sa.select(turns.c.id).where(
    own_turns(), turns.c.id == _TURN, IS_RUNNING, turns.c.followed_until > func.now()
)
_RENEW = (
    sa.update(turns)
    .where(turns.c.worker == _WORKER, IS_RUNNING, for_everyone("leases of this process"))
    .values(lease_expires_at=lease_end())
    .returning(turns.c.id, turns.c.cancel_requested_at.is_not(None).label("is_cancelled"))
)

_FORGET = (
    sa.update(turns)
    .where(
        turns.c.undelivered,
        turns.c.finished_at < func.now() - literal(REPEATABLE, Interval),
        for_everyone("requests that nobody repeats any more"),
    )
    .values(undelivered=False)
)


async def end(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    turn_id: TurnId,
    worker: str,
    ending: Ending,
) -> None:
    """Record the end of a turn and what the model shall remember of it; forget its events. One statement.

    Raises `TurnLost`, and changes nothing, where the turn does not run any more or `worker` does not run it.
    """
    parameters = {
        **_named(thread_id, user_id, turn_id),
        **insertion_values(thread_id, user_id, turn_id, ending.remembered),
        **spending_values(user_id, ending.usage.input_tokens + ending.usage.output_tokens),
        "held_by": worker,
        "turn_status": ending.status.value,
        "turn_model": ending.usage.model,
        "turn_input_tokens": ending.usage.input_tokens,
        "turn_output_tokens": ending.usage.output_tokens,
        "turn_error": ending.error,
        "turn_undelivered": ending.undelivered,
        "turns_replaced": list(ending.kept.replaces),
        **state.upsertion_values(ending.kept.workflow, ending.kept.state),
    }
    if not (await database.execute(_END, parameters)).scalar_one():
        raise TurnLost


async def keep_state(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    turn_id: TurnId,
    workflow: str,
    variables: ThreadState,
) -> None:
    """Save the variables of a workflow while its turn runs; once that is closed, change nothing."""
    parameters = {
        **_named(thread_id, user_id, turn_id),
        **state.upsertion_values(workflow, variables),
    }
    await database.execute(_KEEP_STATE, parameters)


async def hold(database: Executes, turn: Turn, worker: str) -> None:
    """Keep `turn` from being closed until the transaction ends; raise `TurnLost` where it is already."""
    parameters = {**_named(turn.thread_id, turn.user_id, turn.id), "held_by": worker}
    if (await database.execute(_HOLD, parameters)).first() is None:
        raise TurnLost


async def renew(database: Executes, worker: str) -> Mapping[TurnId, bool]:
    """Extend the lease of every running turn of this process; return them, and which shall be cancelled.

    Spans owners, as only this process' own work does.
    """
    rows = await database.execute(_RENEW, {"held_by": worker})
    return {TurnId(row.id): row.is_cancelled for row in rows}


async def forget_undelivered(database: Executes) -> None:
    """Let requests whose repetition nobody expects any more be new ones; spans owners."""
    await database.execute(_FORGET, {})


async def request_cancel(database: Executes, thread_id: ThreadId, user_id: UserId) -> TurnId | None:
    """Ask whichever process runs a turn of this thread to cancel it; return the turn, None if none runs."""
    row = (await database.execute(_REQUEST_CANCEL, owner(user_id, thread_id))).first()
    return TurnId(row[0]) if row else None


async def request_cancel_all(database: Executes, user_id: UserId) -> int:
    """Ask the processes that run turns of this user to cancel them; return how many there are."""
    return len((await database.execute(_REQUEST_CANCEL_ALL, owner(user_id))).all())


async def follow(database: Executes, thread_id: ThreadId, user_id: UserId, turn_id: TurnId) -> None:
    """Tell the process that runs a turn that it has a reader on another one."""
    await database.execute(_FOLLOW, _named(thread_id, user_id, turn_id))


async def is_followed(database: Executes, thread_id: ThreadId, user_id: UserId, turn_id: TurnId) -> bool:
    """Say whether a running turn has a reader on another process."""
    return (await database.execute(_IS_FOLLOWED, _named(thread_id, user_id, turn_id))).first() is not None


def _named(thread_id: ThreadId, user_id: UserId, turn_id: TurnId) -> dict[str, object]:
    return {**owner(user_id, thread_id), "turn": turn_id}
