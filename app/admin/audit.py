"""Listing the audit log: who has looked at or changed threads of others. Not recorded itself."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.admin.terminal import one_line, one_line_of
from app.db.engine import Database
from app.db.tables import audit_log

WIDTH = 100


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; what is None does not matter."""

    user_id: str | None = None
    thread_id: str | None = None
    action: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry, as `docs/audit.md` explains it. Times are aware and UTC."""

    id: str
    at: datetime
    actor_kind: str
    actor: str
    source: str | None
    request_id: str | None
    action: str
    user_id: str | None
    thread_ids: list[str]
    details: Mapping[str, Any]


async def report_audit(database: Database, wanted: AuditFilter, *, limit: int, as_json: bool) -> str:
    """Return entries, done last first."""
    found = await database.execute(_filtered(wanted).limit(limit + 1))
    entries = [AuditRecord(**row) for row in found.mappings()]
    more, entries = len(entries) > limit, entries[:limit]
    if as_json:
        shown = {"entries": [asdict(entry) for entry in entries], "more": more}
        return json.dumps(shown, default=datetime.isoformat, indent=2)
    if not entries:
        return "No entries."
    lines = [line for entry in entries for line in _lines(entry)]
    if more:
        lines.append("There are more: ask for more with --limit, or for less with --user or --since.")
    return "\n".join(lines)


def _filtered(wanted: AuditFilter) -> sa.Select[tuple[object, ...]]:
    columns = [audit_log.c[name] for name in AuditRecord.__dataclass_fields__]
    found = sa.select(*columns).order_by(audit_log.c.at.desc(), audit_log.c.id.desc())
    if wanted.user_id is not None:
        found = found.where(audit_log.c.user_id == wanted.user_id)
    if wanted.thread_id is not None:
        found = found.where(audit_log.c.thread_ids.any_() == wanted.thread_id)
    if wanted.action is not None:
        found = found.where(audit_log.c.action == wanted.action)
    if wanted.since is not None:
        found = found.where(audit_log.c.at >= wanted.since)
    return found


def _lines(entry: AuditRecord) -> list[str]:
    when = f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}"
    first = [when, entry.action, f"of {entry.user_id}" if entry.user_id else "of nobody"]
    details = [f"{name} {value}" for name, value in entry.details.items()]
    by = one_line_of([f"by {entry.actor}", entry.source, entry.request_id], WIDTH - 2)
    about = one_line(" · ".join([*details, *entry.thread_ids]), WIDTH - 2)
    return [one_line_of(first, WIDTH), f"  {by}", f"  {about}"]
