"""Where every owned statement starts, and the parameters it takes; the conditions are `app/db/owned.py`'s."""

from collections.abc import Iterable

from app.db.owned import (
    OWNER,
    OWNERS,
    THREAD,
    own_attachments,
    own_consumed_actions,
    own_items,
    own_pauses,
    own_sessions,
    own_state,
    own_thread,
    own_thread_id,
    own_threads,
    own_transcript,
    own_turn_events,
    own_turns,
    own_votes,
)
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key

__all__ = [
    "OWNER",
    "OWNERS",
    "THREAD",
    "own_attachments",
    "own_consumed_actions",
    "own_items",
    "own_pauses",
    "own_sessions",
    "own_state",
    "own_thread",
    "own_thread_id",
    "own_threads",
    "own_transcript",
    "own_turn_events",
    "own_turns",
    "own_votes",
    "owner",
    "owners",
]


def owner(user_id: UserId, thread_id: ThreadId | str = "") -> dict[str, object]:
    """Return the parameters of the conditions above."""
    return {"owner": lookup_key(user_id), "thread": lookup_key(thread_id)}


def owners(user_ids: Iterable[UserId]) -> dict[str, object]:
    """Return the parameter of statements that act for some users at once."""
    return {"owners": [lookup_key(user_id) for user_id in user_ids]}
