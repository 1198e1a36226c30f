"""What ends the run of a workflow from outside of it.

Exports catch `Exception`, so what must reach the turn is none. A run that was stopped stays stopped: whatever
its code catches, its next call of the host is stopped again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agents import TResponseInputItem

from app.assistant.pause import ONE_AT_A_TIME
from app.turns.approvals.pending import NOT_DONE, PendingCall


class WorkflowStopped(BaseException):
    """Unwinds the workflow's own code; why stands with the host."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The user is to decide about calls, and the workflow waits at one of its own, by its place.

    Calls `for_page` are made by tools of the page, one at a time, once nothing else is to be decided.
    """

    place: int
    calls: Sequence[PendingCall]
    for_page: Sequence[PendingCall] = ()

    def told(self, *, is_cut: bool) -> list[TResponseInputItem]:
        """Return what the model is told meanwhile of the calls that nobody is asked for; cut, of all."""
        if is_cut:
            return [call.told(NOT_DONE) for call in (*self.calls, *self.for_page)]
        later = self.for_page if self.calls else self.for_page[1:]
        return [call.told(ONE_AT_A_TIME) for call in later]
