"""Users who are nobody: conversations that a command holds by itself are theirs, and go when it is done.

Owns how such a user is recognised, and finds what was left of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app.db.acting import for_everyone
from app.db.engine import Executes
from app.db.tables import threads
from app.ids import ThreadId, UserId, new_id

_PREFIX = "scratch-of-compare"
_FORM = re.compile(rf"({_PREFIX}_[0-9a-f]{{32}})-[0-9]{{1,12}}")
_LEFT = sa.select(threads.c.user_id, threads.c.id).where(
    threads.c.user_id.startswith(f"{_PREFIX}_", autoescape=True),
    for_everyone("conversations of nobody, to be removed"),
)


@dataclass(frozen=True, slots=True)
class ScratchThread:
    """A thread, and whose it is."""

    user_id: UserId
    thread_id: ThreadId


def new_run() -> str:
    """Return a name for one run of a command; its users are known by it."""
    return new_id(_PREFIX)


def scratch_user(run: str, number: int) -> UserId:
    """Return the user of one conversation: the same question of two users is two questions."""
    return UserId(f"{run}-{number}")


async def scratch_threads(database: Executes) -> Mapping[str, list[ScratchThread]]:
    """Return the threads of all such users, by run."""
    found = dict[str, list[ScratchThread]]()
    for row in await database.execute(_LEFT, {}):
        if form := _FORM.fullmatch(row.user_id):
            thread = ScratchThread(UserId(row.user_id), ThreadId(row.id))
            found.setdefault(form[1], []).append(thread)
    return found
