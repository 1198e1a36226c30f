"""The ChatKit server: which operation of the protocol does what.

The SDK's class runs an answer inside its HTTP response. This one begins a turn and returns a reader of it.
Operations that are not offered are refused by name.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.types import (
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    ChatKitReq,
    InputTranscribeReq,
    ItemsFeedbackReq,
    ItemsListReq,
    ThreadMetadata,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsRetryAfterItemReq,
    ThreadsSyncCustomActionReq,
    ThreadStreamEvent,
    ThreadsUpdateReq,
    UserMessageItem,
)
from pydantic import BaseModel

from app.attachments.uploads import Uploads
from app.auth.permissions import check_operation
from app.chatkit_api.actions import Actions
from app.chatkit_api.beginning import TurnRequest
from app.chatkit_api.conversation import Conversation
from app.chatkit_api.dictation import Dictation
from app.chatkit_api.history import History, Placed
from app.chatkit_api.parsing import parse_request
from app.context import RequestContext
from app.errors import NotEnabled
from app.limits import AnswerLimits
from app.turns.publishing import encode
from app.turns.turn import ReadableTurn

Operation = Callable[[Any, RequestContext], Awaitable[Any]]
"""Returns a turn to be read, an answer, an answer with its place in a running turn, or nothing."""


class TurnResult(StreamingResult):
    """A begun turn. Iterated, as the SDK has it, it gives the turn's Server-Sent Events."""

    def __init__(self, turn: ReadableTurn) -> None:
        super().__init__(_frames(turn))
        self.turn = turn


class PlacedResult(NonStreamingResult):
    """An answer at once, and the place in the running turn's events that it stands for."""

    def __init__(self, json: bytes, place: str | None) -> None:
        super().__init__(json)
        self.place = place


async def _frames(turn: ReadableTurn) -> AsyncGenerator[bytes, None]:
    with turn.reading() as log:
        position = 0
        while frames := await log.read(position, timeout=float("inf")):
            position += len(frames)
            for frame in frames:
                yield b"data: " + frame + b"\n\n"
        for frame in log.summary:
            yield b"data: " + frame + b"\n\n"


class Server(ChatKitServer[RequestContext]):
    """Answers every operation, each for the principal in its context."""

    def __init__(
        self,
        conversation: Conversation,
        actions: Actions,
        history: History,
        dictation: Dictation,
        uploads: Uploads,
        answers: AnswerLimits,
        max_body_bytes: int,
    ) -> None:
        super().__init__(history.store)
        self._conversation = conversation
        self._answers = answers
        self._max_body_bytes = max_body_bytes
        self._operations: dict[type[BaseModel], Operation] = {
            ThreadsCreateReq: conversation.create,
            ThreadsAddUserMessageReq: conversation.add_user_message,
            ThreadsAddClientToolOutputReq: conversation.add_client_tool_output,
            ThreadsAddStructuredInputReq: conversation.add_structured_input,
            ThreadsRetryAfterItemReq: conversation.retry_after_item,
            ThreadsCustomActionReq: actions.custom_action,
            ThreadsSyncCustomActionReq: actions.sync_custom_action,
            ThreadsGetByIdReq: history.get_thread,
            ThreadsListReq: history.list_threads,
            ItemsListReq: history.list_items,
            ItemsFeedbackReq: history.vote,
            ThreadsUpdateReq: history.rename,
            ThreadsDeleteReq: history.delete_thread,
            InputTranscribeReq: dictation.transcribe,
            AttachmentsCreateReq: lambda request, context: uploads.create(request.params, context),
            AttachmentsDeleteReq: lambda request, context: uploads.delete(
                request.params.attachment_id, context
            ),
        }

    async def process(
        self, request: str | bytes | bytearray, context: RequestContext
    ) -> TurnResult | NonStreamingResult:
        """Carry out one request; raises one of our errors for anything that is refused."""
        body = request.encode() if isinstance(request, str) else bytes(request)
        parsed = parse_request(body, self._max_body_bytes)
        check_operation(context.principal, parsed.type)
        outcome = await self._carry_out(parsed, replace(context, metadata=parsed.metadata))
        match outcome:
            case None:
                return NonStreamingResult(b"{}")
            case Placed():
                return PlacedResult(encode(outcome.answer), outcome.place)
            case BaseModel():
                return NonStreamingResult(encode(outcome))
            case _:
                return TurnResult(outcome)

    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: RequestContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Answer a message, or go on, outside of a turn: the events of the assistant, nothing stored."""
        return self._conversation.answering.answer(thread, input_user_message, context).events()

    async def _carry_out(self, request: ChatKitReq, context: RequestContext) -> Any:
        operation = self._operation(request)
        if not isinstance(request, TurnRequest) or self._conversation.is_running(request, context):
            return await operation(request, context)
        async with self._answers.beginning(context):
            return await operation(request, context)

    def _operation(self, request: ChatKitReq) -> Operation:
        try:
            return self._operations[type(request)]
        except KeyError:
            raise NotEnabled("{operation} is not enabled on this server.", operation=request.type) from None
