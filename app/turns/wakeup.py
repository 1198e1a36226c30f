"""What processes tell each other of their turns at once, over and above what they find in the tables in time.

A notification says only that it is worth looking: one that is lost costs delay, never data.
"""

from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select

CHANNEL = "chatkit_turns"

Topic = Literal["events", "stop"]
"""`events`: a turn's log has grown, or a turn has ended. `stop`: a turn shall stop, or its thread is gone."""


def notified(topic: Topic) -> ColumnElement[Any]:
    """Return the column that sends a notification, once, when its statement commits."""
    return select(func.pg_notify(CHANNEL, topic)).scalar_subquery()
