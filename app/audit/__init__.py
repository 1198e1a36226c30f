"""Who looked at, or changed, what belongs to a user, without being that user.

    record.py  the one function that everybody calls who does so, and the words for what is written
    actor.py   who that is: a person at the command line, the holder of a server key, the server itself

Append-only: the application's role can neither change nor remove an entry. Never holds what users or models
wrote. What users do with their own threads is no business of this.
"""

from app.audit.actor import Actor
from app.audit.record import Action, Entry, entries_by_user, record

__all__ = ["Action", "Actor", "Entry", "entries_by_user", "record"]
