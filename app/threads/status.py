"""What the status of a thread allows: only an active one takes anything new from its user.

A locked or closed one can be read, listed, renamed, voted on and deleted.
"""

from chatkit.types import ClosedStatus, LockedStatus, ThreadMetadata

from app.errors import Conflict


def check_open(thread: ThreadMetadata) -> None:
    """Raise `Conflict`, with the thread's own reason if it has one, where it takes nothing new."""
    match thread.status:
        # The reason is the assistant's own, in the language it chose.
        case LockedStatus(reason=str(reason)) if reason:
            raise Conflict("This conversation is locked. {reason}", reason=reason)
        case LockedStatus():
            raise Conflict("This conversation is locked.")
        case ClosedStatus(reason=str(reason)) if reason:
            raise Conflict("This conversation is closed. {reason}", reason=reason)
        case ClosedStatus():
            raise Conflict("This conversation is closed.")
        case _:
            pass
