"""What every operation that begins a turn does: order it, start it, or find the one that it repeats."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from chatkit.types import (
    ThreadMetadata,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
)

from app.context import RequestContext
from app.db.engine import Database
from app.ids import ItemId, TurnId, new_id
from app.turns.acceptance import Repetition
from app.turns.answering import Answering
from app.turns.finding import Turns
from app.turns.publishing import encode
from app.turns.turn import ReadableTurn, Turn, TurnOrder, TurnWork

TurnRequest = (
    ThreadsCreateReq
    | ThreadsAddUserMessageReq
    | ThreadsAddClientToolOutputReq
    | ThreadsAddStructuredInputReq
    | ThreadsRetryAfterItemReq
    | ThreadsCustomActionReq
)


@dataclass(frozen=True, slots=True)
class BeginsTurns:
    """The part that the operations share; each class of them adds its own."""

    database: Database
    turns: Turns
    answering: Answering

    def is_running(self, request: TurnRequest, context: RequestContext) -> bool:
        """Say whether this very request has begun a turn that runs here."""
        fingerprint = _fingerprint(request, context)
        return any(turn.fingerprint == fingerprint for turn in self.turns.runner.running())

    async def _again(self, repeated: Repetition, context: RequestContext) -> ReadableTurn:
        """Return the turn that this request, which has come before, has begun."""
        turn = await self.turns.again(
            repeated.thread_id, context.user_id, repeated.turn_id, is_running=repeated.is_running
        )
        if isinstance(turn, Turn) and context.cancels_explicitly:
            turn.stops_unread = False
        return turn

    def _order(
        self, request: TurnRequest, context: RequestContext, item_id: ItemId | None = None
    ) -> TurnOrder:
        fingerprint = _fingerprint(request, context)
        worker, language = self.turns.writer.worker, context.language
        return TurnOrder(TurnId(new_id("turn")), request.type, fingerprint, worker, language, item_id)

    def _begin(
        self,
        order: TurnOrder,
        thread: ThreadMetadata,
        work: TurnWork,
        context: RequestContext,
        opening: Sequence[ThreadStreamEvent],
    ) -> Turn:
        turn = Turn(
            order.id,
            thread,
            context.user_id,
            order.fingerprint,
            order.language,
            stops_unread=not context.cancels_explicitly,
        )
        self.turns.runner.start(turn, work, opening)
        return turn


def _fingerprint(request: TurnRequest, context: RequestContext) -> str:
    return hashlib.sha256(context.user_id.encode() + b"\0" + encode(request)).hexdigest()
