"""An action that is answered at once: checked, carried out, stored, in this order.

No transaction is held while the handler runs. What it returns is stored only on top of the widget that it
has seen, under the lock of the thread, so that nobody loses what others have written.
"""

import asyncio
import inspect
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from chatkit.errors import CustomStreamError
from chatkit.types import (
    HiddenContextItem,
    SyncCustomActionResponse,
    ThreadMetadata,
    WidgetItem,
)
from pydantic import BaseModel

from app.assistant.actions import Action, SyncActionContext
from app.assistant.actions.action_context import Change, changed
from app.assistant.actions.choosing import Chosen, Click, choose
from app.assistant.model_notes import note_of
from app.context import RequestContext
from app.db.engine import Database, Executes
from app.errors import ActionFailed, ActionRefused, ChatKitServerError, Conflict
from app.ids import ItemId, ThreadId, UserId, new_id
from app.languages import Sentence
from app.threads import items, threads
from app.threads.consumed_actions import consume, release
from app.threads.status import check_open
from app.threads.widgets import widget_json
from app.transcripts import append
from app.turns.accepting_actions import load_widget
from app.turns.acting import FAILED
from app.turns.failures import origin

logger = logging.getLogger(__name__)

SECONDS = 30.0
"""How long a handler may take."""

CALLS = 5
"""How often one is called for a click, where others change the widget meanwhile."""

CHANGED: Sentence = "Others are changing this at the same time. Please try again."


@dataclass(frozen=True, slots=True)
class _Accepted:
    thread: ThreadMetadata
    item: WidgetItem | None
    chosen: Chosen
    is_done_already: bool


@dataclass(frozen=True, slots=True)
class SyncActions:
    """Made once. Clicks in one widget are carried out one after the other, as far as they come here."""

    database: Database
    queues: WeakValueDictionary[tuple[UserId, ThreadId, ItemId | None], asyncio.Lock] = field(
        default_factory=WeakValueDictionary
    )

    async def carry_out(
        self,
        thread_id: ThreadId,
        item_id: ItemId | None,
        click: Click,
        actions: Mapping[str, Action],
        context: RequestContext,
    ) -> SyncCustomActionResponse:
        """Return the widget as it is stored then; the one that is there for what runs once and has.

        Raises `NotInStore`, and `BadRequest` or `Conflict` for what is refused: then nothing is written.
        """
        queue = self.queues.setdefault((context.user_id, thread_id, item_id), asyncio.Lock())
        async with queue:
            accepted = await self._accept(thread_id, item_id, click, actions, context)
            if accepted.is_done_already:
                return SyncCustomActionResponse(updated_item=accepted.item)
            try:
                return SyncCustomActionResponse(updated_item=await self._done(accepted, context))
            except BaseException:
                await self._release(accepted, context)
                raise

    async def _accept(
        self,
        thread_id: ThreadId,
        item_id: ItemId | None,
        click: Click,
        actions: Mapping[str, Action],
        context: RequestContext,
    ) -> _Accepted:
        async with self.database.transaction() as connection:
            thread = await threads.load(connection, thread_id, context.user_id)
            check_open(thread)
            item = await load_widget(connection, thread_id, context.user_id, item_id)
            chosen = choose(actions, click, item)
            is_new = True
            if chosen.action.once and item is not None:
                is_new = await consume(connection, thread_id, context.user_id, ItemId(item.id), chosen.kind)
            return _Accepted(thread, item, chosen, not is_new)

    async def _done(self, accepted: _Accepted, context: RequestContext) -> WidgetItem | None:
        item = accepted.item
        for _ in range(CALLS):
            acting = SyncActionContext(accepted.thread, context, accepted.chosen.kind, item)
            change = await _handled(accepted.chosen, acting)
            if change is not None and item is None:
                raise ActionFailed(FAILED) from TypeError("an action without a widget cannot change it")
            stored, is_done = await self._store(accepted, item, change, acting.notes, context)
            if is_done:
                return stored
            item = stored
        raise Conflict(CHANGED)

    async def _store(
        self,
        accepted: _Accepted,
        seen: WidgetItem | None,
        change: Change | None,
        notes: list[str],
        context: RequestContext,
    ) -> tuple[WidgetItem | None, bool]:
        """Store what a handler has made of the widget it has `seen`.

        Return what is to be answered, or, where the widget is another one by now, that one and False.
        """
        thread_id, user_id = ThreadId(accepted.thread.id), context.user_id
        async with self.database.transaction() as connection:
            await threads.lock(connection, thread_id, user_id)
            current = await load_widget(connection, thread_id, user_id, ItemId(seen.id) if seen else None)
            if change is not None and current is not None and seen is not None:
                # A once-only action runs once even then: it has the last word on its widget.
                is_on_top = accepted.chosen.action.once or not isinstance(change, BaseModel)
                if not is_on_top and widget_json(current.widget) != widget_json(seen.widget):
                    return current, False
                current = changed(current, change)
                await items.save(connection, thread_id, user_id, current)
            for note in notes:
                await _keep(connection, thread_id, note, context)
            return current if change is not None else None, True

    async def _release(self, accepted: _Accepted, context: RequestContext) -> None:
        if accepted.chosen.action.once and accepted.item is not None:
            thread_id, item_id = ThreadId(accepted.thread.id), ItemId(accepted.item.id)
            await release(self.database, thread_id, context.user_id, item_id, accepted.chosen.kind)


async def _handled(chosen: Chosen, acting: SyncActionContext) -> Change | None:
    try:
        async with asyncio.timeout(SECONDS):
            made = chosen.action.handler(acting, *chosen.arguments)
            change: Change | None = await made if inspect.isawaitable(made) else made
            return change
    except ChatKitServerError:
        raise
    except CustomStreamError as error:
        raise ActionRefused(error.message) from error
    except Exception as error:
        logger.warning("an action failed", extra={"action": chosen.kind, "origin": origin(error)})
        raise ActionFailed(FAILED) from error


async def _keep(connection: Executes, thread_id: ThreadId, note: str, context: RequestContext) -> None:
    now = datetime.now(UTC)
    item = HiddenContextItem(id=new_id("msg"), thread_id=thread_id, created_at=now, content=note)
    await items.save(connection, thread_id, context.user_id, item)
    await append(connection, thread_id, context.user_id, None, [note_of(item)])
