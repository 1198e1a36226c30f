"""The operations that begin a turn: create, add a message, retry, and what the page answers to one before.

Each checks everything that can be refused, has the turn accepted together with its message, and hands it to
the runner. What is refused leaves nothing behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chatkit.types import (
    ThreadCreatedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageInput,
    UserMessageItem,
)

from app.assistant.choices import Choice
from app.assistant.model_input import user_text
from app.chatkit_api.beginning import BeginsTurns
from app.chatkit_api.choices import Choices
from app.chatkit_api.parsing import check_answers, check_message, check_tool_result
from app.context import RequestContext
from app.errors import BadRequest
from app.ids import ItemId, ThreadId, new_id
from app.threads import items
from app.threads.image_domains import image_domains
from app.turns.acceptance import Repetition, accept_again
from app.turns.approvals.saved_run import DecidedRun
from app.turns.continuing import (
    TooLate,
    accept_answers,
    accept_tool_output,
    close_waiting,
)
from app.turns.publishing import without_items
from app.turns.sending import Sending
from app.turns.titles import TitleWriter
from app.turns.turn import ReadableTurn, Turn, TurnOrder


@dataclass(frozen=True, slots=True)
class Conversation(BeginsTurns):
    """Begins turns that answer a user message, or go on where the page has answered."""

    titles: TitleWriter
    choices: Choices
    added_image_domains: Sequence[str]
    sending: Sending

    async def create(self, request: ThreadsCreateReq, context: RequestContext) -> ReadableTurn:
        """Begin a thread with its first message."""
        self.turns.runner.accept()
        choice = await self.choices.of(request.params.input.inference_options, context)
        item = await self._checked(request.params.input, ThreadId(new_id("thr")), context)
        order = self._order(request, context)
        thread = ThreadMetadata(
            id=item.thread_id,
            # The statement that stores both has one time for them.
            created_at=item.created_at,
            allowed_image_domains=image_domains(context.base_url, self.added_image_domains),
        )
        repeated = await self.sending.in_new_thread(context.user_id, thread, item, order)
        if repeated is not None:
            return await self._again(repeated, context)
        opening: list[ThreadStreamEvent] = [
            ThreadCreatedEvent(thread=without_items(thread)),
            ThreadItemDoneEvent(item=item),
            self.turns.stream_options,
        ]
        turn = self._start(order, thread, item, context, opening, choice, first=True)
        if context.session is None or context.session.titles:
            self.turns.runner.beside(self.titles.write(turn, user_text(item), context))
        return turn

    async def add_user_message(
        self, request: ThreadsAddUserMessageReq, context: RequestContext
    ) -> ReadableTurn:
        """Add a message to a thread that is open and has no running turn."""
        self.turns.runner.accept()
        choice = await self.choices.of(request.params.input.inference_options, context)
        thread_id = ThreadId(request.params.thread_id)
        item = await self._checked(request.params.input, thread_id, context)
        order = self._order(request, context)
        await self.turns.runner.make_way(thread_id, context.user_id, order.fingerprint)
        accepted = await self.sending.in_thread(context.user_id, thread_id, item, order)
        if isinstance(accepted, Repetition):
            return await self._again(accepted, context)
        opening: list[ThreadStreamEvent] = [ThreadItemDoneEvent(item=item), self.turns.stream_options]
        return self._start(order, accepted, item, context, opening, choice)

    async def add_client_tool_output(
        self, request: ThreadsAddClientToolOutputReq, context: RequestContext
    ) -> ReadableTurn:
        """Go on with what a tool of the page gave for the call that waits."""
        self.turns.runner.accept()
        result = check_tool_result(request.params.result)
        thread_id, order = ThreadId(request.params.thread_id), self._order(request, context)
        choice = await self.choices.of_last_question(thread_id, context)
        await self.turns.runner.spoken_out(thread_id, context.user_id)
        try:
            async with self.database.transaction() as connection:
                accepted = await accept_tool_output(connection, thread_id, context.user_id, result, order)
        except TooLate:
            async with self.database.transaction() as connection:
                await close_waiting(connection, thread_id, context.user_id, only_too_old=True)
            raise
        if isinstance(accepted, Repetition):
            return await self._again(accepted, context)
        opening: list[ThreadStreamEvent] = [self.turns.stream_options]
        return self._start(order, accepted.thread, None, context, opening, choice, decided=accepted.decided)

    async def add_structured_input(
        self, request: ThreadsAddStructuredInputReq, context: RequestContext
    ) -> ReadableTurn:
        """Go on with the user's answers to the questions that wait, or without them where they skip."""
        self.turns.runner.accept()
        params, submission = request.params, check_answers(request.params.input)
        thread_id, order = ThreadId(params.thread_id), self._order(request, context)
        choice = await self.choices.of_last_question(thread_id, context)
        await self.turns.runner.spoken_out(thread_id, context.user_id)
        async with self.database.transaction() as connection:
            accepted = await accept_answers(
                connection, thread_id, context.user_id, ItemId(params.item_id), submission, order
            )
        if isinstance(accepted, Repetition):
            return await self._again(accepted, context)
        opening: list[ThreadStreamEvent] = [
            self.turns.stream_options,
            ThreadItemReplacedEvent(item=accepted.item),
        ]
        return self._start(order, accepted.thread, None, context, opening, choice, decided=accepted.decided)

    async def retry_after_item(
        self, request: ThreadsRetryAfterItemReq, context: RequestContext
    ) -> ReadableTurn:
        """Answer a user message anew: what came after it goes, from thread and model's memory alike."""
        self.turns.runner.accept()
        thread_id, item_id = ThreadId(request.params.thread_id), ItemId(request.params.item_id)
        order = self._order(request, context)
        item = await items.load(self.database, thread_id, context.user_id, item_id)
        if not isinstance(item, UserMessageItem):
            raise BadRequest("Only the answer to a user message can be tried again.")
        choice = await self.choices.of(item.inference_options, context)
        await self.turns.runner.make_way(thread_id, context.user_id, order.fingerprint)
        async with self.database.transaction() as connection:
            accepted = await accept_again(connection, thread_id, context.user_id, order)
            if isinstance(accepted, Repetition):
                return await self._again(accepted, context)
            removed = await items.truncate_after(connection, thread_id, context.user_id, item_id)
        opening: list[ThreadStreamEvent] = [self.turns.stream_options]
        opening += [ThreadItemRemovedEvent(item_id=removed_id) for removed_id in removed]
        return self._start(order, accepted, item, context, opening, choice)

    async def _checked(
        self, message: UserMessageInput, thread_id: ThreadId, context: RequestContext
    ) -> UserMessageItem:
        """Return the item for a message; refuse what can be refused before anything is written."""
        item = _user_item(check_message(message), thread_id)
        files = await self.sending.checked(message.attachments, context)
        item.attachments = [file.model_copy(update={"thread_id": thread_id}) for file in files]
        return item

    def _start(
        self,
        order: TurnOrder,
        thread: ThreadMetadata,
        item: UserMessageItem | None,
        context: RequestContext,
        opening: Sequence[ThreadStreamEvent],
        choice: Choice,
        *,
        first: bool = False,
        decided: DecidedRun | None = None,
    ) -> Turn:
        work = self.answering.answer(
            thread, item, context, first=first, choice=choice, turn_id=order.id, decided=decided
        )
        return self._begin(order, thread, work, context, opening)


def _user_item(message: UserMessageInput, thread_id: str) -> UserMessageItem:
    return UserMessageItem(
        id=new_id("msg"),
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        content=message.content,
        quoted_text=message.quoted_text,
        inference_options=message.inference_options,
    )
