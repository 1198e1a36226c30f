"""The host of one run of a workflow: what its code asks for is done here, in the turn.

Owns the order of what the workflow does: agents speak one at a time, in the order in which they were run;
each call is taken from the journal or noted in it; once the workflow is stopped nothing more is done for it.
Agents and other globals of its module are handed on as they are.
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from agents import Agent, Runner, RunResultStreaming, StreamEvent, TResponseInputItem
from chatkit.types import (
    AssistantMessageItem,
    GeneratedImageItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetItem,
)
from pydantic import JsonValue
from pydantic_core import from_json

from app.assistant.models import model_name_of
from app.assistant.widget_templates import WidgetTemplate
from app.context import RequestContext
from app.ids import ThreadId
from app.threads.json_text import json_text
from app.transcripts import History, RunMemory
from app.turns.approvals.pending import NODE, PendingCall, in_their_order, pending_calls
from app.turns.approvals.saved_run import SavedRun, carried_out, restore_run, save_run
from app.turns.failures import LimitReached, WorkflowDiverged, WorkflowFailed
from app.turns.showing import Showing
from app.turns.stepping import STOP_SECONDS
from app.turns.streamed_run import StreamedRun
from app.turns.workflows import outcomes
from app.turns.workflows.agent_runs import AgentRun, AgentRuns
from app.turns.workflows.beginning import Beginning
from app.turns.workflows.display import Unseen, is_shown, widget_event
from app.turns.workflows.journal import Call
from app.turns.workflows.limits import Spending
from app.turns.workflows.run_settings import RunSettings
from app.turns.workflows.state_saving import StateSaving
from app.turns.workflows.stops import Asked, WorkflowStopped
from app.workflows.host import AgentOutcome
from app.workflows.runtime import NOT_AVAILABLE

if TYPE_CHECKING:
    from app.turns.answering import Answering

_within_a_run: ContextVar[bool] = ContextVar("within_a_run", default=False)

MAX_AT_ONCE = 5
"""Agents that a file runs at the same time; more wait for their turn."""

Input = str | list[TResponseInputItem]

ENOUGH_TO_CALL = 20
"""Passes of the event loop: tasks that begin tasks need one for each level."""

ANSWERS = AssistantMessageItem | WidgetItem | GeneratedImageItem
"""What a user takes for an answer; what an agent does on the way is none."""


class TurnHost:
    """Made once per turn. `emit` takes what the user sees; `stopped` says why it went no further."""

    def __init__(
        self,
        answering: "Answering",
        beginning: Beginning,
        settings: RunSettings,
        context: RequestContext,
        thread: ThreadMetadata,
        *,
        showing: Showing,
        emit: Callable[[ThreadStreamEvent], None],
    ) -> None:
        self.beginning = beginning
        self.journal = beginning.journal
        self._answering = answering
        self._settings = settings
        self._context = context
        self._thread = thread
        self._showing = showing
        self._emit = emit
        self._shown_as = beginning.workflow.settings
        self._given_by_page = beginning.decided.output if beginning.decided is not None else None
        self._one_by_one = beginning.workflow.may_ask
        self._at_once = asyncio.Semaphore(1 if self._one_by_one else MAX_AT_ONCE)
        self._state = StateSaving(
            answering.database, ThreadId(thread.id), context.user_id, settings.turn_id, beginning.key
        )
        self._under_way: set[asyncio.Task[Any]] = set()
        self.spending = Spending(beginning.workflow.settings.limits)
        self.runs = AgentRuns()
        self.stopped: Asked | Exception | None = None
        self.has_spoken = False
        self.tripped: list[str] = []
        """Kinds of guardrails that have ended the workflow."""

    def prior_history(self, first: list[TResponseInputItem]) -> list[TResponseInputItem]:
        """Return the list that the export keeps the conversation in."""
        return self.beginning.conversation.begin(first)

    def initial_state(self, defaults: dict[str, Any]) -> dict[str, Any]:
        """Return the dict that the export keeps its variables in."""
        return self.beginning.variables.begin(defaults)

    async def run_agent(self, agent: Agent[Any], input: Input, **options: Any) -> AgentOutcome:
        """Run an agent and show it, or return what it has come to before."""
        if _within_a_run.get():
            return await self._run_inside(agent, input, options)
        async with self._at_once:
            # It has gone on without those that have failed.
            self._settle(failed=True)
            self._go_on(self.spending.run())
            place, call = self._take("run", agent.name)
            if call.is_done:
                await _till_others_have_called()
                return self._restored(call, agent, input)
            self._save_state()
            with self._noted_as_under_way():
                return await self._run(place, call, agent, input, self._settings.options(options))

    async def approve(self, stub: str, message: str) -> bool:
        """Return what the user has decided; pause the workflow where they have not."""
        self._go_on()
        if _within_a_run.get():
            raise RuntimeError("a tool cannot ask for the workflow's approval; use `needs_approval`")
        place, call = self._take(NODE, stub)
        if call.is_done:
            if call.asked != message:
                raise self.stop(WorkflowDiverged())
            return bool(call.outcome())
        call.asked = message
        # A run that has failed, and that the workflow has gone on without, is not what waits.
        self._settle(failed=True)
        raise self.stop(Asked(place, [PendingCall("approval_1", f"{stub}:{place}", NODE, stub, message)]))

    async def recorded(self, kind: str, call: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Make a call and note what came of it, or return what came of it before."""
        self._go_on()
        if _within_a_run.get():
            # What a tool does is part of what its agent's run has come to.
            return await call()

        async def made() -> JsonValue:
            self._save_state()
            return await call()

        try:
            return await self.journal.recorded(kind, "", made)
        except WorkflowDiverged as error:
            raise self.stop(error) from error

    async def client_tool(self, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ARG002
        """Return what the page has given: the body of its tool is reached only once it has."""
        output, self._given_by_page = self._given_by_page, None
        return NOT_AVAILABLE.format(name=name) if output is None else output

    def loop(self, line: int) -> None:
        """Count an iteration of a While."""
        self._go_on(self.spending.iteration(line))

    def blocked(self, result: Any) -> None:
        """Take notice of the kinds of guardrails that end the workflow."""
        self.tripped = [str(kind) for kind in result] if isinstance(result, list | tuple | set) else []
        self.tripped = self.tripped or [""]
        # What follows may be the workflow's own answer to it.
        self.has_spoken = False

    def stop(self, why: Asked | Exception) -> WorkflowStopped:
        """Do nothing more for the workflow; return what unwinds its code."""
        if self.stopped is None:
            self.stopped = why
        return WorkflowStopped()

    async def end(self) -> None:
        """Stop what the workflow has left running beside itself; returns when nothing of it is left."""
        self.stop(WorkflowFailed())
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(list(self._under_way), timeout=STOP_SECONDS)
        await self._state.end()

    def _save_state(self) -> None:
        """Keep what the workflow has set before a call that may take long, in case the process is killed."""
        state = self.beginning.variables.left(at_end=False)
        # A copy: the workflow goes on changing what lies in it.
        self._state.save(copy.deepcopy(state))

    @contextmanager
    def _noted_as_under_way(self) -> Iterator[None]:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._under_way.add(task)
        try:
            yield
        finally:
            self._under_way.discard(task)

    def _go_on(self, reached: LimitReached | None = None) -> None:
        if self.stopped is not None:
            raise WorkflowStopped
        if reached is not None:
            raise self.stop(reached)

    def _take(self, kind: str, name: str) -> tuple[int, Call]:
        try:
            return self.journal.take(kind, name)
        except WorkflowDiverged as error:
            raise self.stop(error) from error

    def _restored(self, call: Call, agent: Agent[Any], input: Input) -> AgentOutcome:
        try:
            outcome = outcomes.restored(call.outcome(), agent, self.beginning.workflow.agents, input)
        except WorkflowDiverged as error:
            raise self.stop(error) from error
        self.spending.tokens += outcomes.tokens_in(call.result)
        if outcomes.had_spoken(call.result):
            self.has_spoken = True
            self.runs.restored += [item.to_input_item() for item in outcome.new_items]
        return outcome

    async def _run_inside(self, agent: Agent[Any], input: Input, options: dict[str, Any]) -> AgentOutcome:
        """Run an agent for a tool of another one's run: what it says belongs to that call."""
        self._go_on(self.spending.run())
        result = await Runner.run(agent, input, **self._settings.options(options))
        usage = result.context_wrapper.usage
        self.spending.tokens += usage.input_tokens + usage.output_tokens
        return result

    async def _run(
        self, place: int, call: Call, agent: Agent[Any], input: Input, options: dict[str, Any]
    ) -> AgentOutcome:
        shown = is_shown(agent, self._shown_as)
        # Links and images of runs that go on beside each other do not come in one stream.
        showing = self._showing if self._one_by_one else self._showing.beside()
        run = AgentRun(RunMemory((), images=showing.images.by_call), shown, self.spending)
        self.runs.begin(run, model_name_of(agent.model, self._answering.assistant.models))
        mapper = self._answering.mapper(self._thread, self._context) if shown else Unseen()
        streamed = StreamedRun(mapper, showing, self._answering.silence, run.observe)
        try:
            result, approved = await self._begun(call, agent, input, options, run)
            async with aclosing(streamed.events(result, approved)) as events:  # type: ignore[type-var]
                async for event in events:
                    self._show(event, run)
            if not self._one_by_one:
                for event in await showing.rest():
                    self._show(event, run)
        except LimitReached as reached:
            raise self.stop(reached) from reached
        except Exception as error:
            call.fail(error)
            run.has_failed = True
            raise
        except asyncio.CancelledError:
            # By the workflow itself, which goes on without it, unless all of it is stopped.
            run.has_failed = self.stopped is None
            raise
        finally:
            run.is_over = True
            self.spending.tokens += sum(run.cost())
            if not self._one_by_one:
                await showing.stop()
        if result.interruptions:
            raise self._waiting(place, call, result)
        if (template := self._shown_as.widgets.get(agent.name)) is not None:
            await self._show_widget(template, result, run)
        call.finish(outcomes.recorded(result, has_spoken=run.has_spoken))
        run.is_done = True
        self._settle()
        return outcomes.finished(result, input)

    async def _begun(
        self,
        call: Call,
        agent: Agent[Any],
        input: Input,
        options: dict[str, Any],
        run: AgentRun,
    ) -> tuple[RunResultStreaming, Sequence[StreamEvent]]:
        """Begin a run, or let one go on that the user was asked about."""
        decided = self.beginning.decided
        if call.run is None or decided is None:
            result = self._streamed(agent, input, options)
            run.begins(result)
            return result, ()
        kept = call.run
        for_page = self.beginning.for_page
        calls = in_their_order([*decided.saved.calls, *for_page])
        saved = SavedRun(json_text(kept["state"], exclude_none=False), kept["version"], calls, None)
        decisions = dict(decided.decisions)
        if decided.output is not None:
            decisions[for_page[0].question] = True
        waiting = {call.question for call in for_page} - decisions.keys()
        history = self.beginning.history if kept["is_cut"] else History()
        context = options.pop("context", None)
        options.pop("max_turns", None)
        try:
            now = replace(decided, saved=saved, decisions=decisions)
            state, approved = await restore_run(now, history, agent, context, waiting)
        except Exception as error:
            raise self.stop(error) from error
        result = self._streamed(agent, state, options)
        run.begins(
            result, [item.to_input_item() for item in result.new_items if item.type != "tool_approval_item"]
        )
        run.memory.resumes(result)
        self.spending.tokens += sum(run.paid)
        return result, carried_out(approved)

    def _streamed(self, agent: Agent[Any], input: Any, options: dict[str, Any]) -> RunResultStreaming:
        token = _within_a_run.set(True)
        try:
            return Runner.run_streamed(agent, input, **options)
        finally:
            _within_a_run.reset(token)

    def _waiting(self, place: int, call: Call, result: RunResultStreaming) -> WorkflowStopped:
        calls = pending_calls(result.interruptions)
        try:
            saved = save_run(result, calls, self.beginning.history)
        except Exception as error:
            return self.stop(error)
        call.run = {
            "state": from_json(saved.state),
            "version": saved.version,
            "is_cut": saved.history_end is not None,
        }
        tools = self.beginning.workflow.client_tools
        for_page = [call for call in calls if call.kind == "function_call" and call.tool in tools]
        return self.stop(Asked(place, [call for call in calls if call not in for_page], for_page))

    async def _show_widget(self, template: WidgetTemplate, result: RunResultStreaming, run: AgentRun) -> None:
        language = self._context.language
        event = widget_event(
            template, result.final_output, self._showing, ThreadId(self._thread.id), language
        )
        for shown in await self._showing.published([event]):
            self._show(shown, run)

    def _show(self, event: ThreadStreamEvent, run: AgentRun) -> None:
        """Show the user something of a run, and know whether it is an answer."""
        if isinstance(event, ThreadItemDoneEvent) and isinstance(event.item, ANSWERS):
            self.has_spoken = run.has_spoken = True
        if run is self.runs.open:
            self._emit(event)
        else:
            run.held.append(event)

    def settle(self) -> None:
        """The workflow has come to its end: show what is held back."""
        self._settle(failed=True)

    def _settle(self, *, failed: bool = False) -> None:
        """Close runs that are done, in the order in which they began, and show what the next one holds.

        With `failed` those that have failed are closed, too. Once the workflow is stopped nothing follows.
        """
        while self.stopped is None and (run := self.runs.open) is not None:
            for event in run.held:
                self._emit(event)
            run.held.clear()
            if not (run.is_done or (failed and run.has_failed)):
                return
            self.runs.close()


async def _till_others_have_called() -> None:
    """Give code that runs beside a call its time to call, too, as it had while the call was made.

    So those who wait for their turn stand in the order in which they stood then.
    """
    for _ in range(ENOUGH_TO_CALL):
        await asyncio.sleep(0)
