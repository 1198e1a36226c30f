"""Accepting a turn that a click in a widget begins, in one transaction: all or nothing.

The thread is locked first, so that of clicks that race one is accepted; the action is looked up in the widget
as it is stored then. What waits in the thread for the page is closed, as by a message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatkit.types import HiddenContextItem, SDKHiddenContextItem, ThreadMetadata, WidgetItem
from sqlalchemy.ext.asyncio import AsyncConnection

from app.assistant.actions import Action
from app.assistant.actions.choosing import Chosen, Click, choose
from app.db.engine import Executes
from app.errors import Conflict, Malformed
from app.ids import ItemId, ThreadId, UserId
from app.languages import Sentence
from app.threads import items
from app.threads.consumed_actions import consume
from app.threads.errors import item_missing
from app.threads.waiting import WaitingItem
from app.turns.acceptance import Repetition, accept_again
from app.turns.continuing import close_waiting
from app.turns.turn import TurnOrder

DONE_ALREADY: Sentence = "This has been done already."


@dataclass(frozen=True, slots=True)
class AcceptedAction:
    """A click that is to be carried out, in a turn that is recorded."""

    thread: ThreadMetadata
    chosen: Chosen
    item: WidgetItem | None
    closed: Sequence[WaitingItem]
    """What waited for the page, and does not any more."""


async def accept_action(
    connection: AsyncConnection,
    thread_id: ThreadId,
    user_id: UserId,
    click: Click,
    actions: Mapping[str, Action],
    order: TurnOrder,
) -> AcceptedAction | Repetition:
    """Check a click in the widget that `order` names, if any, and record the turn that carries it out.

    Return the turn instead where the request is a repetition. Raises as `accept` and `choose` do,
    `NotInStore` and `BadRequest` where there is no such widget, and `Conflict` for an action that runs once
    and has. To be rolled back when it raises.
    """
    async with connection.begin_nested() as attempt:
        closed = await close_waiting(connection, thread_id, user_id)
        thread = await accept_again(connection, thread_id, user_id, order)
        if isinstance(thread, Repetition):
            await attempt.rollback()
            return thread
    item = await load_widget(connection, thread_id, user_id, order.item_id)
    chosen = choose(actions, click, item)
    if chosen.action.once and not await _consumed(connection, thread_id, user_id, chosen, item):
        raise Conflict(DONE_ALREADY)
    return AcceptedAction(thread, chosen, item, closed)


async def _consumed(
    connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, chosen: Chosen, item: WidgetItem | None
) -> bool:
    return item is None or await consume(connection, thread_id, user_id, ItemId(item.id), chosen.kind)


async def load_widget(
    database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId | None
) -> WidgetItem | None:
    """Return the widget that is named, if any; raise `NotInStore`, or `BadRequest` for what is none."""
    if item_id is None:
        return None
    item = await items.load(database, thread_id, user_id, item_id)
    if isinstance(item, HiddenContextItem | SDKHiddenContextItem):
        raise item_missing()
    if not isinstance(item, WidgetItem):
        raise Malformed("This item is not a widget.")
    return item
