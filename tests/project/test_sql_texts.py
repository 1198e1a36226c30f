"""No statement is put together from texts: what is sent to a database is written out where it is made."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {"text", "literal_column", "exec_driver_sql", "execute", "DDL"}
"""Calls whose first argument may be SQL."""


def built_texts(source: str) -> Iterator[int]:
    """Yield the lines of a module in which SQL is put together from pieces."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in TEXTS and node.args:
            argument = node.args[0]
            if isinstance(argument, ast.JoinedStr) or _is_formatted(argument) or _is_sum_of_texts(argument):
                yield node.lineno


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_formatted(argument: ast.expr) -> bool:
    match argument:
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod()):
            return True
        case _:
            return False


def _is_sum_of_texts(argument: ast.expr) -> bool:
    match argument:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return any(isinstance(part, ast.Constant | ast.JoinedStr) for part in (left, right))
        case _:
            return False


ALLOWED = {
    "app/admin/scan.py": "two forms of one statement, of constants",
    "app/db/migrate.py": "the name of Alembic's table, a constant",
    "app/threads/thread_list.py": "infinity and its opposite, which the planner has to see",
    "app/turns/conditions.py": "constants that the planner has to see, to use a partial index",
}
"""Files with such a place, and why nothing from outside can get there."""


@pytest.mark.proves("SEC-27")
def test_no_statement_is_put_together_from_texts() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for line in built_texts(path.read_text())
        if str(path.relative_to(ROOT)) not in ALLOWED
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'text(f"select {x}")',
        'sa.text("select %s" % x)',
        'connection.execute("select {}".format(x))',
        'connection.exec_driver_sql("select " + x)',
    ],
)
def test_the_rule_finds(source: str) -> None:
    assert list(built_texts(source)) == [1]
