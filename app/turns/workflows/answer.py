"""The work of a turn that runs a workflow: from a message to its end, or from a decision on.

Owns the task in which the workflow's code runs, and what becomes of its end: an answer, a question, a notice
or a failure. That code is the operator's own, so nothing that it raises or catches gets past this.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agents import TResponseInputItem
from chatkit.types import ClientToolCallItem, ThreadMetadata, ThreadStreamEvent, UserMessageItem
from openai import BadRequestError

from app.assistant.model_input import model_input
from app.assistant.tags import tag_texts
from app.attachments.for_model import without_files
from app.context import RequestContext
from app.ids import ThreadId, TurnId
from app.transcripts import Cut, remembered
from app.turns.approvals import pending
from app.turns.approvals.form import form_for
from app.turns.approvals.pending import NOT_DONE, PendingCall
from app.turns.approvals.readable import given_arguments
from app.turns.approvals.saved_run import ApprovalAsked, DecidedRun
from app.turns.failures import SilentWorkflow, TooLong, WorkflowDiverged, WorkflowFailed
from app.turns.showing import Showing
from app.turns.stepping import STOP_SECONDS
from app.turns.turn import NOTHING_KEPT, Kept, Usage
from app.turns.workflows import notices
from app.turns.workflows.beginning import begin
from app.turns.workflows.history import text_of
from app.turns.workflows.host import TurnHost
from app.turns.workflows.paused import PausedWorkflow
from app.turns.workflows.run_settings import RunSettings
from app.turns.workflows.stops import Asked, WorkflowStopped
from app.workflows.answers import answer_of, is_blocked
from app.workflows.host import hosted_by

if TYPE_CHECKING:
    from app.turns.answering import Answering


class WorkflowAnswer:
    """Made once per turn. `told` is what the user says now; `decided` a workflow that goes on."""

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
        decided: DecidedRun | None = None,
    ) -> None:
        self._answering = answering
        self._thread = thread
        self._told = list(told)
        self._context = context
        self._has_history = not first
        self._message = message
        self._turn_id = turn_id
        self._decided = decided
        self._showing = Showing(answering, thread, context)
        self._arriving: asyncio.Queue[ThreadStreamEvent | None] = asyncio.Queue()
        self._host: TurnHost | None = None
        self._said_itself: list[TResponseInputItem] = []
        """What the model is told of what the workflow has said besides its agents."""
        self._was_refused = False

    async def events(self) -> AsyncIterator[ThreadStreamEvent]:
        """Run the workflow and yield what the user sees of it, agent by agent."""
        try:
            host = await self._prepared()
            running = asyncio.create_task(self._run(host))
            running.add_done_callback(lambda _: self._arriving.put_nowait(None))
            seconds = host.spending.limits.seconds
            clock = asyncio.get_running_loop().call_later(seconds, self._expire, host, running)
            try:
                while (event := await self._arriving.get()) is not None:
                    yield event
                clock.cancel()
                for event in await self._ended(host, running):
                    yield event
            except asyncio.CancelledError:
                host.stop(WorkflowFailed())
                await _stop(running)
                # What was open was ended by its run.
                while not self._arriving.empty():
                    if (event := self._arriving.get_nowait()) is not None:
                        yield event
                raise
            finally:
                clock.cancel()
                await _stop(running)
                await host.end()
        except BadRequestError:
            self._was_refused = True
            raise
        finally:
            await self._showing.stop()

    def finished(self, after: int) -> Sequence[TResponseInputItem]:
        """Return what agents have finished so far, from the nth item on."""
        return self._host.runs.finished(after) if self._host else ()

    def memory(self, cut: Cut | None) -> Sequence[TResponseInputItem]:
        """Return what the workflow has put into its conversation, and what was begun where it was cut."""
        host, waiting = self._host, self._waiting()
        if host is None or not host.journal.has_caught_up:
            asked = self._decided.saved.calls if self._decided else ()
            told = self._told if self._decided is None else [call.told(NOT_DONE) for call in asked]
            return [*told, *remembered(None, (), None, cut)]
        conversation = host.beginning.conversation
        items = [*conversation.added(), *self._said_itself]
        if not conversation.was_begun:
            # It keeps no conversation of its own: what was said is remembered as it was said.
            items[len(host.beginning.message) : len(host.beginning.message)] = host.runs.said()
        if waiting is not None:
            items += host.runs.open.items(None) if host.runs.open else []
            items += waiting.told(is_cut=cut is not None)
        elif cut is not None:
            items += host.runs.open.items(cut) if host.runs.open else remembered(None, (), None, cut)
        return [*(without_files(items) if self._was_refused else items), *self._notes(host)]

    def usage(self) -> Usage:
        """Return what the agents have cost in this turn."""
        return self._host.runs.usage() if self._host else Usage(self._answering.assistant.model_name)

    def kept(self) -> Kept:
        """Return the variables as the workflow has left them, and the turns that it has gone on with."""
        host = self._host
        if host is None or not host.journal.has_caught_up:
            return NOTHING_KEPT
        paused = host.beginning.paused
        turns = [TurnId(turn) for turn in paused.turns] if paused is not None else ()
        return Kept(host.beginning.key, host.beginning.variables.left(), turns)

    async def _prepared(self) -> TurnHost:
        """Return the host of the run; raise where what was decided cannot go on."""
        if self._message is not None:
            texts = await tag_texts(self._answering.assistant, self._message, self._context)
            self._told = model_input(self._message, texts)
        beginning = await begin(
            self._answering,
            self._thread,
            self._context,
            self._told,
            self._decided,
            has_history=self._has_history,
        )
        self._host = TurnHost(
            self._answering,
            beginning,
            RunSettings(
                self._answering, beginning.workflow, ThreadId(self._thread.id), self._turn_id, self._context
            ),
            self._context,
            self._thread,
            showing=self._showing,
            emit=self._arriving.put_nowait,
        )
        return self._host

    async def _run(self, host: TurnHost) -> Any:
        with hosted_by(host):
            try:
                value = await host.beginning.workflow.run(text_of(host.beginning.message))
                host.settle()
                return value
            except WorkflowStopped:
                return None
            except SystemExit as error:
                # It would end the whole server.
                raise WorkflowFailed from error

    def _expire(self, host: TurnHost, running: "asyncio.Task[Any]") -> None:
        host.stop(TooLong())
        running.cancel()

    async def _ended(self, host: TurnHost, running: "asyncio.Task[Any]") -> Sequence[ThreadStreamEvent]:
        """Return what comes when the workflow has run; raise where it did not come to a good end."""
        linked = await self._showing.rest()
        if isinstance(host.stopped, Asked):
            return [*linked, self._question(host, host.stopped)]
        if host.stopped is not None:
            raise host.stopped
        error = WorkflowFailed() if running.cancelled() else running.exception()
        if not host.journal.has_caught_up:
            raise WorkflowDiverged from error
        value = running.result() if error is None else None
        if (host.tripped or is_blocked(value)) and not host.has_spoken:
            self._said_itself.append({"role": "assistant", "content": notices.TOLD_OF_BLOCK})
            notice = notices.blocked(
                host.tripped, self._showing, ThreadId(self._thread.id), self._context.language
            )
            return [*linked, notice]
        if error is not None:
            raise error
        return [*linked, *self._returned(host, value)]

    def _returned(self, host: TurnHost, value: object) -> Sequence[ThreadStreamEvent]:
        """Return what the workflow has returned as a message, unless its agents have said something."""
        if host.has_spoken:
            return ()
        text = answer_of(value, text_of(host.beginning.message))
        if text is None:
            raise SilentWorkflow
        self._said_itself.append({"role": "assistant", "content": text})
        return [notices.message(text, self._showing, ThreadId(self._thread.id))]

    def _question(self, host: TurnHost, asked: Asked) -> ThreadStreamEvent:
        beginning = host.beginning
        before = beginning.paused.turns if beginning.paused is not None else ()
        paused = PausedWorkflow(
            module=beginning.workflow.source_hash,
            waited_at=asked.place,
            calls=host.journal.as_json(),
            message=beginning.message,
            begins_with=dict(beginning.variables.begins_with),
            sessions=beginning.variables.sessions,
            turns=[*before, *([self._turn_id] if self._turn_id else ())],
            notes=self._notes(host),
            for_page=pending.as_json(asked.for_page),
        )
        if not asked.calls:
            # Nobody decides about it, and a page that has gone must not keep the user from going on.
            saved = paused.saved((), beginning.history.end, firm=False)
            return ApprovalAsked(item=self._page_call(asked.for_page[0]), saved=saved)
        item_id = self._showing.new_item_id("message")
        form = form_for(asked.calls, item_id, ThreadId(self._thread.id), self._context.language)
        firm = beginning.workflow.settings.on_message == "refuse"
        return ApprovalAsked(item=form, saved=paused.saved(asked.calls, beginning.history.end, firm=firm))

    def _page_call(self, call: PendingCall) -> ClientToolCallItem:
        return ClientToolCallItem(
            id=self._showing.new_item_id("tool_call"),
            thread_id=self._thread.id,
            created_at=datetime.now(UTC),
            call_id=call.call_id,
            name=call.tool,
            arguments=dict(given_arguments(call.arguments)),
        )

    def _waiting(self) -> Asked | None:
        stopped = self._host.stopped if self._host else None
        return stopped if isinstance(stopped, Asked) else None

    def _notes(self, host: TurnHost) -> list[TResponseInputItem]:
        paused = host.beginning.paused
        return [*(paused.notes if paused is not None else ()), *self._showing.notes.items()]


async def _stop(running: "asyncio.Task[Any]") -> None:
    """End the workflow's code; one that does not let itself be ended is left to itself."""
    running.cancel()
    await asyncio.wait([running], timeout=STOP_SECONDS)
    if running.done() and not running.cancelled():
        running.exception()  # retrieved: the turn has ended for a better reason
