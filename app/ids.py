"""The kinds of id, and how new ones are made.

Ids made here are a prefix and a UUIDv7: unguessable enough to be shown, ordered enough to index well.
Ids that come from elsewhere (imports) are kept as they are, so nothing may rely on an id's form.
"""

from typing import NewType

from uuid_utils import uuid7

UserId = NewType("UserId", str)
ThreadId = NewType("ThreadId", str)
ItemId = NewType("ItemId", str)
TurnId = NewType("TurnId", str)
AttachmentId = NewType("AttachmentId", str)


def new_id(prefix: str) -> str:
    """Return ``prefix_`` followed by the 32 hexadecimal digits of a fresh UUIDv7."""
    return f"{prefix}_{uuid7().hex}"


def trace_id_of(turn_id: TurnId) -> str:
    """Return the id of the trace that the Agents SDK makes of a turn's run: the same digits."""
    return f"trace_{turn_id.removeprefix('turn_')}"
