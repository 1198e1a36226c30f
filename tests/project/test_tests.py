"""Tests wait for events, run everywhere, and replace nothing but the model provider and the clock."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.tracked import ROOT, tracked_files

SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"}
LEAVE_OUT = {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif"}
NEVER = {"pytest.importorskip", "pytest.xfail", "pytest.mark.xfail"}
MAY_LEAVE_OUT = ("db", "faults", "guardrails", "migrations", "project", "providers")
"""Where a test may need what a machine lacks: root, a second account, a PostgreSQL, Linux, packages."""
MOCKS = {"unittest", "mock", "pytest_mock"}


def sources() -> list[Path]:
    return tracked_files("tests/*.py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for the expression of that form, else what can be said of it."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def named(module: ast.AST, names: set[str]) -> Iterator[int]:
    """Yield the lines where one of `names` is used."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in names:
            yield node.lineno


def uses(names: set[str]) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line}" for path in sources() for line in named(tree(path), names)]


def test_no_test_sleeps() -> None:
    assert uses(SLEEPS - {"sleep"}) == []
    for path in sources():
        imported = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)]
        assert not any(alias.name == "sleep" for node in imported for alias in node.names), path


def test_no_test_of_the_server_or_the_page_is_left_out_and_no_other_without_a_reason() -> None:
    assert uses(NEVER) == []
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and dotted(node.func) in LEAVE_OUT:
                assert path.relative_to(ROOT / "tests").parts[0] in MAY_LEAVE_OUT, f"{path}:{node.lineno}"
                named = {keyword.arg for keyword in node.keywords}
                assert "reason" in named or dotted(node.func) == "pytest.skip", f"{path}:{node.lineno}"


def test_nothing_is_mocked() -> None:
    for path in sources():
        for node in ast.walk(tree(path)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not MOCKS & {module.partition(".")[0] for module in modules}, path
