"""Conditions that the partial indexes of `turns` are made for.

Their values are written into the statement: Postgres cannot know of a parameter that it will fit an index,
and would read the whole table for it.
"""

import sqlalchemy as sa

from app.db.tables import turns
from app.turns.turn import TurnStatus

CREATE = "threads.create"
ADD_CLIENT_TOOL_OUTPUT = "threads.add_client_tool_output"
ADD_STRUCTURED_INPUT = "threads.add_structured_input"
CUSTOM_ACTION = "threads.custom_action"

CONTINUATIONS = (ADD_CLIENT_TOOL_OUTPUT, ADD_STRUCTURED_INPUT, CUSTOM_ACTION)
"""Kinds of turns without a user message of their own: they go on with what the user did in the page."""

IS_RUNNING = turns.c.status == sa.literal_column(f"'{TurnStatus.RUNNING.value}'", sa.Text())
IS_CREATE = turns.c.kind == sa.literal_column(f"'{CREATE}'", sa.Text())
