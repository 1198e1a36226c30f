"""One answer of the assistant: a streamed agent run, mapped to ChatKit events.

Owns the run: it is stepped from one task, and stopped for real whenever its reader stops. Writes nothing to
the database; the turn does.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agents import (
    Agent,
    RunConfig,
    Runner,
    RunResultStreaming,
    StreamEvent,
    TResponseInputItem,
)
from chatkit.types import (
    ClientToolCallItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from openai import BadRequestError

from app.assistant import AgentContext
from app.assistant.agent_context import Source
from app.assistant.choices import Choice
from app.assistant.model_input import model_input
from app.assistant.pause import ONE_AT_A_TIME, Pause
from app.assistant.tags import tag_texts
from app.attachments.for_model import without_files
from app.context import RequestContext
from app.ids import ThreadId, TurnId
from app.transcripts import Cut, History, RunMemory
from app.turns.approvals.form import form_for
from app.turns.approvals.pending import NOT_DONE, PendingCall, pending_calls
from app.turns.approvals.saved_run import (
    ApprovalAsked,
    DecidedRun,
    carried_out,
    restore_run,
    save_run,
)
from app.turns.calls import ContextOfCalls
from app.turns.failures import EmptyAnswer
from app.turns.files_in_input import FilesInInput
from app.turns.showing import Showing
from app.turns.streamed_run import StreamedRun
from app.turns.turn import NOTHING_KEPT, Kept, Usage

if TYPE_CHECKING:
    from app.turns.answering import Answering

MAX_STEPS = 30
"""Model calls in one answer, tool results included."""


class Answer:
    """The work of a turn that answers a user message, or goes on where the page has answered."""

    def __init__(
        self,
        answering: "Answering",
        thread: ThreadMetadata,
        told: Sequence[TResponseInputItem],
        context: RequestContext,
        *,
        first: bool,
        message: UserMessageItem | None = None,
        turn_id: TurnId | None,
        choice: Choice,
        decided: DecidedRun | None = None,
    ) -> None:
        self._answering = answering
        self._thread = thread
        self._context = context
        self._has_history = not first
        self._history = History()
        self._turn_id = turn_id
        self._choice = choice
        self._model = answering.assistant.model_name
        self._message = message
        self._input = list(told)
        self._pause = Pause(self._stop_after_this_step)
        self._cited: list[Source] = []
        self._decided = decided
        self._carried_out: list[StreamEvent] = []
        """The calls that were approved, as the events of a run that makes them."""
        self._pending: list[PendingCall] = []
        """The calls that the run is interrupted for."""
        self._spent = Usage()
        """What the run had cost before it was saved."""
        self._showing = Showing(answering, thread, context)
        self._memory = RunMemory(self._input, self._pause.outputs, self._showing.images.by_call)
        self._result: RunResultStreaming | None = None
        self._was_refused = False
        self._files = FilesInInput(answering.files_for_model.for_run(context.user_id))

    async def events(self) -> AsyncIterator[ThreadStreamEvent]:
        """Run the agent and yield what the user sees of it, tools' own events included."""
        mapper = self._answering.mapper(self._thread, self._context, self._cited)
        run = StreamedRun(mapper, self._showing, self._answering.silence, self._memory.observe)
        try:
            result = await self._begin(run.emit)
            async with aclosing(run.events(result, self._carried_out)) as events:  # type: ignore[type-var]
                async for shown in events:
                    yield shown
            self._pending = pending_calls(result.interruptions)
            for shown in await self._last(result):
                yield shown
        except BadRequestError:
            self._was_refused = True
            raise
        finally:
            await self._showing.stop()

    def finished(self, after: int) -> Sequence[TResponseInputItem]:
        """Return what the run has finished so far, from the nth item on."""
        return self._memory.finished(after)

    def memory(self, cut: Cut | None) -> Sequence[TResponseInputItem]:
        """Return the user's message and what came of it: tool calls and results, widgets, hidden context."""
        items = self._memory.items(self._result, cut, self._not_done(cut))
        # A file may be what the provider does not take; it must not be refused in every later turn as well.
        return [*(without_files(items) if self._was_refused else items), *self._showing.notes.items()]

    def usage(self) -> Usage:
        """Return the model's name and the tokens the provider counted."""
        if self._result is None:
            return Usage(self._model)
        usage, spent = self._result.context_wrapper.usage, self._spent
        return Usage(
            self._model,
            usage.input_tokens - spent.input_tokens,
            usage.output_tokens - spent.output_tokens,
        )

    def kept(self) -> Kept:
        """Return nothing: an agent leaves its memory alone."""
        return NOTHING_KEPT

    async def _begin(self, shown: Callable[[ThreadStreamEvent], None]) -> RunResultStreaming:
        assistant, context = self._answering.assistant, self._context
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
        if self._decided is None:
            self._result = await self._new_run(agent, agent_context)
        else:
            self._result = await self._resumed_run(self._decided, agent, agent_context)
        return self._result

    async def _new_run(self, agent: Agent[Any], agent_context: AgentContext) -> RunResultStreaming:
        await self._load_history()
        return Runner.run_streamed(
            agent,
            [*self._history.items, *self._input],
            context=agent_context,
            hooks=ContextOfCalls(),
            run_config=self._run_config(),
            max_turns=MAX_STEPS,
        )

    async def _resumed_run(
        self, decided: DecidedRun, agent: Agent[Any], agent_context: AgentContext
    ) -> RunResultStreaming:
        if decided.saved.history_end is not None:
            await self._load_history(decided.saved.history_end)
        state, approved = await restore_run(decided, self._history, agent, agent_context)
        # What was refused has been remembered already.
        self._pause.outputs |= {call.call_id: None for call in decided.refused}
        result = Runner.run_streamed(
            agent,
            state,
            hooks=ContextOfCalls(),
            run_config=self._run_config(),
        )
        self._memory.resumes(result)
        usage = result.context_wrapper.usage
        self._spent = Usage(None, usage.input_tokens, usage.output_tokens)
        self._carried_out = carried_out(approved)
        return result

    def _run_config(self) -> RunConfig:
        thread_id = ThreadId(self._thread.id)
        config = self._answering.assistant.run_config(thread_id, self._turn_id, self._choice.model)
        return replace(config, call_model_input_filter=self._files)

    async def _resolve_tags(self) -> None:
        """Put what is known of the tags into the input, which is what will be remembered as well."""
        if self._message is None:
            return
        texts = await tag_texts(self._answering.assistant, self._message, self._context)
        self._input[:] = model_input(self._message, texts)

    async def _load_history(self, end: int | None = None) -> None:
        if self._has_history:
            thread_id, user_id = ThreadId(self._thread.id), self._context.user_id
            self._history = await self._answering.transcripts.load(thread_id, user_id, end=end)

    def _stop_after_this_step(self) -> None:
        if self._result is not None:
            self._result.cancel(mode="after_turn")

    def _asked_last(self, result: RunResultStreaming) -> ThreadItemDoneEvent | None:
        """Return the item that the answer ends with, if it waits for something; one thing at a time."""
        if (call := self._client_tool_call()) is not None:
            return ThreadItemDoneEvent(item=call)
        if self._pause.question_id or not self._pending:
            return None
        item_id = self._showing.new_item_id("message")
        form = form_for(self._pending, item_id, ThreadId(self._thread.id), self._context.language)
        return ApprovalAsked(item=form, saved=save_run(result, self._pending, self._history))

    def _not_done(self, cut: Cut | None) -> list[TResponseInputItem]:
        """Return what the model is told of calls that were not carried out."""
        if self._decided is not None and self._result is None:
            return [call.told(NOT_DONE) for call in self._decided.approved]
        if cut is not None:
            return [call.told(NOT_DONE) for call in self._pending]
        if self._pause.is_taken:
            return [call.told(ONE_AT_A_TIME) for call in self._pending]
        return []

    def _client_tool_call(self) -> ClientToolCallItem | None:
        if (tool := self._pause.client_tool) is None:
            return None
        return ClientToolCallItem(
            id=self._showing.new_item_id("tool_call"),
            thread_id=self._thread.id,
            created_at=datetime.now(UTC),
            call_id=self._pause.call_id,
            name=tool.name,
            arguments=tool.arguments,
        )

    async def _last(self, result: RunResultStreaming) -> Sequence[ThreadStreamEvent]:
        """Return what comes when the run is over: the last links, and what the answer waits for."""
        linked = await self._showing.rest()
        if (asked := self._asked_last(result)) is not None:
            return [*linked, asked]
        if not self._showing.item_ids:
            raise EmptyAnswer
        return linked
