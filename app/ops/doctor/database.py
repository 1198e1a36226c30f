"""The database as the application's role finds it: what it may do, the schema, the clock, the room left.

Reads catalogs only; no row of anybody's.
"""

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.exc import SQLAlchemyError

import migrations
from app.db.engine import Database
from app.db.readiness import OLDEST_VERSION
from app.db.tables import metadata
from app.db.urls import libpq_url, place
from app.errors import ChatKitServerError
from app.ops.doctor.findings import Finding
from app.settings import Settings

CLOCK_SECONDS = 5.0
BESIDE_POOL = 1
"""Connections of a process that are not of its pool: the one that listens."""

_SERVER = text("""
    select current_setting('server_version_num')::int as version,
        current_setting('server_version') as version_name,
        current_user as role,
        rolsuper or rolbypassrls as is_above_rules,
        extract(epoch from clock_timestamp())::float8 as clock,
        current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int as connections,
        current_setting('archive_mode') as archive_mode,
        to_regclass('chatkit.alembic_version') is not null as has_schema
    from pg_roles where rolname = current_user
""")
_OWNED = text("""
    select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'chatkit' and pg_has_role(current_user, c.relowner, 'usage')
""")
_UNGUARDED = text("""
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'chatkit' and c.relkind in ('r', 'p')
        and not c.relrowsecurity and c.relname = any(:names)
    order by c.relname
""")
_AUDIT = text("""
    select has_table_privilege('chatkit.audit_log', 'update')
        or has_table_privilege('chatkit.audit_log', 'delete')
    where to_regclass('chatkit.audit_log') is not null
""")
_REVISION = text("select version_num from chatkit.alembic_version")

GUARDED = sorted(
    table.name for table in metadata.tables.values() if "user_id" in table.c and table.name != "audit_log"
)
"""Tables whose rows say whose they are, and are a user's."""


async def check_database(settings: Settings) -> list[Finding]:
    """Return what is wrong with the database of `settings`."""
    url = _url(settings)
    if url is None:
        return [
            Finding(
                "database-not-running",
                f"No database runs in {settings.data_dir.absolute()}.",
                "Start the server, and call the doctor in its environment while it runs.",
            )
        ]
    database = Database(url, pool_size=1, prepared_statements=settings.database_prepared_statements)
    try:
        return await _examined(database, url, settings)
    except (ChatKitServerError, SQLAlchemyError, OSError) as error:
        return [
            Finding(
                "database-unreachable",
                f"The database at {place(url)} cannot be used ({_reason(error)}).",
                f"Look whether it runs and lets this role in: pg_isready -d postgresql://{place(url)}",
            )
        ]
    finally:
        await database.dispose()


def _url(settings: Settings) -> str | None:
    """Return where the database is; None for an embedded one that does not run: it is not started here."""
    if settings.database_url is not None:
        return libpq_url(settings.database_url.get_secret_value())
    try:
        from app.db.embedded import running_urls
    except ImportError:
        return None
    urls = running_urls(settings.data_dir)
    return urls.app if urls else None


def _reason(error: BaseException) -> str:
    from app.db.failures import reason

    return reason(error.__cause__ or error)


async def _examined(database: Database, url: str, settings: Settings) -> list[Finding]:
    before = time.time()
    async with database.autocommit() as connection:
        facts = (await connection.execute(_SERVER)).mappings().one()
        after = time.time()
        found = [*_server(facts, settings), *_clock(facts, before, after)]
        if not facts["has_schema"]:
            return [*found, _schema_missing(None)]
        owned = (await connection.execute(_OWNED)).scalar_one()
        found += _owner(facts, owned, url)
        revision = (await connection.execute(_REVISION)).scalar_one_or_none()
        if revision != migrations.HEAD:
            found.append(_schema_missing(revision))
        unguarded = (await connection.execute(_UNGUARDED, {"names": GUARDED})).scalars().all()
        found += _row_security(list(unguarded))
        if (await connection.execute(_AUDIT)).scalar_one_or_none() and not owned:
            found.append(
                Finding(
                    "audit-log",
                    f"The role {facts['role']} may change or remove entries of the audit log.",
                    "As the owner of the schema: revoke update, delete on chatkit.audit_log from "
                    f"{facts['role']};",
                )
            )
    return found


def _server(facts: RowMapping, settings: Settings) -> Iterator[Finding]:
    if facts["version"] < OLDEST_VERSION:
        yield Finding(
            "database-version",
            f"The database is PostgreSQL {facts['version_name']}.",
            f"Move it to {OLDEST_VERSION // 10000} or newer: pg_upgrade, or dump and restore.",
        )
    if facts["is_above_rules"]:
        yield Finding(
            "superuser",
            f"The server connects as {facts['role']}, which is a superuser or may pass by row-level "
            "security.",
            "Make the roles of deploy/roles.sql, and connect as chatkit_app.",
        )
    each = settings.database_pool_size + BESIDE_POOL
    processes = facts["connections"] // each
    if processes < 2:
        yield Finding(
            "connections",
            f"The database takes {facts['connections']} connections, a process up to {each}: room for "
            f"{processes}. "
            "A deploy runs two for a while.",
            f"alter system set max_connections = {each * 4}; and restart it, or lower "
            "CHATKIT_DATABASE_POOL_SIZE.",
        )
    if settings.database_url is not None and facts["archive_mode"] == "off":
        yield Finding(
            "backups",
            "The database archives no log, so there is no way back to any moment.",
            "Unless its host makes snapshots: pg_dump --format=custom every night, and a restore tried once.",
        )


def _clock(facts: RowMapping, before: float, after: float) -> Iterator[Finding]:
    off = max(before - facts["clock"], facts["clock"] - after)
    if off > CLOCK_SECONDS:
        yield Finding(
            "database-clock",
            f"The database's clock and this machine's are {off:.0f} seconds apart.",
            "Set both by NTP: timedatectl set-ntp true",
        )


def _owner(facts: RowMapping, owned: int, url: str) -> Iterator[Finding]:
    if owned:
        yield Finding(
            "owner-role",
            f"The server connects to {place(url)} as {facts['role']}, which owns {owned} tables, views "
            "and indexes.",
            "Make the roles of deploy/roles.sql: connect as chatkit_app, and give the owner's address to "
            "CHATKIT_MIGRATION_DATABASE_URL of `chatkit-server db migrate` alone.",
        )


def _schema_missing(revision: Any) -> Finding:
    there = f"The schema is at revision {revision}" if revision else "There is no schema yet"
    return Finding(
        "schema",
        f"{there}; this version works with {migrations.HEAD}.",
        "chatkit-server db migrate (of the version that is to run), with CHATKIT_MIGRATION_DATABASE_URL "
        "of the owner",
    )


def _row_security(unguarded: list[str]) -> Iterator[Finding]:
    if unguarded:
        yield Finding(
            "row-security",
            f"Row-level security is off for {', '.join(unguarded)}.",
            "chatkit-server db migrate, as the owner of the schema; docs/doctor.md says how to look at "
            "it in psql.",
        )
