"""Where every owned statement starts: one condition per table, and the parameters it takes.

No statement of this package is written without one of these; a test reads all of them.
"""

from sqlalchemy import ColumnElement, ScalarSelect, Text, and_, bindparam, select

from app.db.tables import (
    attachments,
    consumed_actions,
    feedback,
    sessions,
    thread_items,
    thread_state,
    threads,
    transcript_items,
)
from app.ids import ThreadId, UserId
from app.threads.characters import lookup_key

OWNER = bindparam("owner", type_=Text())
THREAD = bindparam("thread", type_=Text())


def own_threads() -> ColumnElement[bool]:
    """Threads of the caller."""
    return threads.c.user_id == OWNER


def own_thread() -> ColumnElement[bool]:
    """The one thread named, if it is the caller's."""
    return and_(threads.c.id == THREAD, own_threads())


def own_items() -> ColumnElement[bool]:
    """Items of the one thread named, if it is the caller's."""
    return thread_items.c.thread_id == _own_thread_id()


def own_transcript() -> ColumnElement[bool]:
    """What the model remembers of the one thread named, if it is the caller's."""
    return transcript_items.c.thread_id == _own_thread_id()


def own_attachments() -> ColumnElement[bool]:
    """Attachments of the caller."""
    return attachments.c.user_id == OWNER


def own_votes() -> ColumnElement[bool]:
    """Votes of the caller."""
    return feedback.c.user_id == OWNER


def own_consumed_actions() -> ColumnElement[bool]:
    """Actions that were carried out in the one thread named, if it is the caller's."""
    return consumed_actions.c.thread_id == _own_thread_id()


def own_sessions() -> ColumnElement[bool]:
    """Sessions that stand for the caller."""
    return sessions.c.user_id == OWNER


def own_state() -> ColumnElement[bool]:
    """Variables of workflows in the one thread named, if it is the caller's."""
    return thread_state.c.thread_id == _own_thread_id()


def owner(user_id: UserId, thread_id: ThreadId | str = "") -> dict[str, object]:
    """Return the parameters of the conditions above."""
    return {"owner": lookup_key(user_id), "thread": lookup_key(thread_id)}


def _own_thread_id() -> ScalarSelect[str]:
    return select(threads.c.id).where(own_thread()).correlate(None).scalar_subquery()
