"""Where every statement on an owned table starts: one condition a table.

A statement that starts elsewhere fails the rule of `tests/owners.py`, unless it stands in the list there of
those that rightly span owners. The conditions name the owner as a parameter, whose type tells row-level
security the same (`acting.py`), so the second wall stands wherever the first does.
"""

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, select

from app.db.acting import Owner, Owners, Thread
from app.db.tables import (
    attachments,
    consumed_actions,
    feedback,
    pauses,
    sessions,
    thread_items,
    thread_state,
    threads,
    transcript_items,
    turn_events,
    turns,
)

OWNER = bindparam("owner", type_=Owner())
THREAD = bindparam("thread", type_=Thread())

OWNERS = bindparam("owners", type_=Owners())
"""For statements that act for some users at once, each row being compared with its own."""


def own_threads() -> ColumnElement[bool]:
    """Threads of the caller."""
    return threads.c.user_id == OWNER


def own_thread() -> ColumnElement[bool]:
    """The one thread named, if it is the caller's."""
    return and_(threads.c.id == THREAD, own_threads())


def own_items() -> ColumnElement[bool]:
    """Items of the one thread named, if it is the caller's."""
    return thread_items.c.thread_id == own_thread_id()


def own_transcript() -> ColumnElement[bool]:
    """What the model remembers of the one thread named, if it is the caller's."""
    return transcript_items.c.thread_id == own_thread_id()


def own_turns() -> ColumnElement[bool]:
    """Turns of the one thread named, if it is the caller's."""
    return turns.c.thread_id == own_thread_id()


def own_turn_events() -> ColumnElement[bool]:
    """What the running turn of the one thread named has streamed, if the thread is the caller's."""
    return turn_events.c.thread_id == own_thread_id()


def own_pauses() -> ColumnElement[bool]:
    """Runs that wait in the one thread named, if it is the caller's."""
    return pauses.c.thread_id == own_thread_id()


def own_attachments() -> ColumnElement[bool]:
    """Attachments of the caller."""
    return attachments.c.user_id == OWNER


def own_votes() -> ColumnElement[bool]:
    """Votes of the caller."""
    return feedback.c.user_id == OWNER


def own_consumed_actions() -> ColumnElement[bool]:
    """Actions that were carried out in the one thread named, if it is the caller's."""
    return consumed_actions.c.thread_id == own_thread_id()


def own_sessions() -> ColumnElement[bool]:
    """Sessions that stand for the caller."""
    return sessions.c.user_id == OWNER


def own_state() -> ColumnElement[bool]:
    """Variables of workflows in the one thread named, if it is the caller's."""
    return thread_state.c.thread_id == own_thread_id()


def own_thread_id() -> ScalarSelect[str]:
    """The id of the one thread named, if it is the caller's; null otherwise."""
    return select(threads.c.id).where(own_thread()).correlate(None).scalar_subquery()
