"""Accepting a turn with what the page answers to the item that waits for it, and closing what nobody answers.

Each is one short transaction: the thread is locked first, so of answers that race one finds the item waiting.
Item and model's memory change together, so no call of the model is ever without its output, or with two.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatkit.types import (
    ClientToolCallItem,
    StructuredInputItem,
    StructuredInputSubmission,
    ThreadMetadata,
    UserMessageItem,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.assistant.model_input import answers_input
from app.errors import Conflict
from app.ids import ItemId, ThreadId, UserId
from app.languages import Sentence
from app.threads import items, threads
from app.threads.errors import item_missing
from app.threads.waiting import WaitingItem, load_waiting
from app.transcripts import append
from app.turns.acceptance import Repetition, accept, accept_again
from app.turns.approvals import deciding
from app.turns.approvals.saved_run import DecidedRun
from app.turns.replies import answered, closed, closed_for_model, output_for_model, output_text, with_output
from app.turns.turn import TurnOrder

MAX_AGE = timedelta(hours=24)
"""How long a page may take for a call of one of its tools."""

NOTHING_WAITS: Sentence = "No tool call is waiting for a result in this conversation."
ANSWERED_ALREADY: Sentence = "These questions have been answered already."


class TooLate(Conflict):
    """The call that waits is too old to be answered, and is to be closed."""

    def __init__(self) -> None:
        super().__init__("The result of the tool call came too late.")


@dataclass(frozen=True, slots=True)
class GoingOn:
    """The output of a tool of the page that was taken."""

    thread: ThreadMetadata
    decided: DecidedRun | None
    """The run that goes on, where one was saved that waits for what was asked."""


@dataclass(frozen=True, slots=True)
class Answered(GoingOn):
    """Answers that were taken."""

    item: StructuredInputItem


async def accept_tool_output(
    connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, result: object, order: TurnOrder
) -> GoingOn | Repetition:
    """Complete the tool call that waits in a thread, and record the turn that goes on with its result.

    Return the turn instead where the request is a repetition. Raises as `accept` does, `Conflict` where no
    call waits, and `TooLate`. To be rolled back when it raises.
    """
    accepted = await accept_again(connection, thread_id, user_id, order)
    if isinstance(accepted, Repetition):
        return accepted
    found = [
        (waiting.item, waiting.turn_id)
        for waiting in await load_waiting(connection, thread_id, user_id)
        if isinstance(waiting.item, ClientToolCallItem)
    ]
    if not found:
        raise Conflict(NOTHING_WAITS)
    call, turn_id = found[0]
    if _is_too_old(call):
        raise TooLate
    call = with_output(call, result)
    await items.save(connection, thread_id, user_id, call)
    # A run that was saved remembers it by itself as well, in place of this, once it has gone on.
    await append(connection, thread_id, user_id, turn_id, [output_for_model(call)])
    decided = await deciding.answered(
        connection, thread_id, user_id, ItemId(call.id), output_text(call), order.id
    )
    return GoingOn(accepted, decided)


async def accept_answers(
    connection: AsyncConnection,
    thread_id: ThreadId,
    user_id: UserId,
    item_id: ItemId,
    submission: StructuredInputSubmission,
    order: TurnOrder,
) -> Answered | Repetition:
    """Answer the questions in an item, and record the turn that goes on with the answers.

    Return the turn instead where the request is a repetition. Raises as `accept` does, `NotInStore` where the
    thread has no such questions, `Conflict` where they wait no longer, and `BadRequest` for an answer that
    decides about a tool call and is none of the options. To be rolled back when it raises.
    """
    accepted = await accept_again(connection, thread_id, user_id, order)
    if isinstance(accepted, Repetition):
        return accepted
    item = await items.load(connection, thread_id, user_id, item_id)
    if not isinstance(item, StructuredInputItem):
        raise item_missing()
    if item.status != "pending":
        raise Conflict(ANSWERED_ALREADY)
    decided = await deciding.decide(connection, thread_id, user_id, item, submission, order.id)
    item = answered(item, submission)
    await items.save(connection, thread_id, user_id, item)
    if decided is None:
        await append(connection, thread_id, user_id, order.id, answers_input(item))
    return Answered(accepted, decided, item)


async def accept_instead(
    connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, item: UserMessageItem, order: TurnOrder
) -> ThreadMetadata | Repetition:
    """As `accept`, for a message that comes instead of the answer that the thread waits for: that is closed.

    To be rolled back when it raises.
    """
    async with connection.begin_nested() as attempt:
        await close_waiting(connection, thread_id, user_id)
        accepted = await accept(connection, thread_id, user_id, item, order, cleared=True)
        if isinstance(accepted, Repetition):
            await attempt.rollback()
    return accepted


async def close_waiting(
    connection: AsyncConnection, thread_id: ThreadId, user_id: UserId, *, only_too_old: bool = False
) -> list[WaitingItem]:
    """Close what waits in a thread: a call with an error for its output, questions as skipped; return it.

    Tool calls that wait for approval are refused. Raises `Conflict` where a decision cannot be passed over.
    """
    await threads.lock(connection, thread_id, user_id)
    items_closed: list[WaitingItem] = []
    for waiting in await load_waiting(connection, thread_id, user_id):
        if only_too_old and not _is_too_old(waiting.item):
            continue
        item = closed(waiting.item)
        items_closed.append(item)
        await items.save(connection, thread_id, user_id, item)
        refused = await deciding.withdraw(connection, thread_id, user_id, ItemId(item.id))
        # Before the next question, and with the turn that asked: trimming keeps or drops them together.
        told = refused or [closed_for_model(item)]
        await append(connection, thread_id, user_id, waiting.turn_id, told)
    return items_closed


def _is_too_old(item: WaitingItem) -> bool:
    return isinstance(item, ClientToolCallItem) and item.created_at < datetime.now(UTC) - MAX_AGE
