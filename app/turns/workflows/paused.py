"""A workflow that waits for its user, as JSON in `pauses`: what it was told, and what it has done so far.

Holds no code and no context: what goes on is the workflow of that day, if its file is the same to the byte.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from agents import TResponseInputItem
from pydantic_core import from_json

from app.errors import BadRequest
from app.threads.json_text import json_text
from app.turns.approvals.pending import PendingCall
from app.turns.approvals.saved_run import MAX_STATE, WORKFLOW, SavedRun
from app.turns.failures import RunTooLarge, WorkflowDiverged

VERSION = f"{WORKFLOW}1"


@dataclass(frozen=True, slots=True)
class PausedWorkflow:
    """What is needed to run it again up to where it waits, and on from there."""

    module: str
    """Hash of its file."""
    waited_at: int
    """Place of the call that waits."""
    calls: dict[str, Any]
    """Its journal."""
    message: Sequence[TResponseInputItem]
    """What the user has said."""
    begins_with: dict[str, Any]
    """What lay over the defaults of its state."""
    sessions: Sequence[str]
    turns: Sequence[str]
    """The turns that it has taken so far."""
    notes: Sequence[TResponseInputItem] = ()
    """What was remembered of them besides the conversation."""
    for_page: Sequence[dict[str, Any]] = ()
    """Calls that tools of the page have yet to make, as they are stored."""

    def saved(self, calls: Sequence[PendingCall], history_end: int, *, firm: bool) -> SavedRun:
        """Return it as it is stored; raise `RunTooLarge` where it cannot be."""
        try:
            text = json_text(asdict(self), exclude_none=False)
        except BadRequest:
            raise RunTooLarge from None
        if len(text) > MAX_STATE:
            raise RunTooLarge
        return SavedRun(text, VERSION, calls, history_end, firm)

    @classmethod
    def of(cls, saved: SavedRun) -> Self:
        """Read what was stored; raise `WorkflowDiverged` for what is of another version, or an agent's."""
        if saved.version != VERSION:
            raise WorkflowDiverged
        try:
            return cls(**from_json(saved.state))
        except (TypeError, ValueError) as error:
            raise WorkflowDiverged from error
