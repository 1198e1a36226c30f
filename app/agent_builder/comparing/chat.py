"""Asking this server what a user has asked before: the same requests as a page sends, to the same objects.

So what answers is what will answer users: the agent, its memory, its tools, files, limits of size. Whose the
conversations are, and that they go again, is `scratch.py`'s.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from chatkit.server import NonStreamingResult, StreamingResult
from chatkit.types import ClientToolCallItem, ThreadItem
from pydantic_core import from_json, to_json

from app.agent_builder.comparing.questions import Question
from app.agent_builder.comparing.said import Said, said
from app.assistant import Assistant
from app.attachments import Attachments, import_rows
from app.attachments.importing import FileImporter, Wanted
from app.attachments.unavailable import is_unavailable
from app.context import RequestContext
from app.db.opening import OpenDatabase
from app.errors import ChatKitServerError
from app.ids import ItemId, ThreadId, new_id
from app.threads.store import ThreadStore
from app.threads.waiting import is_waiting
from app.turns.approvals import pauses
from app.turns.ended import last_ended
from app.turns.turn import TurnStatus

State = Literal["answered", "failed", "waits", "skipped", "not_asked"]

NO_FILES = "the assistant here takes no files"
NOTHING_TO_SEND = "nothing of this message could be sent"
PAGE_OF_ITEMS = 100


class Speaks(Protocol):
    """What answers a request of the ChatKit protocol."""

    async def process(
        self, request: str | bytes | bytearray, context: RequestContext
    ) -> StreamingResult | NonStreamingResult:
        """Carry one out; raise `ChatKitServerError` for what is refused."""
        ...


class Served(Protocol):
    """This server, made for this process alone."""

    @property
    def server(self) -> Speaks:
        """What a page speaks to."""
        ...

    @property
    def opened(self) -> OpenDatabase:
        """Where threads are."""
        ...

    @property
    def assistant(self) -> Assistant:
        """Who answers."""
        ...

    @property
    def files(self) -> Attachments:
        """What takes files."""
        ...


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a question; `reason` says why it was not sent, if it was not."""

    name: str
    reason: str = ""


@dataclass(slots=True)
class Answer:
    """What came of a question."""

    state: State
    why: str = ""
    """What has failed, what is waited for, or why it was not asked."""
    parts: Sequence[Said] = ()
    files: Sequence[SentFile] = ()
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """What it cost."""
        return self.input_tokens + self.output_tokens


@dataclass(slots=True)
class Chat:
    """One conversation. `thread_id` is there once the first question was taken."""

    served: Served
    context: RequestContext
    thread_id: ThreadId | None = None
    _last: str | None = field(default=None, init=False)

    async def ask(self, question: Question, files: Sequence[Wanted]) -> Answer:
        """Send a question and wait for the end of its answer."""
        sent, ids = await self._send_files(files)
        if not ids and not question.text.strip():
            return Answer("skipped", NOTHING_TO_SEND, files=sent)
        begun = time.monotonic()
        try:
            result = await self.served.server.process(self._request(question, ids), self.context)
        except ChatKitServerError as refusal:
            for attachment_id in ids:
                await import_rows.remove(self._database, self.context.user_id, attachment_id)
            return Answer("failed", refusal.message, files=sent)
        answer = await self._answer(await self._read(result))
        answer.files, answer.seconds = sent, time.monotonic() - begun
        return answer

    @property
    def _database(self) -> Any:
        return self.served.opened.database

    async def _send_files(self, wanted: Sequence[Wanted]) -> tuple[list[SentFile], list[str]]:
        attachments = self.served.files
        if attachments.limits is None:
            return [SentFile(one.name, one.reason or NO_FILES) for one in wanted], []
        importer = FileImporter(self._database, attachments.blobs, attachments.inspector, attachments.limits)
        # The ids of the imported copies are taken.
        renamed = [Wanted(new_id("atc"), one.name, one.mime_type, one.data, one.reason) for one in wanted]
        taken = await importer.take_all(self.context.user_id, renamed)
        sent = [
            SentFile(file.name, str((file.metadata or {}).get("unavailable")) if is_unavailable(file) else "")
            for file in taken
        ]
        return sent, [file.id for file in taken if not is_unavailable(file)]

    def _request(self, question: Question, ids: Sequence[str]) -> bytes:
        message = {
            "content": [{"type": "input_text", "text": part.text} for part in question.message.content],
            "attachments": list(ids),
            "quoted_text": question.message.quoted_text,
            "inference_options": {},
        }
        params: dict[str, Any] = {"input": message}
        if self.thread_id is None:
            return to_json({"type": "threads.create", "params": params})
        params["thread_id"] = self.thread_id
        return to_json({"type": "threads.add_user_message", "params": params})

    async def _read(self, result: StreamingResult | NonStreamingResult) -> list[str]:
        """Read a stream to its end, and return what it says of failures."""
        told = list[str]()
        if not isinstance(result, StreamingResult):
            return told
        async for frame in result:
            match from_json(frame.removeprefix(b"data: ")):
                case {"type": "thread.created", "thread": {"id": str(thread_id)}}:
                    self.thread_id = ThreadId(thread_id)
                case {"type": "thread.item.done", "item": {"type": "user_message", "id": str(item_id)}}:
                    self._last = item_id
                case {"type": "error", "message": str(message)}:
                    told.append(message)
                case _:
                    pass
        return told

    async def _answer(self, told: Sequence[str]) -> Answer:
        thread_id = self.thread_id
        if thread_id is None:
            return Answer("failed", "; ".join(told) or "no thread was begun")
        items = await self._items(thread_id)
        parts = said(items)
        ended = await last_ended(self._database, thread_id, self.context.user_id)
        answer = Answer("answered", parts=parts)
        if ended is not None:
            answer.model = ended.usage.model
            answer.input_tokens, answer.output_tokens = ended.usage.input_tokens, ended.usage.output_tokens
        if ended is None or ended.status is not TurnStatus.DONE or told:
            code = ended and (ended.error or ended.status)
            answer.state, answer.why = "failed", "; ".join(told) or str(code or "the answer broke off")
        elif waiting := next(filter(is_waiting, items), None):
            answer.state, answer.why = "waits", await self._waits_for(thread_id, waiting)
        return answer

    async def _items(self, thread_id: ThreadId) -> list[ThreadItem]:
        """Return what stands behind the question."""
        store, found, after = ThreadStore(self._database), list[ThreadItem](), self._last
        while True:
            page = await store.load_visible_items(thread_id, after, PAGE_OF_ITEMS, "asc", self.context)
            found += page.data
            if not page.has_more or not page.data:
                return found
            after = page.data[-1].id

    async def _waits_for(self, thread_id: ThreadId, waiting: ThreadItem) -> str:
        if isinstance(waiting, ClientToolCallItem):
            return f"the page's tool {waiting.name}"
        pause = await pauses.load(self._database, thread_id, self.context.user_id, ItemId(waiting.id))
        return "answers of the user" if pause is None else "the user's approval"
