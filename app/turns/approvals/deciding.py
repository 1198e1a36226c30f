"""What is written when the user decides about pending calls, or when nobody does any more.

Runs in the transaction that changes the item. What was refused is told to the model here, once, whatever
becomes of the run; the output of an approved call is written by the turn that carries it out.
"""

from collections.abc import Sequence

from agents import TResponseInputItem
from chatkit.types import StructuredInputItem, StructuredInputSubmission
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.engine import Executes
from app.errors import Conflict
from app.ids import ItemId, ThreadId, TurnId, UserId
from app.languages import Sentence
from app.transcripts import append
from app.turns.approvals import pauses
from app.turns.approvals.form import decisions_in, refused, words_in
from app.turns.approvals.pending import NOT_ASKED_ANY_MORE
from app.turns.approvals.saved_run import DecidedRun

DECIDE_FIRST: Sentence = "Your decision is waited for in this conversation. Decide first, then go on."


async def decide(
    connection: AsyncConnection,
    thread_id: ThreadId,
    user_id: UserId,
    form: StructuredInputItem,
    submission: StructuredInputSubmission,
    turn_id: TurnId,
) -> DecidedRun | None:
    """Record what the answers to `form` decide, for a turn to go on with; None for other questions.

    Raises `BadRequest` for an answer that the form does not offer, and `Conflict` where it is decided.
    """
    item_id = ItemId(form.id)
    pause = await pauses.load(connection, thread_id, user_id, item_id)
    if pause is None:
        return None
    decided = DecidedRun(pause.saved, decisions_in(form, submission), words_in(form, submission))
    if not await pauses.decide(connection, thread_id, user_id, item_id, decided.decisions, turn_id):
        raise Conflict("These questions have been answered already.")
    if not pause.saved.is_workflow:
        told = [call.told(decided.outcome(call)) for call in decided.refused]
        await append(connection, thread_id, user_id, pause.turn_id, told)
    return decided


async def answered(
    connection: AsyncConnection,
    thread_id: ThreadId,
    user_id: UserId,
    item_id: ItemId,
    output: str,
    turn_id: TurnId,
) -> DecidedRun | None:
    """Take what the page has given for a call that a run waits for, to go on with; None where none does."""
    pause = await pauses.load(connection, thread_id, user_id, item_id)
    if pause is None:
        return None
    if not await pauses.decide(connection, thread_id, user_id, item_id, {}, turn_id):
        raise Conflict("No tool call is waiting for a result in this conversation.")
    return DecidedRun(pause.saved, {}, output=output)


async def withdraw(
    database: Executes, thread_id: ThreadId, user_id: UserId, item_id: ItemId
) -> Sequence[TResponseInputItem]:
    """As `close`, because the user does something else; raise `Conflict` where they have to decide first."""
    pause = await pauses.load(database, thread_id, user_id, item_id)
    if pause is not None and pause.saved.firm:
        raise Conflict(DECIDE_FIRST)
    return await close(database, thread_id, user_id, item_id)


async def close(
    database: Executes,
    thread_id: ThreadId,
    user_id: UserId,
    item_id: ItemId,
    outcome: str = NOT_ASKED_ANY_MORE,
) -> Sequence[TResponseInputItem]:
    """Refuse what waits for the answer to an item, if a run does; return what the model is to be told."""
    pause = await pauses.load(database, thread_id, user_id, item_id)
    if pause is None:
        return ()
    await pauses.decide(database, thread_id, user_id, item_id, refused(pause.saved.calls), None)
    return [call.told(outcome) for call in pause.saved.calls]
