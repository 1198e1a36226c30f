"""Writing entries. In the transaction of what they tell of: neither is there without the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import sqlalchemy as sa

from app.audit.actor import Actor
from app.db.engine import Executes
from app.db.tables import audit_log
from app.ids import new_id

Action = Literal[
    "threads.list",
    "threads.read",
    "threads.search",
    "threads.status",
    "threads.delete",
    "approvals.list",
    "feedback.export",
    "user.erase",
    "archive.verify",
    "hosted.delete",
]

MOST_THREADS = 1_000
"""Ids that one entry names at most; `threads` counts all of them."""

_INSERT = sa.insert(audit_log)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done to one user's threads; `user_id` None where it met nobody's.

    `details` are numbers, names of states and ids. Never what was written, searched for or answered.
    """

    action: Action
    user_id: str | None
    thread_ids: tuple[str, ...] = ()
    details: Mapping[str, str | int] = field(default_factory=dict)


def entries_by_user(
    action: Action, shown: Iterable[tuple[str, str]], asked: str | None = None
) -> list[Entry]:
    """Return an entry for each user of whom something is shown; one for `asked` where it was nothing.

    `shown` are user and thread of each record.
    """
    threads: dict[str, dict[str, None]] = {}
    for user_id, thread_id in shown:
        threads.setdefault(user_id, {})[thread_id] = None
    if not threads:
        return [Entry(action, asked)]
    return [Entry(action, user_id, tuple(found)) for user_id, found in threads.items()]


async def record(
    executes: Executes, actor: Actor, entries: Iterable[Entry], request_id: str | None = None
) -> None:
    """Write `entries`, in one statement.

    `executes` is the transaction of what is told; for something that is only read, the database, before what
    was read is handed out: where nothing can be recorded, nothing is shown.
    """
    rows = [
        {
            "id": new_id("aud"),
            "actor_kind": actor.kind,
            "actor": actor.name,
            "source": actor.source,
            "request_id": request_id,
            "action": entry.action,
            "user_id": entry.user_id,
            "thread_ids": list(entry.thread_ids[:MOST_THREADS]),
            "details": {"threads": len(entry.thread_ids), **entry.details},
        }
        for entry in entries
    ]
    if rows:
        await executes.execute(_INSERT.values(rows), {})
