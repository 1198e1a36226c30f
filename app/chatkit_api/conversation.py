"""The operations that begin a turn: create, add a message, retry.

Each checks everything that can be refused, records the turn and what belongs to it in one transaction, and
hands it to the runner. What is refused leaves nothing behind.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from chatkit.types import (
    ActiveStatus,
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
from app.errors import BadRequest, Conflict, NotEnabled
from app.ids import ItemId, ThreadId, TurnId, UserId, new_id
from app.threads import items, threads
from app.turns import records
from app.turns.answer import Answering
from app.turns.publishing import encode, without_items
from app.turns.runner import TurnRunner
from app.turns.titles import TitleWriter
from app.turns.turn import Turn

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
        """Begin a thread with its first message; thread, message and turn are one transaction."""
        self.runner.accept()
        message = _check_input(request.params.input)
        thread = ThreadMetadata(id=new_id("thr"), created_at=datetime.now(UTC))
        turn = _turn(request, thread, context.user_id)
        item = _user_item(message, thread)
        async with self.database.transaction() as connection:
            await threads.insert(connection, context.user_id, thread)
            await records.begin(connection, turn, self.worker)
            await items.save(connection, turn.thread_id, turn.user_id, item, turn_id=turn.id)
        created = ThreadCreatedEvent(thread=without_items(thread))
        self._start(turn, item, context, [created, ThreadItemDoneEvent(item=item), STREAM_OPTIONS])
        self.runner.beside(self.titles.write(turn, user_text(item), context))
        return turn

    async def add_user_message(self, request: ThreadsAddUserMessageReq, context: RequestContext) -> Turn:
        """Add a message to a thread that is open and has no running turn."""
        self.runner.accept()
        message = _check_input(request.params.input)
        thread_id = ThreadId(request.params.thread_id)
        async with self.database.transaction() as connection:
            thread = _open(await threads.load(connection, thread_id, context.user_id))
            turn = _turn(request, thread, context.user_id)
            item = _user_item(message, thread)
            await records.begin(connection, turn, self.worker)
            await items.save(connection, turn.thread_id, turn.user_id, item, turn_id=turn.id)
        self._start(turn, item, context, [ThreadItemDoneEvent(item=item), STREAM_OPTIONS])
        return turn

    async def retry_after_item(self, request: ThreadsRetryAfterItemReq, context: RequestContext) -> Turn:
        """Answer a user message anew: what came after it goes, from thread and model's memory alike."""
        self.runner.accept()
        thread_id, item_id = ThreadId(request.params.thread_id), ItemId(request.params.item_id)
        async with self.database.transaction() as connection:
            thread = _open(await threads.load(connection, thread_id, context.user_id))
            item = await items.load(connection, thread_id, context.user_id, item_id)
            if not isinstance(item, UserMessageItem):
                raise BadRequest("Only the answer to a user message can be tried again.")
            turn = _turn(request, thread, context.user_id)
            await records.begin(connection, turn, self.worker)
            removed = await items.truncate_after(connection, thread_id, context.user_id, item_id)
        opening: list[ThreadStreamEvent] = [STREAM_OPTIONS]
        opening += [ThreadItemRemovedEvent(item_id=removed_id) for removed_id in removed]
        self._start(turn, item, context, opening)
        return turn

    def _start(
        self, turn: Turn, item: UserMessageItem, context: RequestContext, opening: list[ThreadStreamEvent]
    ) -> None:
        first = turn.kind == "threads.create"
        self.runner.start(turn, self.answering.answer(turn.thread, item, context, first=first), opening)


def _turn(request: TurnRequest, thread: ThreadMetadata, user_id: UserId) -> Turn:
    # Recognises the same request from the same user when it comes again.
    fingerprint = hashlib.sha256(user_id.encode() + b"\0" + encode(request)).hexdigest()
    return Turn(TurnId(new_id("turn")), thread, user_id, request.type, fingerprint)


def _user_item(message: UserMessageInput, thread: ThreadMetadata) -> UserMessageItem:
    return UserMessageItem(
        id=new_id("msg"),
        thread_id=thread.id,
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


def _open(thread: ThreadMetadata) -> ThreadMetadata:
    if isinstance(thread.status, ActiveStatus):
        return thread
    reason = f" {thread.status.reason}" if thread.status.reason else ""
    raise Conflict(f"This conversation is {thread.status.type}.{reason}")
