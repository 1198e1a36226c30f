"""The rows of `thread_state`: the variables of a workflow in a thread. Each is its thread's owner's.

Written in the statement that ends a turn; read when one begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.db.engine import Executes
from app.db.tables import thread_state
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key, storable_text
from app.threads.json_text import json_text
from app.threads.ownership import own_state, owner

_WORKFLOW = sa.bindparam("workflow", type_=sa.Text())
_LOAD = sa.select(thread_state.c.variables, thread_state.c.sessions).where(
    own_state(), thread_state.c.workflow == _WORKFLOW
)


@dataclass(frozen=True, slots=True)
class ThreadState:
    """What a workflow has set in a thread, and the sessions whose variables were laid over it."""

    values: Mapping[str, Any] = field(default_factory=dict)
    sessions: Sequence[str] = ()


async def load(database: Executes, thread_id: ThreadId, user_id: UserId, workflow: str) -> ThreadState | None:
    """Return the state of a workflow in a thread of this user; None where there is none."""
    parameters = owner(user_id, thread_id) | {"workflow": lookup_key(workflow)}
    row = (await database.execute(_LOAD, parameters)).one_or_none()
    if row is None:
        return None
    return ThreadState(row.variables if isinstance(row.variables, dict) else {}, tuple(row.sessions))


def upsertion(thread_id: sa.ScalarSelect[str]) -> postgresql.Insert:
    """Return the statement that saves the state of the thread, if there is one; `upsertion_values` has it."""
    given = sa.bindparam("state_values", type_=sa.Text())
    row = {
        "thread_id": thread_id,
        "workflow": sa.bindparam("state_workflow", type_=sa.Text()),
        "variables": sa.cast(given, JSONB),
        "sessions": sa.bindparam("state_sessions", type_=ARRAY(sa.Text())),
        "updated_at": sa.func.now(),
    }
    chosen = sa.select(*row.values()).where(given.is_not(None), thread_id.is_not(None))
    insert = postgresql.insert(thread_state).from_select(list(row), chosen, include_defaults=False)
    return insert.on_conflict_do_update(
        index_elements=[thread_state.c.thread_id, thread_state.c.workflow],
        set_={name: insert.excluded[name] for name in ("variables", "sessions", "updated_at")},
    )


def upsertion_values(workflow: str, state: ThreadState | None) -> dict[str, object]:
    """Return the parameters of `upsertion`; without a state it writes nothing."""
    return {
        "state_workflow": storable_text(workflow),
        "state_values": None if state is None else json_text(dict(state.values)),
        "state_sessions": [] if state is None else list(state.sessions),
    }
