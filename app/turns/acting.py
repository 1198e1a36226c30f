"""The work of a turn that carries out a click in a widget: a handler, then maybe the agent.

Owns the handler's run: it is ended whenever the turn is, and given up when it says nothing for too long.
Whatever it does, what has happened is recorded for the model.
"""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agents import TResponseInputItem
from chatkit.errors import CustomStreamError, StreamError
from chatkit.types import HiddenContextItem, ThreadItemDoneEvent, ThreadStreamEvent

from app.assistant import ActionContext
from app.assistant.choices import Choice
from app.assistant.hidden_context import hidden_input, hidden_text
from app.context import RequestContext
from app.errors import ActionFailed, ChatKitServerError
from app.ids import TurnId, new_id
from app.languages import Sentence
from app.transcripts import Cut, remembered
from app.turns.accepting_actions import AcceptedAction
from app.turns.answering import Answering
from app.turns.notes import Notes
from app.turns.stepping import STOP_SECONDS
from app.turns.turn import NOTHING_KEPT, Kept, TurnWork, Usage

FAILED: Sentence = "This did not work. Please try again later."
HAPPENED = "The user has used the action {action} of a widget, with {payload}."
HAPPENED_WITHOUT_PAYLOAD = "The user has used the action {action} of a widget."

_TOLD: tuple[type[Exception], ...] = (ChatKitServerError, CustomStreamError, StreamError)
"""What a handler raises on purpose: the user reads it."""


@dataclass(eq=False)
class Acting:
    """Made once per turn. `on_failure` is called when the handler has failed, so that it may run again."""

    answering: Answering
    accepted: AcceptedAction
    context: RequestContext
    on_failure: Callable[[], Awaitable[None]]
    turn_id: TurnId
    choice: Choice

    def __post_init__(self) -> None:
        self._notes = Notes()
        self._answer: TurnWork | None = None
        self._answered = ""

    async def events(self) -> AsyncIterator[ThreadStreamEvent]:
        """Run the handler and yield what it shows, then what the agent answers, if it is to."""
        arriving: asyncio.Queue[ThreadStreamEvent | None] = asyncio.Queue()
        acting = self._context(arriving.put_nowait)
        mapper = self.answering.mapper(self.accepted.thread, self.context)
        handler = asyncio.create_task(self._handle(acting))
        handler.add_done_callback(lambda _: arriving.put_nowait(None))
        try:
            while (event := await arriving.get()) is not None:
                for shown in self._noted(mapper.emitted(event)):
                    yield shown
            await self._outcome(handler)
            for shown in self._noted([*mapper.finish(), *self._happened()]):
                yield shown
        except (Exception, asyncio.CancelledError):
            for shown in self._noted([*mapper.interrupt(), *self._happened()]):
                yield shown
            raise
        finally:
            handler.cancel()
            await asyncio.wait([handler], timeout=STOP_SECONDS)
        if acting.question is not None:
            async with aclosing(self._answer_to(*acting.question).events()) as answer:  # type: ignore[type-var]
                async for shown in answer:
                    yield shown

    def finished(self, after: int) -> Sequence[TResponseInputItem]:
        """Return what the agent has finished so far; the handler's own part stands in the thread's items."""
        return self._answer.finished(after) if self._answer else ()

    def memory(self, cut: Cut | None) -> Sequence[TResponseInputItem]:
        """Return what the model shall remember: what happened, what was shown, and the answer to it."""
        # Nothing of it was published where the turn was cut too early.
        self._notes.observe_all(self._happened())
        noted = self._notes.items(without=self._answered)
        answer = self._answer.memory(cut) if self._answer else remembered(None, (), None, cut)
        return [*noted, *answer]

    def usage(self) -> Usage:
        """Return what the agent's answer cost."""
        return self._answer.usage() if self._answer else Usage()

    def kept(self) -> Kept:
        """Return what the agent's answer leaves besides."""
        return self._answer.kept() if self._answer else NOTHING_KEPT

    async def _handle(self, acting: ActionContext) -> None:
        chosen = self.accepted.chosen
        async with asyncio.timeout(self.answering.silence.tool_seconds):
            made: Any = chosen.action.handler(acting, *chosen.arguments)
            if isinstance(made, AsyncGenerator):
                async with aclosing(made) as events:
                    async for event in events:
                        await acting.stream(event)
                return
            made = await made if inspect.isawaitable(made) else made
            if made is not None:
                await acting.replace_widget(made)

    async def _outcome(self, handler: "asyncio.Task[None]") -> None:
        """Raise what the handler has raised, as something that a user may read."""
        await asyncio.wait([handler])
        error = asyncio.CancelledError() if handler.cancelled() else handler.exception()
        if error is None:
            return
        await self.on_failure()
        if isinstance(error, _TOLD):
            raise error
        raise ActionFailed(FAILED) from error

    def _noted(self, events: Iterable[ThreadStreamEvent]) -> Iterator[ThreadStreamEvent]:
        for event in events:
            self._notes.observe(event)
            yield event

    def _happened(self) -> Iterator[ThreadStreamEvent]:
        """Yield what is kept of the click itself, unless the handler has said it better."""
        if self._notes.hold_hidden():
            return
        chosen = self.accepted.chosen
        sentence = HAPPENED if chosen.payload is not None else HAPPENED_WITHOUT_PAYLOAD
        item = HiddenContextItem(
            id=new_id("msg"),
            thread_id=self.accepted.thread.id,
            created_at=datetime.now(UTC),
            content=hidden_text(sentence, {"action": chosen.kind, "payload": chosen.payload}),
        )
        yield ThreadItemDoneEvent(item=item)

    def _answer_to(self, item_id: str, told: str) -> TurnWork:
        self._answered = item_id
        self._answer = answer = self.answering.go_on(
            self.accepted.thread,
            hidden_input(told),
            self.context,
            turn_id=self.turn_id,
            choice=self.choice,
        )
        return answer

    def _context(self, emit: Callable[[ThreadStreamEvent], Any]) -> ActionContext:
        return ActionContext(
            thread=self.accepted.thread,
            store=self.answering.store,
            request_context=self.context,
            emit=emit,
            action=self.accepted.chosen.kind,
            item=self.accepted.item,
        )
