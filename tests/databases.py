"""Migrated databases, each a test's own: what one test has left of it, the next gets as if it were new.

To create one takes a tenth of a second of a processor, and to delete rows next to nothing. So a database is
emptied and handed out again, unless anything but rows of ours is different from how it was created.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg

from app.db.embedded import ConnectionUrls
from app.db.migrate import migrate
from app.db.urls import with_database

TEMPLATE = "chatkit_template"

MOST_BYTES = 4 * 1024 * 1024
"""What the tables of an emptied database may take: of what has grown, the next test would plan otherwise."""

_CATALOGS = (
    *(
        "pg_attrdef",
        "pg_attribute",
        "pg_class",
        "pg_constraint",
        "pg_default_acl",
        "pg_depend",
        "pg_description",
    ),
    *("pg_event_trigger", "pg_extension", "pg_index", "pg_largeobject_metadata", "pg_namespace", "pg_policy"),
    *("pg_proc", "pg_publication", "pg_rewrite", "pg_sequence", "pg_statistic_ext", "pg_trigger", "pg_type"),
)
_CHANGES = " union all ".join(
    f"select '{name}', count(*), max(xmin::text::bigint) from {name}" for name in _CATALOGS
)
_SHAPE = f"""
select string_agg(part::text, ' ') from (
  {_CHANGES}
  union all select 'database', setdatabase, xmin::text::bigint from pg_db_role_setting
  union all select datname::text, oid, xmin::text::bigint from pg_database where datname = current_database()
  union all select version_num, 0, 0 from chatkit.alembic_version
  union all select gid, 0, 0 from pg_prepared_xacts where database = current_database()
) part
"""
"""Changes with every change of the schema, of who may do what, and of the database's settings."""

_ALONE = """
select pg_terminate_backend(pid, 10000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
_TABLES = """
select quote_ident(relname) as name, pg_total_relation_size(oid) as bytes from pg_class
where relnamespace = 'chatkit'::regnamespace and relkind = 'r' and relname <> 'alembic_version'
"""


@dataclass
class Databases:
    """Those of one cluster."""

    cluster: ConnectionUrls
    _shapes: dict[str, str] = field(default_factory=dict)
    """How each was when it had been created."""
    _free: list[str] = field(default_factory=list)

    async def prepare(self) -> None:
        """Migrate the cluster's own database, and make of it what others are copied from."""
        await migrate(self.cluster.owner)
        await self._administer(f"create database {TEMPLATE} template chatkit owner chatkit_owner")

    @asynccontextmanager
    async def one(self) -> AsyncIterator[ConnectionUrls]:
        """A database that is the block's own, as each role reaches it."""
        name = self._free.pop() if self._free else await self._create()
        try:
            yield self._urls(name)
        finally:
            if await self._empty(name):
                self._free.append(name)
            else:
                await self._drop(name)

    @asynccontextmanager
    async def new(self) -> AsyncIterator[ConnectionUrls]:
        """One that nobody has used before, for tests of what lies on the disk."""
        name = await self._create()
        try:
            yield self._urls(name)
        finally:
            await self._drop(name)

    def _urls(self, name: str) -> ConnectionUrls:
        urls = self.cluster.app, self.cluster.owner, self.cluster.admin
        return ConnectionUrls(*(with_database(url, name) for url in urls))

    async def _create(self) -> str:
        name = f"test_{uuid4().hex}"
        await self._administer(f"create database {name} template {TEMPLATE} owner chatkit_owner")
        async with _connected(self._urls(name).admin) as connection:
            self._shapes[name] = await connection.fetchval(_SHAPE)
        return name

    async def _empty(self, name: str) -> bool:
        """Delete what the test has written; say whether the database is as it was created then."""
        try:
            async with _connected(self._urls(name).admin) as connection:
                await connection.execute(_ALONE)
                if await connection.fetchval(_SHAPE) != self._shapes[name]:
                    return False
                tables = await connection.fetch(_TABLES)
                if sum(table["bytes"] for table in tables) > MOST_BYTES:
                    return False
                deletes = "; ".join(f"delete from chatkit.{table['name']}" for table in tables)
                await connection.execute(f"set session_replication_role = replica; {deletes}")
                return True
        except (asyncpg.PostgresError, OSError):
            return False

    async def _drop(self, name: str) -> None:
        await self._administer(f"drop database if exists {name} with (force)")

    async def _administer(self, statement: str) -> None:
        async with _connected(with_database(self.cluster.admin, "postgres")) as connection:
            await connection.execute(statement)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
