"""The rule that every statement on an owned table keeps to its owner, and who may do otherwise.

Read are the statements that stand in a module, and, while tests run, those that the server sends. What they
have to be like is in `owned_statements.py`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import sqlalchemy as sa
from greenlet import getcurrent  # type: ignore[import-untyped]

from app.db.acting import Everyone
from app.db.tables import SCHEMA, metadata
from tests.owned_statements import loose_tables, told

SPANS_OWNERS = {
    "app.admin.": "shows an admin the threads of everybody, and locks any of them",
    "app.audit.": "writes down who did so",
    "app.attachments.collecting.": "removes what is left of files, of whomever",
    "app.attachments.rows.find_addressed": "an address signed for this very file stands for its owner",
    "app.attachments.rows._ADDRESSED": "what it sends",
    "app.erasing.retention.": "removes what is older than it may become, of whomever",
    "app.limits.counters.": "counts by hashes, and holds no name of anybody",
    "app.ops.doctor.database.": "asks the catalog what a role may do, and sees no row",
    "app.db.migrate.": "changes the schema, for all rows at once",
    "app.threads.importing.creating.create": "asks whether an id is taken, by whomever",
    "app.threads.importing.creating._CREATE": "what it sends",
    "app.threads.importing.standing.": "says whether an id is taken, by whomever; nothing of what was said",
    "app.auth.session_rows.find_by_secret": "a client secret stands for its user",
    "app.auth.session_rows._BY_SECRET": "what it sends",
    "app.auth.session_rows.cancel": "the key of the server stands for all users",
    "app.auth.session_rows._CANCEL": "what it sends",
    "app.auth.session_rows.forget_expired": "removes what nobody can use any more, of whomever",
    "app.auth.session_rows._EXPIRED": "what it looks for",
    "app.auth.session_rows._FORGET": "what it sends",
    "app.threads.scratch.": "finds conversations that a command held by itself, and that are nobody's",
    "app.threads.of_all_users.": "what the key of the server stands for",
    "app.turns.records.renew": "extends the leases of the turns that this process itself runs",
    "app.turns.records._RENEW": "what it sends",
    "app.turns.records.forget_undelivered": "ends the time in which a request may be repeated",
    "app.turns.records._FORGET": "what it sends",
    "app.turns.recovery.Recovery.close_abandoned": "finds what dead processes left behind, of whomever",
    "app.turns.recovery._CANDIDATES": "what it sends",
}
"""Functions and constants, or packages where the name ends in a dot, that name no owner, and why."""

_SENDERS = ("app.db.engine.",)
"""Who sends statements of others."""

_OWNED = re.compile(rf"\b{SCHEMA}\.(?:{'|'.join(table.name for table in metadata.tables.values())})\b")


def breaks_the_rule(name: str, statement: sa.ClauseElement | str) -> bool:
    """Say whether `statement`, of the function or constant `name`, does not keep to an owner and has to."""
    if isinstance(statement, sa.TextClause | str):
        is_loose = _OWNED.search(str(statement)) is not None
    else:
        is_loose = told(statement, Everyone) or bool(loose_tables(statement))
    return is_loose and not spans_owners(name)


def spans_owners(name: str) -> bool:
    """Say whether the function or constant `name` stands in the list."""
    return any(name == entry or (entry[-1] == "." and name.startswith(entry)) for entry in SPANS_OWNERS)


@dataclass
class Watch:
    """What the server was seen to send."""

    found: dict[str, str] = field(default_factory=dict)
    """Statements that break the rule, by the function that sent them."""
    seen: set[str] = field(default_factory=set)
    """The functions of the server that sent any."""
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def note(self, _: Any, __: Any, sent: str, ___: Any, context: Any, ____: bool) -> None:
        name = _sender()
        if not name.startswith("app."):
            return
        self.seen.add(name)
        if (name, sent) not in self._known:
            statement = context.compiled.statement if context.compiled else sent
            self._known[name, sent] = breaks_the_rule(name, statement)
        if self._known[name, sent]:
            self.found[name] = sent


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch what any engine sends meanwhile."""
    watch = Watch()
    sa.event.listen(sa.Engine, "before_cursor_execute", watch.note)
    try:
        yield watch
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", watch.note)


def _sender() -> str:
    for frame in _frames():
        name = f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_qualname}"
        if name.startswith(("app.", "tests.", "migrations.")) and not name.startswith((*_SENDERS, __name__)):
            return name
    return ""


def _frames() -> Iterator[FrameType]:
    # SQLAlchemy runs in a greenlet of its own; who called it waits in the parent.
    here: Any = getcurrent()
    while here is not None:
        frame: FrameType | None = here.gr_frame
        while frame is not None:
            yield frame
            frame = frame.f_back
        here = here.parent
