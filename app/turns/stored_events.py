"""The log of a running turn as it stands in Postgres, for other processes and for who closes the turn."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter
from pydantic_core import from_json
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.engine import Executes
from app.db.tables import threads, turn_events, turns
from app.errors import BadRequest
from app.ids import ThreadId, TurnId, UserId
from app.threads.ownership import OWNERS, own_turns, owner, owners
from app.threads.widgets import widget_root
from app.turns.conditions import IS_RUNNING
from app.turns.open_items import OpenItems
from app.turns.turn import TurnStatus

logger = logging.getLogger(__name__)

_EVENT: TypeAdapter[ThreadStreamEvent] = TypeAdapter(ThreadStreamEvent)


@dataclass(frozen=True, slots=True)
class StoredLog:
    """What is written of a running turn."""

    turn_id: TurnId
    frames: Sequence[bytes]
    memory: Sequence[Any]
    """What its run has finished, as Agents SDK items."""

    def open_items(self) -> OpenItems:
        """Return the items that the events leave open; events that cannot be read are left out."""
        found = OpenItems()
        for event in _events(self.frames):
            found.observe(event)
        return found


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where a reader stands in the stored log of a turn."""

    thread_id: ThreadId
    user_id: UserId
    turn_id: TurnId
    row: int
    """Place of the first event of the last row that was read: more may have come into it since."""


@dataclass(frozen=True, slots=True)
class LogGrowth:
    """What has become of a turn since a place in its log."""

    is_running: bool
    rows: list[tuple[int, Sequence[bytes]]] = field(default_factory=list)
    """Events, by the place of the first of each row."""


_RUNNING = (
    sa.select(turns.c.id, turn_events.c.frames, turn_events.c.memory)
    .select_from(
        turns.outerjoin(
            turn_events,
            sa.and_(turn_events.c.thread_id == turns.c.thread_id, turn_events.c.turn_id == turns.c.id),
        )
    )
    .where(own_turns(), IS_RUNNING)
    .order_by(turn_events.c.position)
)
_UNREAD = sa.select(turns.c.id, turns.c.status).where(own_turns(), sa.or_(IS_RUNNING, turns.c.undelivered))


def _grown() -> sa.Select[Any]:
    names: dict[str, type[sa.types.TypeEngine[Any]]] = {
        "thread_id": sa.Text,
        "user_id": sa.Text,
        "turn_id": sa.Text,
        "row": sa.Integer,
    }
    arrays = (sa.bindparam(f"at_{name}", type_=ARRAY(kind)) for name, kind in names.items())
    columns = (sa.column(name, kind) for name, kind in names.items())
    at = sa.func.unnest(*arrays).table_valued(*columns).render_derived(name="at")
    own = sa.and_(threads.c.id == at.c.thread_id, threads.c.user_id == at.c.user_id, OWNERS.is_not(None))
    turn = sa.and_(turns.c.thread_id == threads.c.id, turns.c.id == at.c.turn_id)
    newer = sa.and_(
        turn_events.c.thread_id == turns.c.thread_id,
        turn_events.c.turn_id == turns.c.id,
        turn_events.c.position >= at.c.row,
    )
    return (
        sa.select(at.c.turn_id, turns.c.status, turn_events.c.position, turn_events.c.frames)
        .select_from(at.outerjoin(threads, own).outerjoin(turns, turn).outerjoin(turn_events, newer))
        .order_by(at.c.turn_id, turn_events.c.position)
    )


_GROWN = _grown()


async def running_log(database: Executes, thread_id: ThreadId, user_id: UserId) -> StoredLog | None:
    """Return what is written of the turn that runs on a thread of this user; None if none runs."""
    rows = (await database.execute(_RUNNING, owner(user_id, thread_id))).all()
    if not rows:
        return None
    frames = [frame for row in rows for frame in _split(row.frames)]
    return StoredLog(rows[0].id, frames, [item for row in rows for item in row.memory or ()])


async def running_or_unread(
    database: Executes, thread_id: ThreadId, user_id: UserId
) -> tuple[TurnId | None, Sequence[TurnId]]:
    """Return the turn that runs on a thread of this user, and those that ended unread."""
    rows = (await database.execute(_UNREAD, owner(user_id, thread_id))).all()
    ids = {TurnId(row.id): row.status == TurnStatus.RUNNING.value for row in rows}
    running = next((turn_id for turn_id, is_running in ids.items() if is_running), None)
    return running, [turn_id for turn_id, is_running in ids.items() if not is_running]


async def growth(database: Executes, places: Sequence[LogPlace]) -> dict[TurnId, LogGrowth]:
    """Return what has become of turns, each since its place; one that is gone does not run."""
    parameters = {
        "at_thread_id": [place.thread_id for place in places],
        "at_user_id": [place.user_id for place in places],
        "at_turn_id": [place.turn_id for place in places],
        "at_row": [place.row for place in places],
        **owners(place.user_id for place in places),
    }
    found: dict[TurnId, LogGrowth] = {}
    for row in await database.execute(_GROWN, parameters):
        grown = found.setdefault(TurnId(row.turn_id), LogGrowth(row.status == TurnStatus.RUNNING.value))
        if row.position is not None:
            grown.rows.append((row.position, _split(row.frames)))
    return found


def _split(frames: str | None) -> list[bytes]:
    return frames.encode().split(b"\n") if frames else []


def _events(frames: Iterable[bytes]) -> Iterable[ThreadStreamEvent]:
    for frame in frames:
        try:
            yield _EVENT.validate_python(_with_raw_widget(from_json(frame)))
        except (ValueError, TypeError, LookupError, RecursionError, BadRequest):
            logger.warning("a stored event cannot be read")


def _with_raw_widget(raw: Any) -> Any:
    """Keep widgets as they were streamed: the SDK's strict classes would drop what they do not know."""
    match raw:
        case {"item": {"type": "widget", "widget": dict(widget)} as item}:
            return raw | {"item": item | {"widget": widget_root(widget)}}
        case {"update": {"type": "widget.root.updated", "widget": dict(widget)} as update}:
            return raw | {"update": update | {"widget": widget_root(widget)}}
        case _:
            return raw
