"""Packages the file imports: installed here or not, and with the names it wants.

Finds packages without importing them, so that nothing runs and the check stays quick.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import packages_distributions
from pathlib import Path

from app.agent_builder.check.findings import Finding
from app.agent_builder.check.workflow import Workflow

GUARDRAILS = "openai-guardrails"
SPACY_MODEL = "en_core_web_sm"


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
            if top in sys.stdlib_module_names or top in missing or _lies_in(folder, top):
                continue
            problem = _guardrails(node.lineno) if top == "guardrails" else _problem(module, name, node.lineno)
            if problem:
                if problem.rule != "unknown-import":
                    missing.add(top)
                yield problem
    yield from _language_model(workflow)


def _lies_in(folder: Path, module: str) -> bool:
    return (folder / f"{module}.py").exists() or (folder / module).is_dir()


def _problem(module: str, name: str, line: int) -> Finding | None:
    top = _find(module.partition(".")[0])
    if top is None:
        package = module.partition(".")[0]
        return Finding("missing-package", line, f"`{module}` is not installed here", f"pip install {package}")
    if top.origin is None:
        # A namespace package: several distributions share it, and only importing tells what is in it.
        return None
    if _find(module) is None:
        return Finding("unknown-import", line, f"there is no module `{module}` in the installed package")
    known = _exported(module)
    if name and known is not None and name not in known:
        return Finding("unknown-import", line, f"`{module}` has no `{name}` in the installed version")
    return None


def _guardrails(line: int) -> Finding | None:
    distributions = packages_distributions().get("guardrails", [])
    if GUARDRAILS in distributions:
        return None
    message = f"guardrails need the package {GUARDRAILS}, which is not installed here"
    if distributions:
        message = (
            f"`guardrails` here is the unrelated package {distributions[0]}; this file needs {GUARDRAILS}"
        )
    return Finding(
        "missing-extra", line, message, f"pip install {GUARDRAILS} (about 300 MB; not guardrails-ai)"
    )


def _language_model(workflow: Workflow) -> Iterator[Finding]:
    line = next((config.line for config in workflow.guardrails if "Contains PII" in config.checks), None)
    if line is not None and _find(SPACY_MODEL) is None:
        message = f"Contains PII needs spaCy's language model {SPACY_MODEL}, which is not installed here"
        yield Finding("missing-extra", line, message, f"python -m spacy download {SPACY_MODEL}")


@cache
def _find(module: str) -> ModuleSpec | None:
    """Locate a module as an import would, but importing none of its parents."""
    parent, _, name = module.rpartition(".")
    if not parent:
        return PathFinder.find_spec(name)
    above = _find(parent)
    places = above.submodule_search_locations if above and above.origin else None
    return PathFinder.find_spec(module, places) if places else None


@cache
def _exported(module: str) -> frozenset[str] | None:
    """The names a module binds, read from its source; None if only importing it would tell."""
    spec = _find(module)
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
