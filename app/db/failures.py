"""Which failures of the database are operational, and their translation to `Unavailable`.

Operational means: nothing is wrong with the request or the code, and a repeat may work. Everything else (a
violated constraint, a bad statement) passes unchanged.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from asyncpg import InterfaceError, PostgresError
from asyncpg.exceptions import InvalidCachedStatementError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import Unavailable

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 1

INSUFFICIENT_PRIVILEGE = "42501"

OPERATIONAL = (
    "08",  # connection lost or refused
    "25006",  # read-only transaction: this was the primary until a moment ago
    "25P03",  # idle in transaction for too long
    "25P04",  # transaction timeout
    "28",  # login refused
    "3D000",  # database missing
    "40",  # deadlock or serialization failure: rolled back, may be repeated
    "53",  # out of connections, memory or disk
    "55P03",  # lock timeout
    "57",  # cancelled by statement timeout, shutting down, starting up
    "58",  # I/O error below the database
)
"""SQLSTATE codes, or their two-character classes."""


@contextmanager
def operational_failures_as_unavailable() -> Iterator[None]:
    """Raise `Unavailable` in place of every operational failure of the database that the block lets out."""
    try:
        yield
    except (DBAPIError, PoolTimeout, PostgresError, InterfaceError, ConnectionError, TimeoutError) as error:
        if not is_operational(error):
            raise
        logger.warning("database unavailable", extra={"reason": reason(error)})
        raise Unavailable(
            "The database is not available right now; please try again.", retry_after=RETRY_AFTER_SECONDS
        ) from error


def is_operational(error: BaseException) -> bool:
    """Say whether `error` came from the state of the database rather than from what was asked of it."""
    if not isinstance(error, DBAPIError):
        # While a connection is set up, SQLAlchemy passes the driver's own errors.
        state = getattr(error, "sqlstate", None) or ""
        own = PoolTimeout | InterfaceError | ConnectionError | TimeoutError
        return isinstance(error, own) or state.startswith(OPERATIONAL)
    if error.connection_invalidated or isinstance(_driver_error(error), InvalidCachedStatementError):
        return True
    return (sqlstate(error) or "").startswith(OPERATIONAL)


def sqlstate(error: DBAPIError) -> str | None:
    """Return the five-character code with which Postgres explains `error`, if it was Postgres that did."""
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state


def reason(error: BaseException) -> str:
    """Return a short, stable name for logs and counters: the driver's error class, which holds no data."""
    return type(_driver_error(error) if isinstance(error, DBAPIError) else error).__name__


def _driver_error(error: DBAPIError) -> BaseException | None:
    # SQLAlchemy wraps its own adapter's error, which wraps asyncpg's.
    return error.orig.__cause__ if error.orig and error.orig.__cause__ else error.orig
