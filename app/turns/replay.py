"""An ended turn as events, made of what it left in its thread.

Whoever was not there at the end, or was cut off, gets the same items as those who were: they read the log,
which is gone with the turn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from chatkit.types import (
    StreamOptions,
    StreamOptionsEvent,
    ThreadCreatedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    UserMessageItem,
)

from app.db.engine import Executes
from app.db.tables import thread_items, threads, turns
from app.ids import ThreadId, TurnId, UserId
from app.threads import items
from app.threads.ownership import own_items, own_thread, owner
from app.threads.payload import item_from
from app.threads.thread_row import SELECTED as THREAD_COLUMNS
from app.threads.thread_row import thread_from
from app.threads.waiting import IS_WAITING
from app.turns.conditions import ADD_STRUCTURED_INPUT, CREATE, CUSTOM_ACTION, IS_RUNNING
from app.turns.failures import known
from app.turns.log import TurnLog
from app.turns.publishing import encode, without_items
from app.turns.turn import ReadTurn
from app.turns.unfinished import error_event

_TURN = sa.bindparam("turn", type_=sa.Text())
_HEAD = (
    sa.select(turns.c.kind, turns.c.error, turns.c.language, turns.c.item_id, *THREAD_COLUMNS)
    .join(threads, threads.c.id == turns.c.thread_id)
    .where(own_thread(), turns.c.id == _TURN, sa.not_(IS_RUNNING))
)
_ITEMS = (
    sa.select(*items.SELECTED)
    .where(own_items(), thread_items.c.turn_id == _TURN, sa.not_(thread_items.c.hidden))
    .order_by(thread_items.c.seq)
)
_ANSWERED = (
    sa.select(*items.SELECTED)
    .where(
        own_items(),
        thread_items.c.type == "structured_input",
        thread_items.c.turn_id.is_distinct_from(_TURN),
        sa.not_(IS_WAITING),
    )
    .order_by(thread_items.c.seq.desc())
    .limit(1)
)

_CLICKED = sa.select(*items.SELECTED).where(
    own_items(), thread_items.c.id == sa.bindparam("item", type_=sa.Text())
)


@dataclass(frozen=True, slots=True)
class EndedTurn:
    """What an ended turn comes down to."""

    opening: Sequence[ThreadStreamEvent]
    """What stood before its answer, the options of the stream left out."""
    answer: Sequence[ThreadStreamEvent]
    """Its items, and why there are no more of them."""


def stream_options(*, allow_cancel: bool) -> StreamOptionsEvent:
    """Return the event that stands before every answer: whether the page shows a button to stop it."""
    return StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=allow_cancel))


async def ended_turn(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    turn_id: TurnId,
) -> EndedTurn | None:
    """Return a turn that has ended; None if the user has no such turn, or it still runs."""
    parameters = {**owner(user_id, thread_id), "turn": turn_id}
    head = (await database.execute(_HEAD, parameters)).one_or_none()
    if head is None:
        return None
    rows = (await database.execute(_ITEMS, parameters)).all()
    done = [ThreadItemDoneEvent(item=item_from(row)) for row in rows]
    question = [event for event in done if isinstance(event.item, UserMessageItem)]
    answer: list[ThreadStreamEvent] = [event for event in done if not isinstance(event.item, UserMessageItem)]
    if head.kind == ADD_STRUCTURED_INPUT:
        # What it began with: the answers, which stand in an item of the turn before.
        changed = (await database.execute(_ANSWERED, parameters)).one_or_none()
        answer[:0] = [ThreadItemReplacedEvent(item=item_from(changed))] if changed is not None else []
    if head.kind == CUSTOM_ACTION and head.item_id is not None:
        # What it may have changed stands where it stood.
        clicked = (await database.execute(_CLICKED, {**parameters, "item": head.item_id})).one_or_none()
        answer[:0] = [ThreadItemReplacedEvent(item=item_from(clicked))] if clicked is not None else []
    if head.error and (failure := known(head.error)):
        answer.append(error_event(failure, head.language))
    is_new = head.kind == CREATE
    created = [ThreadCreatedEvent(thread=without_items(thread_from(head)))] if is_new else []
    return EndedTurn([*created, *question], answer)


def as_read(
    thread_id: ThreadId, user_id: UserId, turn_id: TurnId, events: Iterable[ThreadStreamEvent]
) -> ReadTurn:
    """Return events to be read like those of a turn that runs."""
    log = TurnLog()
    for event in events:
        log.append(encode(event))
    log.close()
    return ReadTurn(turn_id, thread_id, user_id, log)
