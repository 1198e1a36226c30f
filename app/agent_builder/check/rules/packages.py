"""Packages the file imports: installed here or not, and with the names it wants.

Finds packages without importing them, so that nothing runs and the check stays quick.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.agent_builder.check.findings import Finding
from app.workflows.reading.packages import (
    GUARDRAILS_ADVICE,
    SPACY_MODEL,
    find_module,
    guardrails_problem,
    language_model_problem,
    lies_in,
)
from app.workflows.reading.workflow import Workflow


def packages(workflow: Workflow, folder: Path) -> Iterator[Finding]:
    """Missing packages, each once; names a package does not have; and what guardrails need beside.

    A module that lies in `folder`, beside the file, is the user's own and is left alone.
    """
    missing: set[str] = set()
    for node in ast.walk(workflow.module.tree):
        if isinstance(node, ast.Import):
            wanted = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            wanted = [(node.module, alias.name) for alias in node.names]
        else:
            continue
        for module, name in wanted:
            top = module.partition(".")[0]
            if top in sys.stdlib_module_names or top in missing or lies_in(folder, top):
                continue
            problem = (
                _guardrails(node.lineno, folder)
                if top == "guardrails"
                else _problem(module, name, node.lineno)
            )
            if problem:
                if problem.rule != "unknown-import":
                    missing.add(top)
                yield problem
    yield from _language_model(workflow)


def _problem(module: str, name: str, line: int) -> Finding | None:
    top = find_module(module.partition(".")[0])
    if top is None:
        package = module.partition(".")[0]
        return Finding("missing-package", line, f"`{module}` is not installed here", f"pip install {package}")
    if top.origin is None:
        # A namespace package: several distributions share it, and only importing tells what is in it.
        return None
    if find_module(module) is None:
        return Finding("unknown-import", line, f"there is no module `{module}` in the installed package")
    known = _exported(module)
    if name and known is not None and name not in known:
        return Finding("unknown-import", line, f"`{module}` has no `{name}` in the installed version")
    return None


def _guardrails(line: int, folder: Path) -> Finding | None:
    problem = guardrails_problem(folder)
    return Finding("missing-extra", line, problem, GUARDRAILS_ADVICE) if problem else None


def _language_model(workflow: Workflow) -> Iterator[Finding]:
    line, problem = language_model_problem(workflow)
    if problem:
        yield Finding("missing-extra", line, problem, f"python -m spacy download {SPACY_MODEL}")


@cache
def _exported(module: str) -> frozenset[str] | None:
    """The names a module binds, read from its source; None if only importing it would tell."""
    spec = find_module(module)
    origin = Path(spec.origin) if spec and spec.origin else None
    if spec is None or origin is None or origin.suffix != ".py":
        return None
    try:
        tree = ast.parse(origin.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.add(node.value)
    if "*" in found:
        return None
    for place in spec.submodule_search_locations or ():
        found |= {path.stem for path in Path(place).iterdir() if path.is_dir() or path.suffix == ".py"}
    return frozenset(found)
