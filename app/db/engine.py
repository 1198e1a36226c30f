"""The pool of connections, and the ways to use one: a statement, a block of them, a transaction.

Owns how connections are opened, bounded and timed out. Knows nothing of tables; starts no Postgres
(`app/db/embedded`) and changes no schema (`app/db/migrate.py`).
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from typing import Any, Protocol
from uuid import uuid4

from pydantic_core import to_json
from sqlalchemy import Connection, CursorResult, Executable, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import greenlet_spawn

from app.db.acting import WALLED
from app.db.failures import operational_failures_as_unavailable
from app.db.patience import Patience
from app.db.urls import libpq_url

POOL_WAIT_SECONDS = 1.0
UNIT_SECONDS = 3.5
"""How long a unit of work may hold its connection: a request fails within five seconds, its wait included."""

SESSION = {
    "timezone": "UTC",
    "lock_timeout": "2500ms",
    "idle_in_transaction_session_timeout": "30s",
    # Without it a query whose client is gone keeps its backend, and its locks, until it ends.
    "client_connection_check_interval": "500ms",
    # Planning costs more than running, and no plan of ours depends on the values: tests see to it.
    "plan_cache_mode": "force_generic_plan",
    # The same for a client that went without a word, as behind a network that was cut.
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "8s",
    # Compiling costs more than any statement of ours runs.
    "jit": "off",
}
_SERVER_ENDS_FIRST_SECONDS = 0.5
"""The server's own timeout comes this much earlier: then its reason is heard, and the connection kept."""


Parameters = Mapping[str, object]


class Executes(Protocol):
    """What runs a statement: a connection, which may be in a transaction, or the `Database` itself."""

    async def execute(self, statement: Executable, parameters: Parameters, /) -> CursorResult[Any]:
        """Run `statement` and return all that it found."""
        ...


class Database:
    """A bounded pool of connections; made once, disposed at the end.

    Operational failures (connection lost, pool exhausted, deadlock, timeout, database starting) leave all
    units as `app.errors.Unavailable`. A unit must be short: never hold one across a model call or a `yield`.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_wait_seconds: float = POOL_WAIT_SECONDS,
        unit_seconds: float = UNIT_SECONDS,
        prepared_statements: bool = True,
        walled: bool = False,
    ) -> None:
        """Open nothing yet; `url` is `postgresql://…`, a unix socket being named by its `host` parameter.

        `unit_seconds` bounds a whole unit; only what answers no request may ask for more.
        `prepared_statements=False` is for a transaction pooler such as pgbouncer: no statement outlives its
        transaction and no session setting is sent. `walled` says that row-level security lets statements see
        nothing but rows of those they act for, as they tell by their parameters (`app/db/acting.py`).
        """
        self._patience = Patience(unit_seconds)
        arguments = _connect_args(url, unit_seconds, prepared_statements, walled)
        self._engine = _create_engine(arguments, pool_size, pool_wait_seconds, self._patience)
        # Setting a connection up costs a third of a statement: single ones, the most frequent, go without.
        self._transactions = self._engine.execution_options(isolation_level="READ COMMITTED")
        if walled and not prepared_statements:
            event.listen(self._transactions.sync_engine, "begin", _wall_transaction)
        # Behind a transaction pooler only a transaction keeps preparing and executing on one server.
        self._has_autocommit = prepared_statements
        self._unit = (
            self._engine.sync_engine.connect if prepared_statements else self._transactions.sync_engine.begin
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """BEGIN … COMMIT, or ROLLBACK when the block raises."""
        with operational_failures_as_unavailable():
            async with self._transactions.begin() as connection:
                yield connection

    def autocommit(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Each statement is its own transaction, in one round trip: the unit for several that stand alone."""
        return self._statements() if self._has_autocommit else self.transaction()

    async def execute(
        self, statement: Executable, parameters: Parameters | None = None, /
    ) -> CursorResult[Any]:
        """Run one statement as its own transaction; all that it found is read when this returns."""
        with operational_failures_as_unavailable():
            return await greenlet_spawn(_execute, self._unit, statement, parameters)

    @asynccontextmanager
    async def _statements(self) -> AsyncIterator[AsyncConnection]:
        with operational_failures_as_unavailable():
            async with self._engine.connect() as connection:
                yield connection

    async def dispose(self) -> None:
        """Close every idle connection; those in use close when they are given back."""
        with self._patience.farewell():
            await self._engine.dispose()


def _execute(
    unit: Callable[[], AbstractContextManager[Connection]],
    statement: Executable,
    parameters: Parameters | None,
) -> CursorResult[Any]:
    # In one greenlet: to take a connection, execute and give it back one by one, each through the
    # asynchronous engine, costs half as much again. The driver has read all rows when it returns.
    with unit() as connection:
        return connection.execute(statement, parameters)


def _create_engine(
    arguments: dict[str, Any], pool_size: int, pool_wait: float, patience: Patience
) -> AsyncEngine:
    engine = create_async_engine(
        # asyncpg reads the URL itself (`dsn`), so that libpq's parameters mean what they say.
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": patience.connect, **arguments},
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_wait,
        pool_use_lifo=True,
        pool_recycle=1800,
        isolation_level="AUTOCOMMIT",
        json_serializer=_json,
        hide_parameters=True,
    )
    patience.watch(engine.sync_engine)
    return engine


def _wall_transaction(connection: Connection) -> None:
    connection.exec_driver_sql("set local chatkit.row_security = 'on'")


def _connect_args(url: str, unit_seconds: float, prepared_statements: bool, walled: bool) -> dict[str, Any]:
    arguments = {
        "dsn": libpq_url(url, application_name="chatkit-server"),
        # Bounds what is left of a cancelled statement; patience has ended any other before.
        "command_timeout": unit_seconds + 1,
    }
    if prepared_statements:
        statement_timeout = f"{(unit_seconds - _SERVER_ENDS_FIRST_SECONDS) * 1000:.0f}ms"
        session = {**SESSION, "statement_timeout": statement_timeout, **({WALLED: "on"} if walled else {})}
        return {**arguments, "server_settings": session, "prepared_statement_cache_size": 500}
    return {
        **arguments,
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": lambda: f"chatkit_{uuid4().hex}",
    }


def _json(value: object) -> str:
    # NaN and the infinities are no JSON and would fail the statement; like browsers, write null.
    return to_json(value, inf_nan_mode="null").decode()
