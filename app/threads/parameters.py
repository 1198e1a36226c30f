"""Parameters that carry the new values of columns.

They are named apart from the columns: SQLAlchemy takes a parameter with a column's name for a value of that
column, in every INSERT and UPDATE of the statement. JSON goes in as text, so that it is written only once.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, bindparam, cast
from sqlalchemy.dialects.postgresql import JSONB


def new(table: Table, *names: str) -> dict[str, ColumnElement[Any]]:
    """Return, for each of the columns, the parameter that carries its new value."""
    return {name: _new(table.c[name]) for name in names}


def new_values(columns: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that give columns these values."""
    return {f"new_{name}": value for name, value in columns.items()}


def _new(column: ColumnElement[Any]) -> ColumnElement[Any]:
    name = f"new_{column.key}"
    if isinstance(column.type, JSONB):
        return cast(bindparam(name, type_=Text()), JSONB)
    return bindparam(name, type_=column.type)
