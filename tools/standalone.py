"""Join the exporter's modules into the one file that runs alone: `python -m tools.standalone [--check]`.

People who only want their threads out need one file in the browser, not a clone. The modules stay the source;
this only drops the imports between them and gathers the others at the top. Must not change a line of code.
"""

import ast
import sys
from collections.abc import Iterator

from tools.tracked import ROOT

PACKAGE = "app.agent_builder"
STANDALONE = ROOT / "standalone" / "export.py"
MODULES = (
    "archive/layout",
    "archive/reader",
    "export/stopping",
    "export/clock",
    "export/pages",
    "export/journal",
    "export/workspace",
    "export/patience",
    "export/api",
    "export/paging",
    "export/attachments",
    "export/staging",
    "export/threads",
    "export/progress",
    "export/run",
    "export/finish",
    "export/summary",
    "export/session",
    "export/command",
)
"""In the order in which they build upon each other."""

HEADER = '''\
#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["openai>=2.2"]
# ///
# ruff: noqa
# fmt: off
"""Save every thread of a hosted ChatKit (OpenAI Agent Builder) before it is gone. This file is all you need:

    export OPENAI_API_KEY=...        a key of the project whose threads you want
    uv run export.py                 or: pipx run export.py
                                     or: pip install openai, then: python export.py

Sends only GET requests, changes nothing at OpenAI; run again, it goes on where it was. The result is the
folder chatkit-archive; `uv run export.py --help` lists the options. Part of chatkit-server, MIT license.

Assembled by tools/standalone.py from app/agent_builder: edit it there.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    sys.exit("export.py needs Python 3.11 or newer; `uv run export.py` brings it along.")

'''

FOOTER = """

if __name__ == "__main__":
    raise SystemExit(main())
"""


def assemble() -> str:
    """Return the text of the standalone file; raise `ValueError` if two modules define the same name."""
    trees = {module: _parse(module) for module in MODULES}
    refuse_clashes(trees)
    sections = [_section(module, *trees[module]) for module in MODULES]
    return (
        HEADER
        + _imports(tree for _, tree in trees.values())
        + "\n\n"
        + "\n\n\n".join(sections)
        + "\n"
        + FOOTER
    )


def main(arguments: list[str]) -> int:
    """Write the file, or with `--check` only say whether it is what the modules make."""
    text = assemble()
    if arguments == ["--check"]:
        current = STANDALONE.exists() and STANDALONE.read_text() == text
        print("in step" if current else f"{STANDALONE} is out of step: run `python -m tools.standalone`")
        return 0 if current else 1
    STANDALONE.write_text(text)
    STANDALONE.chmod(0o755)
    return 0


def _parse(module: str) -> tuple[str, ast.Module]:
    text = (ROOT / PACKAGE.replace(".", "/") / f"{module}.py").read_text()
    return text, ast.parse(text)


def refuse_clashes(trees: dict[str, tuple[str, ast.Module]]) -> None:
    """Raise `ValueError` if two modules define one name: in one file the later would win."""
    owner: dict[str, str] = {}
    for module, (_, tree) in trees.items():
        for name in set(_defined(tree.body)):
            if owner.setdefault(name, module) != module:
                raise ValueError(f"{name} is defined in {owner[name]} and in {module}: rename one")


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.If):
            yield from _defined(node.body)


def _imports(trees: Iterator[ast.Module]) -> str:
    modules, names, for_types = set[str](), dict[str, set[str]](), set[str]()
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not _is_ours(node):
                names.setdefault(str(node.module), set()).update(alias.name for alias in node.names)
            elif _is_for_types(node):
                for_types |= {ast.unparse(inner) for inner in ast.walk(node) if isinstance(inner, ast.Import)}
    names.pop("__future__", None)
    lines = [f"import {module}" for module in sorted(modules)]
    lines += [f"from {module} import {', '.join(sorted(found))}" for module, found in sorted(names.items())]
    return "\n".join([*lines, "", "if TYPE_CHECKING:", *(f"    {line}" for line in sorted(for_types)), ""])


def _section(module: str, text: str, tree: ast.Module) -> str:
    lines = text.splitlines()
    docstring = ast.get_docstring(tree) or ""
    for node in reversed(tree.body):
        is_docstring = isinstance(node, ast.Expr) and node is tree.body[0]
        if is_docstring or isinstance(node, ast.Import | ast.ImportFrom) or _is_for_types(node):
            del lines[node.lineno - 1 : node.end_lineno]
    comment = [f"# --- {PACKAGE.replace('.', '/')}/{module}.py", "#"]
    comment += [f"# {line}".rstrip() for line in docstring.splitlines()]
    return "\n".join(comment) + "\n\n\n" + "\n".join(lines).strip("\n")


def _is_ours(node: ast.ImportFrom) -> bool:
    return (node.module or "").startswith(PACKAGE)


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
