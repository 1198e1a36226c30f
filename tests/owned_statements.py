"""Whether a statement keeps to one owner, table by table: read from its tree, not from its text.

In each SELECT, UPDATE and DELETE, however deep inside, every owned table has to hang on an owner: its
`user_id` is compared with the parameter `OWNER`, or its thread with that of a table, of a subquery or of a
common table expression which hangs on one itself. A row that is stored carries the owner, or comes from what
does.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.dml import OnConflictDoUpdate
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import DMLWhereBase
from sqlalchemy.sql.elements import BindParameter, BooleanClauseList, Grouping

from app.db.acting import Everyone, Owner, Owners
from app.db.tables import metadata

KEYS = {"thread_id", "user_id"}
_COMPARED = (operators.eq, operators.le, operators.ge, operators.in_op)


def loose_tables(statement: sa.ClauseElement) -> list[str]:
    """Return the owned tables of a statement, once for each place in it, that hang on no owner."""
    some_owners = told(statement, Owners)
    parts = list(_parts(statement))
    around: dict[Any, set[Any]] = {}
    for part in parts:
        for inner in _inside(part):
            around.setdefault(inner, set()).update(_sources(part))
    return [
        name
        for part in parts
        for name in (
            _loose_in_insert(part)
            if isinstance(part, sa.Insert)
            else _loose_in(part, around.get(part, set()), some_owners)
        )
    ]


def told(statement: sa.ClauseElement, kind: type[Owner | Owners | Everyone]) -> bool:
    """Say whether a statement has a parameter that tells whom it acts for."""
    return any(
        isinstance(part, BindParameter) and isinstance(part.type, kind)
        for part in visitors.iterate(statement)
    )


def is_owned(source: Any) -> bool:
    """Say whether a part of FROM is an owned table, or one by another name."""
    return isinstance(getattr(source, "element", source), sa.Table) and _table(source).metadata is metadata


def _table(source: Any) -> sa.Table:
    table: sa.Table = getattr(source, "element", source)
    return table


def _parts(statement: sa.ClauseElement) -> Iterator[Any]:
    for part in visitors.iterate(statement):
        if isinstance(part, sa.Select | sa.Insert | sa.Update | sa.Delete):
            yield part


def _inside(part: Any) -> Iterator[Any]:
    """Yield the queries inside of a part that may speak of its rows: in conditions, and lateral ones."""
    clauses = [*getattr(part, "_where_criteria", ()), *getattr(part, "_raw_columns", ())]
    clauses += [source.element for source in _sources(part) if isinstance(source, sa.Lateral)]
    for clause in clauses:
        for inner in visitors.iterate(clause):
            if isinstance(inner, sa.Select) and inner._auto_correlate:
                yield inner


def _loose_in(part: Any, around: set[Any], some_owners: bool) -> list[str]:
    sources = set(_sources(part))
    # A query whose tables all stand around it as well is one of its own.
    around = around if sources - around else set()
    links: dict[Any, set[Any]] = {}
    anchored = around | {source for source in sources if not is_owned(source) and _is_grounded(source)}
    for condition in _conditions(part):
        for column, other in _comparisons(condition):
            source = column.table
            sources.add(source)
            if isinstance(other, BindParameter):
                if isinstance(other.type, Owner) and column.name == "user_id":
                    anchored.add(source)
            elif isinstance(other, sa.Column | sa.ColumnClause) and other.table is not None:
                links.setdefault(source, set()).add(other.table)
                links.setdefault(other.table, set()).add(source)
                if _is_grounded(other.table) or (some_owners and column.name == "user_id"):
                    anchored.add(source)
            elif _is_grounded(other):
                anchored.add(source)
    reached = set(anchored)
    while grown := {near for source in reached for near in links.get(source, ())} - reached:
        reached |= grown
    return [_table(source).name for source in sources if is_owned(source) and source not in reached]


def _loose_in_insert(insert: sa.Insert) -> list[str]:
    name = _table(insert.table).name
    if not is_owned(insert.table):
        return []
    values: dict[Any, Any]
    if insert.select is not None:
        values = dict(zip(insert._select_names or (), insert.select.selected_columns, strict=True))
    else:
        values = {getattr(key, "name", key): value for key, value in (insert._values or {}).items()}
    owner = values.get("user_id")
    carries = isinstance(owner, BindParameter) and isinstance(owner.type, Owner)
    comes = insert.select is not None and _is_grounded(insert.select)
    return [] if (carries or comes) and _keeps_to_owner(insert) else [name]


def _keeps_to_owner(insert: sa.Insert) -> bool:
    """Say whether a row that is there already is changed only where it is the owner's."""
    change = insert._post_values_clause
    if not isinstance(change, OnConflictDoUpdate) or "user_id" not in insert.table.c:
        return True
    keys = {getattr(key, "name", key) for key in change.inferred_target_elements or ()}
    where = change.update_whereclause
    return "user_id" in keys or (where is not None and told(where, Owner))


@cache
def _is_grounded(source: Any) -> bool:
    """Say whether what a subquery gives comes from owned tables, which are looked at by themselves."""
    parts = (part for part in visitors.iterate(source) if isinstance(part, sa.FromClause))
    return any(is_owned(part) and part is not source for part in parts)


def _sources(part: Any) -> Iterator[Any]:
    if isinstance(part, sa.Select):
        for source in part.get_final_froms():
            yield from _leaves(source)
    else:
        yield part.table


def _leaves(source: Any) -> Iterator[Any]:
    if isinstance(source, sa.Join):
        yield from _leaves(source.left)
        yield from _leaves(source.right)
    else:
        yield source


def _conditions(part: Any) -> Iterator[Any]:
    where = part._where_criteria if isinstance(part, sa.Select | DMLWhereBase) else ()
    for condition in where:
        yield from _conjuncts(condition)
    if isinstance(part, sa.Select):
        for source in part.get_final_froms():
            yield from _joined_on(source)


def _joined_on(source: Any) -> Iterator[Any]:
    if isinstance(source, sa.Join):
        yield from _conjuncts(source.onclause)
        yield from _joined_on(source.left)
        yield from _joined_on(source.right)


def _conjuncts(condition: Any) -> Iterator[Any]:
    if isinstance(condition, Grouping):
        yield from _conjuncts(condition.element)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for clause in condition.clauses:
            yield from _conjuncts(clause)
    else:
        yield condition


def _comparisons(condition: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the key column of each owned table that is compared, and what with."""
    if getattr(condition, "operator", None) not in _COMPARED:
        return
    left, right = getattr(condition, "left", None), getattr(condition, "right", None)
    for column, other in ((left, right), (right, left)):
        table = getattr(column, "table", None)
        if isinstance(column, sa.Column) and is_owned(table) and _is_key(column):
            yield column, other


def _is_key(column: Any) -> bool:
    return column.name in KEYS or (column.name == "id" and _table(column.table).name == "threads")
