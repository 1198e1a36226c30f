"""The rows of `pauses`: a run that waits, what it waits for, and what was decided.

Each statement names the owner. Rows are written with the item that asks, by the flush of the turn. A saved
run is kept only as long as it can go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from app.db.engine import Executes
from app.db.tables import pauses
from app.ids import ItemId, ThreadId, TurnId, UserId
from app.threads.characters import lookup_key
from app.threads.ownership import own_pauses, owner
from app.turns.approvals import pending
from app.turns.approvals.form import Decisions
from app.turns.approvals.pending import PendingCall
from app.turns.approvals.saved_run import SavedRun

_ITEM = sa.bindparam("item", type_=sa.Text())
_WAITS = sa.and_(
    own_pauses(),
    pauses.c.item_id == _ITEM,
    pauses.c.decided_at.is_(None),
)
_LOAD = sa.select(
    pauses.c.turn_id,
    pauses.c.calls,
    sa.cast(pauses.c.state, sa.Text).label("state"),
    pauses.c.state_version,
    pauses.c.history_end,
    pauses.c.firm,
).where(_WAITS)
_DECIDE = (
    sa.update(pauses)
    .where(_WAITS)
    .values(
        decided_at=sa.func.now(),
        decisions=sa.bindparam("decided_decisions", type_=JSONB),
        decided_turn_id=sa.bindparam("decided_turn", type_=sa.Text()),
        state=sa.null(),
    )
)


@dataclass(frozen=True, slots=True)
class Pause:
    """A run that waits, and the turn that asked."""

    turn_id: TurnId
    saved: SavedRun


def row_of(saved: SavedRun) -> str:
    """Return what a flush writes of a saved run, as one JSON text."""
    calls = to_json(pending.as_json(saved.calls)).decode()
    about = {"version": saved.version, "history_end": saved.history_end, "firm": saved.firm}
    # The state is JSON already, and may be long.
    return f'{{"state":{saved.state},"calls":{calls},"about":{to_json(about).decode()}}}'


def insertion(
    thread_id: sa.ColumnElement[str],
    turn_id: sa.ColumnElement[str],
    item_id: sa.ColumnElement[str],
    row: sa.ColumnElement[str],
) -> postgresql.Insert:
    """Return the statement that stores what `row_of` has made, where there is such a row."""
    value = sa.cast(row, JSONB)
    values = {
        "thread_id": thread_id,
        "item_id": item_id,
        "turn_id": turn_id,
        "calls": sa.func.jsonb_extract_path(value, "calls", type_=JSONB),
        "state": sa.func.jsonb_extract_path(value, "state", type_=JSONB),
        "state_version": sa.func.jsonb_extract_path_text(value, "about", "version"),
        "history_end": sa.cast(sa.func.jsonb_extract_path_text(value, "about", "history_end"), sa.BigInteger),
        "firm": sa.cast(sa.func.jsonb_extract_path_text(value, "about", "firm"), sa.Boolean),
    }
    chosen = sa.select(*values.values()).where(row.is_not(None))
    # A flush whose answer was lost is sent again.
    return (
        postgresql.insert(pauses)
        .from_select(list(values), chosen, include_defaults=False)
        .on_conflict_do_nothing()
    )


async def load(database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId) -> Pause | None:
    """Return the run that waits for the answer to an item; None where none does."""
    row = (await database.execute(_LOAD, _named(thread_id, user_id, item_id))).one_or_none()
    if row is None:
        return None
    calls: Sequence[PendingCall] = pending.from_json(row.calls)
    saved = SavedRun(row.state, row.state_version, calls, row.history_end, row.firm)
    return Pause(TurnId(row.turn_id), saved)


async def decide(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    item_id: ItemId,
    decisions: Decisions,
    turn_id: TurnId | None,
) -> bool:
    """Record a decision and forget the saved run; say whether it still waited."""
    parameters = _named(thread_id, user_id, item_id) | {
        "decided_decisions": dict(decisions),
        "decided_turn": turn_id,
    }
    return (await database.execute(_DECIDE, parameters)).rowcount == 1


def _named(thread_id: ThreadId, user_id: UserId, item_id: str) -> dict[str, object]:
    return owner(user_id, thread_id) | {"item": lookup_key(item_id)}
