"""Rows of `sessions`: what a client secret was made for, and until when it is good.

Of the secret only its SHA-256 is kept. That is enough: it is 256 random bits, so there is nothing that a
slower hash would keep from being guessed, and one statement finds a session by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json, to_json

from app.context import FileTerms, SessionTerms
from app.db.acting import for_everyone
from app.db.engine import Executes
from app.db.tables import sessions
from app.ids import UserId
from app.threads.characters import lookup_key, storable_id
from app.threads.ownership import OWNER, own_sessions, owner
from app.threads.parameters import new, new_values

MEGABYTE = 1_000_000

KEPT_AFTER_EXPIRY = timedelta(hours=1)
"""How long a session that has expired can still be looked up, to be cancelled for instance."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is stored."""

    user_id: UserId
    terms: SessionTerms
    expires_at: datetime
    is_cancelled: bool


_SESSION = sa.bindparam("session", type_=sa.Text())
_SHA256 = sa.bindparam("sha256", type_=sa.Text())
_LIFE = sa.bindparam("life", type_=sa.Interval())
_SELECTED = (
    sessions.c.id,
    sessions.c.user_id,
    sessions.c.workflow_id,
    sessions.c.workflow_version,
    sa.cast(sessions.c.state_variables, sa.Text).label("state_variables"),
    sa.cast(sessions.c.configuration, sa.Text).label("configuration"),
    sessions.c.requests_per_minute,
    sessions.c.created_at,
    sessions.c.expires_at,
    sessions.c.cancelled_at,
)
_NEW = ("workflow_id", "workflow_version", "state_variables", "configuration", "requests_per_minute")
_INSERT = (
    sa.insert(sessions)
    .values(
        id=_SESSION,
        user_id=OWNER,
        secret_sha256=_SHA256,
        expires_at=sa.func.now() + _LIFE,
        **new(sessions, *_NEW),
    )
    .returning(*_SELECTED)
)
_BY_SECRET = sa.select(*_SELECTED).where(
    sessions.c.secret_sha256 == _SHA256,
    sessions.c.cancelled_at.is_(None),
    sessions.c.expires_at > sa.func.now(),
    for_everyone("a client secret"),
)
_CANCEL = (
    sa.update(sessions)
    .where(sessions.c.id == _SESSION, for_everyone("the key of the server"))
    .values(cancelled_at=sa.func.coalesce(sessions.c.cancelled_at, sa.func.now()))
    .returning(*_SELECTED)
)
_COUNT_UPLOAD = (
    sa.update(sessions)
    .where(
        own_sessions(),
        sessions.c.id == _SESSION,
        sessions.c.uploads < sa.bindparam("most", type_=sa.BigInteger()),
    )
    .values(uploads=sessions.c.uploads + 1)
)
_EXPIRED = (
    sa.select(sessions.c.id)
    .where(
        sessions.c.expires_at < sa.func.now() - sa.literal(KEPT_AFTER_EXPIRY, sa.Interval()),
        for_everyone("sessions that nobody can use any more"),
    )
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
_FORGET = sa.delete(sessions).where(sessions.c.id.in_(_EXPIRED))


async def insert(
    database: Executes, user_id: UserId, terms: SessionTerms, secret_sha256: str, life: timedelta
) -> Session:
    """Store a session that begins now, and return it as it is stored."""
    values = {
        "owner": storable_id(user_id),
        "session": terms.id,
        "sha256": secret_sha256,
        "life": life,
        **new_values(
            {
                "workflow_id": terms.workflow_id,
                "workflow_version": terms.workflow_version,
                "state_variables": to_json(terms.state_variables).decode(),
                "configuration": to_json(configuration_of(terms)).decode(),
                "requests_per_minute": terms.requests_per_minute,
            }
        ),
    }
    return _session((await database.execute(_INSERT, values)).one())


async def find_by_secret(database: Executes, secret_sha256: str) -> Session | None:
    """Return the session whose secret has this hash, if it is still good: the secret stands for its user."""
    row = (await database.execute(_BY_SECRET, {"sha256": secret_sha256})).one_or_none()
    return _session(row) if row is not None else None


async def cancel(database: Executes, session_id: str) -> Session | None:
    """End a session, of whomever, for good and return it; None where there is none."""
    row = (await database.execute(_CANCEL, {"session": lookup_key(session_id)})).one_or_none()
    return _session(row) if row is not None else None


async def count_upload(database: Executes, user_id: UserId, terms: SessionTerms) -> bool:
    """Count one more uploaded file; False, and nothing counted, where the session has had all of its own."""
    values = owner(user_id) | {"session": terms.id, "most": terms.files.max_files}
    return (await database.execute(_COUNT_UPLOAD, values)).rowcount == 1


async def forget_expired(database: Executes) -> None:
    """Delete the sessions that have expired a while ago, of whomever."""
    while (await database.execute(_FORGET, {})).rowcount == AT_ONCE:
        pass


def configuration_of(terms: SessionTerms) -> dict[str, Any]:
    """Return the part of the terms that is kept as JSON: the hosted API's configuration, and its tracing."""
    return {
        "automatic_thread_titling": {"enabled": terms.titles},
        "file_upload": {
            "enabled": terms.files.enabled,
            "max_file_size": terms.files.max_bytes // MEGABYTE,
            "max_files": terms.files.max_files,
        },
        "history": {"enabled": terms.history, "recent_threads": terms.recent_threads},
        "tracing": {"enabled": terms.tracing},
    }


def _session(row: sa.Row[Any]) -> Session:
    kept = from_json(row.configuration)
    terms = SessionTerms(
        id=row.id,
        workflow_id=row.workflow_id,
        workflow_version=row.workflow_version,
        state_variables=from_json(row.state_variables),
        tracing=kept["tracing"]["enabled"],
        titles=kept["automatic_thread_titling"]["enabled"],
        files=_files(kept["file_upload"]),
        history=kept["history"]["enabled"],
        recent_threads=kept["history"]["recent_threads"],
        requests_per_minute=row.requests_per_minute,
        created_at=row.created_at,
    )
    return Session(UserId(row.user_id), terms, row.expires_at, row.cancelled_at is not None)


def _files(kept: Mapping[str, Any]) -> FileTerms:
    return FileTerms(kept["enabled"], kept["max_file_size"] * MEGABYTE, kept["max_files"])
