"""The two operations that a click in a widget can be: answered with a stream, or at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatkit.types import (
    SyncCustomActionResponse,
    ThreadCustomActionParams,
    ThreadItemReplacedEvent,
    ThreadsCustomActionReq,
    ThreadsSyncCustomActionReq,
    ThreadStreamEvent,
)

from app.assistant.actions import Action
from app.assistant.actions.choosing import Click, known
from app.assistant.actions.earlier_system import of_earlier_system
from app.chatkit_api.beginning import BeginsTurns
from app.chatkit_api.choices import Choices
from app.chatkit_api.parsing import check_action
from app.chatkit_api.sync_action import SyncActions
from app.context import RequestContext
from app.errors import NotEnabled
from app.ids import ItemId, ThreadId
from app.threads.consumed_actions import release
from app.threads.importing.stored import is_imported
from app.turns.acceptance import Repetition
from app.turns.accepting_actions import AcceptedAction, accept_action
from app.turns.acting import Acting
from app.turns.turn import ReadableTurn


@dataclass(frozen=True, slots=True)
class Actions(BeginsTurns):
    """Carries out what users do in widgets, with the handlers of the assistant."""

    choices: Choices
    at_once: SyncActions

    async def custom_action(self, request: ThreadsCustomActionReq, context: RequestContext) -> ReadableTurn:
        """Begin the turn of an action on a thread that is open and has no running turn."""
        self.turns.runner.accept()
        click = _click(request.params, is_streaming=True)
        actions = await self._offered(request, click, context)
        thread_id, item_id = _named(request.params)
        order = self._order(request, context, item_id)
        await self.turns.runner.make_way(thread_id, context.user_id, order.fingerprint)
        await self.turns.runner.spoken_out(thread_id, context.user_id)
        choice = await self.choices.of_last_question(thread_id, context)
        async with self.database.transaction() as connection:
            accepted = await accept_action(connection, thread_id, context.user_id, click, actions, order)
        if isinstance(accepted, Repetition):
            return await self._again(accepted, context)
        work = Acting(
            self.answering,
            accepted,
            context,
            lambda: self._released(accepted, context),
            turn_id=order.id,
            choice=choice,
        )
        opening: list[ThreadStreamEvent] = [self.turns.stream_options]
        opening += [ThreadItemReplacedEvent(item=item) for item in accepted.closed]
        return self._begin(order, accepted.thread, work, context, opening)

    async def sync_custom_action(
        self, request: ThreadsSyncCustomActionReq, context: RequestContext
    ) -> SyncCustomActionResponse:
        """Carry an action out at once, whether or not a turn runs on the thread."""
        click = _click(request.params, is_streaming=False)
        actions = await self._offered(request, click, context)
        return await self.at_once.carry_out(*_named(request.params), click, actions, context)

    async def _offered(
        self,
        request: ThreadsCustomActionReq | ThreadsSyncCustomActionReq,
        click: Click,
        context: RequestContext,
    ) -> Mapping[str, Action]:
        """Return the actions among which the click is; raise `NotEnabled` or `BadRequest` if it is not."""
        actions = self.answering.assistant.declared_actions
        thread_id, item_id = _named(request.params)
        if (
            click.kind not in actions
            and item_id is not None
            and await is_imported(self.database, thread_id, context.user_id, item_id)
        ):
            return of_earlier_system(click)
        if not actions:
            raise NotEnabled("{operation} is not enabled on this server.", operation=request.type)
        known(actions, click)
        return actions

    async def _released(self, accepted: AcceptedAction, context: RequestContext) -> None:
        if accepted.chosen.action.once and (item := accepted.item) is not None:
            thread_id = ThreadId(accepted.thread.id)
            await release(self.database, thread_id, context.user_id, ItemId(item.id), accepted.chosen.kind)


def _click(params: ThreadCustomActionParams, *, is_streaming: bool) -> Click:
    check_action(params.action)
    return Click(params.action.type, params.action.payload, is_streaming)


def _named(params: ThreadCustomActionParams) -> tuple[ThreadId, ItemId | None]:
    return ThreadId(params.thread_id), (params.item_id and ItemId(params.item_id)) or None
