"""Which archives were compared with this database, and with which result: entries that nobody can change.

They stand in the database that was compared, so they say nothing of any other, nor of one that was restored
from an earlier backup.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.audit.actor import Actor
from app.audit.record import Entry, record
from app.db.engine import Executes
from app.db.tables import audit_log

_SAME, _DIFFERENT = "same", "different"
_LAST = (
    sa.select(audit_log.c.at, audit_log.c.actor, audit_log.c.details["result"].astext.label("result"))
    .where(
        audit_log.c.action == "archive.verify",
        audit_log.c.details["manifest_sha256"].astext == sa.bindparam("manifest", type_=sa.Text()),
    )
    .order_by(audit_log.c.at.desc(), audit_log.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Verified:
    """The last comparison of an archive."""

    at: datetime
    by: str
    is_same: bool


async def record_verification(
    database: Executes, actor: Actor, manifest_sha256: str, *, threads: int, is_same: bool
) -> None:
    """Write down that the archive with this manifest was compared with the database."""
    details: dict[str, str | int] = {
        "threads": threads,
        "manifest_sha256": manifest_sha256,
        "result": _SAME if is_same else _DIFFERENT,
    }
    await record(database, actor, [Entry("archive.verify", None, details=details)])


async def last_verification(database: Executes, manifest_sha256: str) -> Verified | None:
    """Return how the last comparison of the archive with this manifest ended; None if there was none."""
    row = (await database.execute(_LAST, {"manifest": manifest_sha256})).one_or_none()
    return Verified(row.at, row.actor, row.result == _SAME) if row else None
