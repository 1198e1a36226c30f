"""What ends the run of a workflow from outside of it.

Exports catch `Exception`, so what must reach the turn is none. A run that was stopped stays stopped: whatever
its code catches, its next call of the host is stopped again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.turns.approvals.pending import PendingCall


class WorkflowStopped(BaseException):
    """Unwinds the workflow's own code; why stands with the host."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The user is to decide about calls, and the workflow waits at one of its own, by its place."""

    place: int
    calls: Sequence[PendingCall]
