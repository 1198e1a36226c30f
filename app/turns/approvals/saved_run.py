"""A run that waits for approval as JSON, and the run again, in another process or days later.

The JSON is the Agents SDK's own form of a run, which has a version. It holds the user's question and what
came of it, tool results included. The history before that is loaded again from the model's memory, where it
stands anyway. It never holds the context: a run that goes on gets the one of the request that lets it.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from agents import (
    Agent,
    FunctionTool,
    RunContextWrapper,
    RunItemStreamEvent,
    RunResultStreaming,
    RunState,
    StreamEvent,
    ToolApprovalItem,
    ToolCallItem,
    TResponseInputItem,
)
from agents.items import ToolCallItemTypes
from chatkit.types import ClientToolCallItem, StructuredInputItem, ThreadItemDoneEvent
from pydantic import Field, SkipValidation

from app.errors import BadRequest
from app.threads.json_text import json_text
from app.transcripts import History
from app.transcripts.inline_bytes import without_bytes
from app.turns.approvals.form import Decisions, Words
from app.turns.approvals.pending import REFUSED, REFUSED_IN_WORDS, TOO_MANY, PendingCall
from app.turns.failures import RunOutdated, RunTooLarge

WORKFLOW = "workflow."
"""How the version of a workflow's state begins; else it is that of the Agents SDK."""

MAX_STATE = 8_000_000
"""Characters of JSON. A run holds what came of it three times over."""


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What is stored with the item that asks."""

    state: str
    version: str
    calls: Sequence[PendingCall]
    history_end: int | None
    """Up to which place of the model's memory the run was sent it; None where that is part of `state`."""
    firm: bool = False
    """Whether a message that comes instead of the decision is refused."""

    @property
    def is_workflow(self) -> bool:
        """Whether an exported workflow waits, which itself remembers what becomes of its calls."""
        return self.version.startswith(WORKFLOW)


class ApprovalAsked(ThreadItemDoneEvent):
    """A form about pending calls, or a call of a tool of the page; with it the run is stored that waits."""

    item: StructuredInputItem | ClientToolCallItem
    saved: SkipValidation[SavedRun] = Field(repr=False, exclude=True)


@dataclass(frozen=True, slots=True)
class DecidedRun:
    """A run that may go on, and what the user has decided."""

    saved: SavedRun
    decisions: Decisions
    words: Words = field(default_factory=dict)
    output: str | None = None
    """What the page has given, where the run waits for one of its tools."""

    @property
    def approved(self) -> list[PendingCall]:
        """The calls that are to be carried out."""
        return [call for call in self.saved.calls if self.decisions.get(call.question)]

    @property
    def refused(self) -> list[PendingCall]:
        """The calls that are not."""
        return [call for call in self.saved.calls if not self.decisions.get(call.question)]

    def outcome(self, call: PendingCall) -> str:
        """Return what the model is told of a call that is not carried out."""
        if call.question not in self.decisions:
            return TOO_MANY
        words = self.words.get(call.question)
        return REFUSED_IN_WORDS.format(words=words) if words else REFUSED


def save_run(result: RunResultStreaming, calls: Sequence[PendingCall], history: History) -> SavedRun:
    """Return an interrupted run, which was sent `history`, as it is stored.

    Raises `RunTooLarge` where it cannot be.
    """
    state = result.to_state().to_json(context_serializer=lambda _: {})
    is_cut = _cut_history(state, _as_saved(history.items, result.last_agent))
    try:
        text = json_text(without_bytes(state), exclude_none=False)
    except BadRequest:
        raise RunTooLarge from None
    if len(text) > MAX_STATE:
        raise RunTooLarge
    return SavedRun(text, str(state.get("$schemaVersion")), calls, history.end if is_cut else None)


async def restore_run(
    decided: DecidedRun,
    history: History,
    agent: Agent[Any],
    context: object,
    waiting: Collection[str] = (),
) -> tuple[RunState[Any], list[ToolApprovalItem]]:
    """Return the run, ready to go on, and the calls in it that were approved.

    `history` is that up to `history_end`, if it has one. The calls of questions in `waiting` are not decided
    yet, and interrupt the run again. Raises `RunOutdated` where the agent of today cannot
    go on with it; then nothing was done.
    """
    try:
        # Strict, as a part of the run that cannot be read would be left out otherwise, and done anew.
        state = await RunState.from_json(
            agent,
            _with_history(json.loads(decided.saved.state), history),
            context_deserializer=lambda _: context,
            strict_context=True,
        )
        interruptions = state.get_interruptions()
    except Exception as error:
        raise RunOutdated from error
    if [item.call_id or "" for item in interruptions] != [call.call_id for call in decided.saved.calls]:
        raise RunOutdated
    approved = []
    for item, call in zip(interruptions, decided.saved.calls, strict=True):
        if decided.decisions.get(call.question):
            await _check_tool(item, call, context)
            state.approve(item)
            approved.append(item)
        elif call.question not in waiting:
            state.reject(item, rejection_message=decided.outcome(call))
    return state, approved


def carried_out(approved: Sequence[ToolApprovalItem]) -> list[StreamEvent]:
    """Return approved calls as events of a run that makes them; the Agents SDK goes on with their outputs."""
    return [
        RunItemStreamEvent(
            name="tool_called", item=ToolCallItem(call.agent, cast("ToolCallItemTypes", call.raw_item))
        )
        for call in approved
    ]


def _as_saved(items: Sequence[TResponseInputItem], agent: Agent[Any]) -> list[Any]:
    """Return input items in the form that they have in a saved run."""
    run = RunState[None](RunContextWrapper(None), list(items), agent)
    return list(run.to_json()["original_input"])


def _cut_history(state: dict[str, Any], history: list[Any]) -> bool:
    """Take the history out of a saved run; say whether it was there, as a hand-off may have changed it."""
    sent = state["original_input"]
    if not isinstance(sent, list) or sent[: len(history)] != history:
        return False
    state["original_input"] = sent[len(history) :]
    return True


def _with_history(state: dict[str, Any], history: History) -> dict[str, Any]:
    return state | {"original_input": [*history.items, *state["original_input"]]} if history.items else state


async def _check_tool(item: ToolApprovalItem, call: PendingCall, context: object) -> None:
    if call.kind != "function_call":
        return
    tools = await item.agent.get_all_tools(RunContextWrapper(context))
    if call.tool not in {tool.name for tool in tools if isinstance(tool, FunctionTool)}:
        raise RunOutdated
