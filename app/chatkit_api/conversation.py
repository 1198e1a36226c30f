"""The operations that begin a turn: create, add a message, retry.

Each checks everything that can be refused, has the turn accepted together with its message, and hands it to
the runner. What is refused leaves nothing behind.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chatkit.types import (
    StreamOptions,
    StreamOptionsEvent,
    ThreadCreatedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadMetadata,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageInput,
    UserMessageItem,
)

from app.assistant.model_input import user_text
from app.chatkit_api.parsing import check_message
from app.context import RequestContext
from app.db.engine import Database
from app.errors import BadRequest, NotEnabled
from app.ids import ItemId, ThreadId, TurnId, new_id
from app.threads import items
from app.turns.acceptance import accept, accept_again, accept_in_new_thread
from app.turns.answer import Answering
from app.turns.publishing import encode, without_items
from app.turns.runner import TurnRunner
from app.turns.titles import TitleWriter
from app.turns.turn import Turn, TurnOrder

TurnRequest = ThreadsCreateReq | ThreadsAddUserMessageReq | ThreadsRetryAfterItemReq

STREAM_OPTIONS = StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True))


@dataclass(frozen=True, slots=True)
class Conversation:
    """Begins turns that answer a user message."""

    database: Database
    runner: TurnRunner
    answering: Answering
    titles: TitleWriter
    worker: str

    async def create(self, request: ThreadsCreateReq, context: RequestContext) -> Turn:
        """Begin a thread with its first message."""
        self.runner.accept()
        message = _check_input(request.params.input)
        thread = ThreadMetadata(id=new_id("thr"), created_at=datetime.now(UTC))
        order, item = self._order(request, context), _user_item(message, thread.id)
        async with self.database.autocommit() as connection:
            await accept_in_new_thread(connection, context.user_id, thread, item, order)
        created = ThreadCreatedEvent(thread=without_items(thread))
        opening: list[ThreadStreamEvent] = [created, ThreadItemDoneEvent(item=item), STREAM_OPTIONS]
        turn = self._start(order, thread, item, context, opening, first=True)
        self.runner.beside(self.titles.write(turn, user_text(item), context))
        return turn

    async def add_user_message(self, request: ThreadsAddUserMessageReq, context: RequestContext) -> Turn:
        """Add a message to a thread that is open and has no running turn."""
        self.runner.accept()
        message = _check_input(request.params.input)
        thread_id = ThreadId(request.params.thread_id)
        order, item = self._order(request, context), _user_item(message, thread_id)
        await self.runner.make_way(thread_id, context.user_id)
        async with self.database.autocommit() as connection:
            thread = await accept(connection, thread_id, context.user_id, item, order)
        return self._start(order, thread, item, context, [ThreadItemDoneEvent(item=item), STREAM_OPTIONS])

    async def retry_after_item(self, request: ThreadsRetryAfterItemReq, context: RequestContext) -> Turn:
        """Answer a user message anew: what came after it goes, from thread and model's memory alike."""
        self.runner.accept()
        thread_id, item_id = ThreadId(request.params.thread_id), ItemId(request.params.item_id)
        order = self._order(request, context)
        await self.runner.make_way(thread_id, context.user_id)
        async with self.database.transaction() as connection:
            thread = await accept_again(connection, thread_id, context.user_id, order)
            item = await items.load(connection, thread_id, context.user_id, item_id)
            if not isinstance(item, UserMessageItem):
                raise BadRequest("Only the answer to a user message can be tried again.")
            removed = await items.truncate_after(connection, thread_id, context.user_id, item_id)
        opening: list[ThreadStreamEvent] = [STREAM_OPTIONS]
        opening += [ThreadItemRemovedEvent(item_id=removed_id) for removed_id in removed]
        return self._start(order, thread, item, context, opening)

    def _order(self, request: TurnRequest, context: RequestContext) -> TurnOrder:
        fingerprint = hashlib.sha256(context.user_id.encode() + b"\0" + encode(request)).hexdigest()
        return TurnOrder(TurnId(new_id("turn")), request.type, fingerprint, self.worker)

    def _start(
        self,
        order: TurnOrder,
        thread: ThreadMetadata,
        item: UserMessageItem,
        context: RequestContext,
        opening: Sequence[ThreadStreamEvent],
        *,
        first: bool = False,
    ) -> Turn:
        turn = Turn(order.id, thread, context.user_id)
        self.runner.start(turn, self.answering.answer(thread, item, context, first=first), opening)
        return turn


def _user_item(message: UserMessageInput, thread_id: str) -> UserMessageItem:
    return UserMessageItem(
        id=new_id("msg"),
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        content=message.content,
        quoted_text=message.quoted_text,
        inference_options=message.inference_options,
    )


def _check_input(message: UserMessageInput) -> UserMessageInput:
    if message.attachments:
        raise NotEnabled("Attachments are not enabled on this server.")
    if message.inference_options.model is not None:
        raise BadRequest("This server does not offer a choice of models.")
    if message.inference_options.tool_choice is not None:
        raise BadRequest("This server does not offer a choice of tools.")
    return check_message(message)
