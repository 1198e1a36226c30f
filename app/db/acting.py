"""For whom a statement acts: told to row-level security by the type of one of its parameters.

The types are domains of the schema. PostgreSQL checks a value of theirs when it takes the parameters in,
before it runs anything, and the check notes whose rows the transaction may see from then on. So it costs no
round trip, stays with no connection, and a statement that tells nothing sees nothing. See
`docs/decisions/0021-row-level-security-by-a-parameter.md`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Dialect, literal
from sqlalchemy.types import UserDefinedType

WALLED = "chatkit.row_security"
"""The setting by which a session, or a transaction, says that it sees only rows of those it acts for."""


class _Told(UserDefinedType[Any]):
    render_bind_cast = True
    domain: str

    def get_col_spec(self, **_: Any) -> str:
        return f"chatkit.{self.domain}"


class Owner(_Told):
    """The id of the one user that a statement acts for."""

    cache_ok = True
    domain = "owner"


class Owners(_Told):
    """The ids of the users that a statement acts for, as flushes do for all of a process' turns."""

    cache_ok = True
    domain = "owners"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:  # noqa: ARG002
        """Return what writes them as an array is written: a domain over arrays is unknown to the driver."""
        return _array


class Thread(_Told):
    """The id of the thread that a statement is about; it is looked up whose it is once, not for each row."""

    cache_ok = True
    domain = "thread"


class Everyone(_Told):
    """Why a statement acts for everyone."""

    cache_ok = True
    domain = "everyone"


def for_everyone(reason: str) -> ColumnElement[bool]:
    """Return a condition, always true, of a statement that acts for all users because of `reason`.

    Each of them stands in the list of `tests/owners.py` as well.
    """
    return literal(reason, Everyone()).is_not(None)


def _array(owners: Iterable[str]) -> str:
    quoted = (f'"{_escaped(owner)}"' for owner in sorted(set(owners)))
    return "{" + ",".join(quoted) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"")
