"""Tests wait for events, run everywhere, and replace nothing but the model provider and the clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.tracked import ROOT, tracked_files

SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"}
SKIPS = {"pytest.skip", "pytest.importorskip", "pytest.xfail", "pytest.mark.skip", "pytest.mark.xfail"}
MOCKS = {"unittest", "mock", "pytest_mock"}


def sources() -> list[Path]:
    return tracked_files("tests/*.py", "tests/**/*.py")


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for the expression of that form, else what can be said of it."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def named(tree: ast.AST, names: set[str]) -> Iterator[int]:
    """Yield the lines where one of `names` is used."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in names:
            yield node.lineno


def uses(names: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        for line in named(ast.parse(path.read_text()), names)
    ]


def test_no_test_sleeps() -> None:
    assert uses(SLEEPS - {"sleep"}) == []
    for path in sources():
        imported = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
        ]
        assert not any(alias.name == "sleep" for node in imported for alias in node.names), path


def test_no_test_is_left_out_by_itself() -> None:
    assert uses(SKIPS) == []


def test_nothing_is_mocked() -> None:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not MOCKS & {module.partition(".")[0] for module in modules}, path
