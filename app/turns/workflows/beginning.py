"""What one run of a workflow begins with: which workflow, what the user says, and what there is of before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents import TResponseInputItem
from chatkit.types import ThreadMetadata

from app.context import RequestContext
from app.ids import ThreadId
from app.threads import state
from app.transcripts import History
from app.turns.approvals import pending
from app.turns.approvals.pending import PendingCall
from app.turns.approvals.saved_run import DecidedRun
from app.turns.failures import RunOutdated, WorkflowDiverged
from app.turns.workflows.history import ConversationList
from app.turns.workflows.journal import Journal
from app.turns.workflows.paused import PausedWorkflow
from app.turns.workflows.state import Variables
from app.workflows.loaded import LoadedWorkflow

if TYPE_CHECKING:
    from app.turns.answering import Answering


@dataclass(frozen=True, slots=True)
class Beginning:
    """Made once per turn. `decided` and `paused` are there where a workflow goes on."""

    workflow: LoadedWorkflow
    message: Sequence[TResponseInputItem]
    history: History
    conversation: ConversationList
    variables: Variables
    journal: Journal
    decided: DecidedRun | None = None
    paused: PausedWorkflow | None = None

    @property
    def for_page(self) -> list[PendingCall]:
        """Calls that tools of the page have yet to make, or have made now: the first."""
        return pending.from_json(self.paused.for_page) if self.paused is not None else []

    @property
    def key(self) -> str:
        """What the variables of the workflow are kept under, the same for all its versions."""
        return key_of(self.workflow)


def key_of(workflow: LoadedWorkflow) -> str:
    """Return what the variables of a workflow are kept under."""
    return workflow.workflow_id or workflow.name


async def begin(
    answering: "Answering",
    thread: ThreadMetadata,
    context: RequestContext,
    message: Sequence[TResponseInputItem],
    decided: DecidedRun | None,
    *,
    has_history: bool,
) -> Beginning:
    """Load what a run begins with.

    Raises `WorkflowDiverged` where what was `decided` about is not the same workflow any more, and
    `RunOutdated` without anything to begin with: answers to what another assistant has asked.
    """
    if not message and decided is None:
        raise RunOutdated
    workflow = _chosen(answering, thread, context)
    paused = PausedWorkflow.of(decided.saved) if decided is not None else None
    if paused is not None:
        workflow = _that_asked(answering, workflow, paused)
    journal = Journal() if decided is None or paused is None else _decided(paused, decided)
    thread_id, user_id = ThreadId(thread.id), context.user_id
    history = History()
    if has_history:
        end = decided.saved.history_end if decided is not None else None
        history = await answering.transcripts.load(thread_id, user_id, end=end)
    if paused is not None:
        message, variables = paused.message, Variables(paused.begins_with, paused.sessions)
    else:
        saved = await state.load(answering.database, thread_id, user_id, key_of(workflow))
        variables = Variables.of(saved, context.session)
    return Beginning(
        workflow,
        message,
        history,
        ConversationList(history.items, message),
        variables,
        journal,
        decided,
        paused,
    )


def _chosen(answering: "Answering", thread: ThreadMetadata, context: RequestContext) -> LoadedWorkflow:
    source = answering.assistant.workflows
    chosen = source.choose(context, thread) if source is not None else None
    if not isinstance(chosen, LoadedWorkflow):
        raise TypeError("a source of workflows gives a LoadedWorkflow")
    return chosen


def _that_asked(answering: "Answering", chosen: LoadedWorkflow, paused: PausedWorkflow) -> LoadedWorkflow:
    """Return the version that has asked, current or not; its file is the same to the byte.

    Raises `WorkflowDiverged` where it is not served any more, or belongs to another workflow.
    """
    source = answering.assistant.workflows
    known = source.with_source(paused.module) if source is not None else ()
    same = [one for one in known if isinstance(one, LoadedWorkflow) and key_of(one) == key_of(chosen)]
    if not same:
        raise WorkflowDiverged
    return chosen if chosen in same else same[-1]


def _decided(paused: PausedWorkflow, decided: DecidedRun) -> Journal:
    """Return the journal with the user's decision in it; about calls of an agent its run is told."""
    journal = Journal.from_json(paused.calls, paused.waited_at)
    waited = journal.calls.get(paused.waited_at)
    if waited is not None and waited.run is None:
        waited.finish(bool(decided.approved))
    return journal
