"""One answer of the assistant: a streamed agent run, mapped to ChatKit events.

Owns the run: it is stepped from one task, and stopped for real whenever its reader stops. Writes nothing to
the database; the turn does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agents import (
    InputGuardrailTripwireTriggered,
    OutputGuardrailTripwireTriggered,
    Runner,
    RunResultStreaming,
    StreamEvent,
    TResponseInputItem,
)
from chatkit.types import (
    ClientToolCallItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from pydantic import BaseModel

from app.assistant import AgentContext, Assistant
from app.assistant.agent_context import Source
from app.assistant.choices import Choice
from app.assistant.model_input import model_input
from app.assistant.pause import Pause
from app.assistant.tags import tag_texts
from app.context import RequestContext
from app.ids import ThreadId, TurnId
from app.threads.store import ThreadStore
from app.transcripts import Cut, RunMemory, Transcripts
from app.turns.calls import ContextOfCalls
from app.turns.failures import EmptyAnswer
from app.turns.mapper import EventMapper, wording_in
from app.turns.publishing import is_hidden
from app.turns.silence import Silence, SilenceWatch
from app.turns.turn import Usage

Arrival = StreamEvent | ThreadStreamEvent | Exception
"""An event of the run, one that a tool shows, or the reason to wait for no more."""

MAX_STEPS = 30
"""Model calls in one answer, tool results included."""

AS_IT_IS = Choice()
"""Nothing is chosen: the agent on its own model."""

STOP_SECONDS = 5.0
"""How long a run that was told to stop may take before its task is cancelled."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What every answer needs; made once."""

    assistant: Assistant
    store: ThreadStore
    transcripts: Transcripts
    silence: Silence

    def answer(
        self,
        thread: ThreadMetadata,
        message: UserMessageItem | None,
        context: RequestContext,
        *,
        first: bool = False,
        turn_id: TurnId | None = None,
        choice: Choice = AS_IT_IS,
    ) -> "Answer":
        """Prepare an answer to a stored user message, `first` where nothing came before it in its thread.

        Without a message it goes on with what the model remembers last. Nothing runs until its events are
        asked for. `choice` is what was chosen with the message, or with the last one.
        """
        return Answer(self, thread, message, context, first=first, choice=choice, turn_id=turn_id)


class Answer:
    """The work of a turn that answers a user message, or goes on where the page has answered."""

    def __init__(
        self,
        answering: Answering,
        thread: ThreadMetadata,
        message: UserMessageItem | None,
        context: RequestContext,
        *,
        first: bool,
        turn_id: TurnId | None,
        choice: Choice,
    ) -> None:
        self._answering = answering
        self._thread = thread
        self._context = context
        self._has_history = not first
        self._turn_id = turn_id
        self._choice = choice
        self._model = answering.assistant.model_name
        self._message = message
        self._input = model_input(message) if message else []
        self._pause = Pause(self._stop_after_this_step)
        self._cited: list[Source] = []
        self._memory = RunMemory(self._input, self._pause.outputs)
        self._result: RunResultStreaming | None = None
        self._shown: dict[str, None] = {}

    async def events(self) -> AsyncIterator[ThreadStreamEvent]:
        """Run the agent and yield what the user sees of it, tools' own events included."""
        arriving: asyncio.Queue[Arrival | None] = asyncio.Queue()
        watch = SilenceWatch(self._answering.silence, arriving.put_nowait)

        def shown(event: ThreadStreamEvent) -> None:
            watch.heard()
            arriving.put_nowait(event)

        mapper = self._mapper()
        result = await self._begin(shown)
        pump = asyncio.create_task(_pump(result, arriving, watch))
        try:
            with watch:
                while (event := await arriving.get()) is not None:
                    for chatkit_event in self._mapped(event, mapper):
                        self._note(chatkit_event)
                        yield chatkit_event
            await pump
            for chatkit_event in self._ending(mapper):
                yield chatkit_event
        except (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered):
            for item_id in self._shown:
                yield ThreadItemRemovedEvent(item_id=item_id)
            raise
        except (Exception, asyncio.CancelledError):
            # The mapper holds back the last words of long thoughts; nothing else would end with them.
            for chatkit_event in mapper.interrupt():
                yield chatkit_event
            raise
        finally:
            await _stop(result, pump)

    def finished(self, after: int) -> Sequence[TResponseInputItem]:
        """Return what the run has finished so far, from the nth item on."""
        return self._memory.finished(after)

    def memory(self, cut: Cut | None) -> Sequence[TResponseInputItem]:
        """Return the user's message and what came of it, tool calls and results included."""
        return self._memory.items(self._result, cut)

    def usage(self) -> Usage:
        """Return the model's name and the tokens the provider counted."""
        if self._result is None:
            return Usage(self._model)
        usage = self._result.context_wrapper.usage
        return Usage(self._model, usage.input_tokens, usage.output_tokens)

    async def _begin(self, shown: Callable[[ThreadStreamEvent], None]) -> RunResultStreaming:
        assistant, context = self._answering.assistant, self._context
        thread_id = ThreadId(self._thread.id)
        history = await self._history(thread_id)
        await self._resolve_tags()
        agent = await self._choice.agent(await assistant.agent_for(context), context)
        self._model = self._choice.model_name(agent, assistant.models)
        agent_context = AgentContext(
            thread=self._thread,
            store=self._answering.store,
            request_context=context,
            emit=shown,
            pause=self._pause,
            cited=self._cited,
        )
        self._result = Runner.run_streamed(
            agent,
            [*history, *self._input],
            context=agent_context,
            hooks=ContextOfCalls(),
            run_config=assistant.run_config(thread_id, self._turn_id, self._choice.model),
            max_turns=MAX_STEPS,
        )
        return self._result

    async def _resolve_tags(self) -> None:
        """Put what is known of the tags into the input, which is what will be remembered as well."""
        if self._message is None:
            return
        texts = await tag_texts(self._answering.assistant, self._message, self._context)
        self._input[:] = model_input(self._message, texts)

    async def _history(self, thread_id: ThreadId) -> list[TResponseInputItem]:
        if not self._has_history:
            return []
        return await self._answering.transcripts.load(thread_id, self._context.user_id)

    def _ending(self, mapper: EventMapper) -> Iterator[ThreadStreamEvent]:
        for chatkit_event in mapper.finish():
            self._note(chatkit_event)
            yield chatkit_event
        if (call := self._client_tool_call()) is not None:
            yield ThreadItemDoneEvent(item=call)
        elif not self._shown:
            raise EmptyAnswer

    def _stop_after_this_step(self) -> None:
        if self._result is not None:
            self._result.cancel(mode="after_turn")

    def _client_tool_call(self) -> ClientToolCallItem | None:
        if (tool := self._pause.client_tool) is None:
            return None
        return ClientToolCallItem(
            id=self._answering.store.generate_item_id("tool_call", self._thread, self._context),
            thread_id=self._thread.id,
            created_at=datetime.now(UTC),
            call_id=self._pause.call_id,
            name=tool.name,
            arguments=tool.arguments,
        )

    def _mapped(self, event: Arrival, mapper: EventMapper) -> Iterable[ThreadStreamEvent]:
        if isinstance(event, BaseModel):
            return mapper.emitted(event)
        if isinstance(event, Exception):
            raise event
        self._memory.observe(event)
        return mapper.map(event)

    def _mapper(self) -> EventMapper:
        return EventMapper(
            self._thread,
            new_item_id=lambda kind: self._answering.store.generate_item_id(
                kind, self._thread, self._context
            ),
            now=lambda: datetime.now(UTC),
            wording=wording_in(self._context.language),
            cited=self._cited,
        )

    def _note(self, event: ThreadStreamEvent) -> None:
        match event:
            case ThreadItemAddedEvent() | ThreadItemDoneEvent() if not is_hidden(event):
                self._shown[event.item.id] = None
            case ThreadItemRemovedEvent():
                self._shown.pop(event.item_id, None)
            case _:
                pass


async def _pump(
    result: RunResultStreaming, arriving: "asyncio.Queue[Arrival | None]", watch: SilenceWatch
) -> None:
    # The SDK's stream must be stepped by one and the same task (contextvars are set inside it).
    try:
        async for event in result.stream_events():
            watch.observe(event)
            arriving.put_nowait(event)
    finally:
        arriving.put_nowait(None)


async def _stop(result: RunResultStreaming, pump: "asyncio.Task[None]") -> None:
    """End the model's stream and its tools; returns when nothing of the run is left."""
    if not result.is_complete:
        result.cancel()
    _, pending = await asyncio.wait([pump], timeout=STOP_SECONDS)
    for task in pending:
        task.cancel()
        await asyncio.wait([task])
    if not pump.cancelled():
        pump.exception()  # retrieved: the answer has raised it, or ended for a better reason
