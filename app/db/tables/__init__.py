"""The tables, as SQLAlchemy Core sees them; `migrations/` creates them and a test keeps the two equal.

Everything that hangs off a thread has `thread_id` first in its primary key, so the schema can be distributed
on it. Order never comes from a clock: `threads.last_seq` hands out the numbers for items and transcript
alike.
"""

from app.db.tables.callers import audit_log, limit_counters, sessions
from app.db.tables.conversations import (
    consumed_actions,
    feedback,
    thread_items,
    thread_state,
    threads,
    transcript_items,
)
from app.db.tables.files import attachments, blob_removals
from app.db.tables.imports import imported_threads
from app.db.tables.schema import SCHEMA, metadata
from app.db.tables.turns import pauses, turn_events, turns

__all__ = [
    "SCHEMA",
    "attachments",
    "audit_log",
    "blob_removals",
    "consumed_actions",
    "feedback",
    "imported_threads",
    "limit_counters",
    "metadata",
    "pauses",
    "sessions",
    "thread_items",
    "thread_state",
    "threads",
    "transcript_items",
    "turn_events",
    "turns",
]
