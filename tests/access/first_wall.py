"""The server without its first wall: statements as they are, but for what compares an owner.

They still tell whom they act for, as every statement does; what is taken out is that they keep to it
themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter

from app.db.acting import Owner

_COMPARED = (operators.eq, operators.le, operators.ge)


@contextmanager
def removed() -> Iterator[set[str]]:
    """Take the conditions out of whatever any engine sends meanwhile; yield the statements that had one."""
    changed: set[str] = set()

    def without_owner(_: Any, statement: Any, many: Any, one: Any, __: Any) -> tuple[Any, Any, Any]:
        bare = visitors.replacement_traverse(statement, {}, _always_true)
        if str(bare) != str(statement):
            changed.add(str(bare))
        return bare, many, one

    sa.event.listen(sa.Engine, "before_execute", without_owner, retval=True)
    try:
        yield changed
    finally:
        sa.event.remove(sa.Engine, "before_execute", without_owner)


def _always_true(element: Any, **_: Any) -> Any:
    if not isinstance(element, BinaryExpression) or element.operator not in _COMPARED:
        return None
    if getattr(element.left, "name", "") != "user_id":
        return None
    if isinstance(element.right, BindParameter):
        return element.right.is_not(None) if isinstance(element.right.type, Owner) else None
    return sa.true() if getattr(element.right, "name", "") == "user_id" else None
