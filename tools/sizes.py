"""How long files and functions are, and which are too long: `python -m tools.sizes`.

A file is one concept, read in one sitting; a function fits a screen. The limits stand here and nowhere else.
"""

import ast
import statistics
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.tracked import ROOT, tracked_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
ASSEMBLED = Path("standalone/export.py")
"""Made of files that are short: `tools/standalone.py`."""
EXPORTED = Path("tests/workflows/exports")
"""Written as Agent Builder writes files, with the whole graph in one function."""
SOURCES = ("*.py", "*.ts", "*.tsx", "*.css", "*.sh", "Makefile")


def too_long(path: Path) -> Iterator[str]:
    """Yield a sentence for the file, and for each of its Python functions, that exceeds its limit."""
    text = path.read_text()
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    if name == ASSEMBLED or name.is_relative_to(EXPORTED):
        return
    if (lines := len(text.splitlines())) > LONGEST_FILE:
        yield f"{name}: {lines} lines, at most {LONGEST_FILE}; split it by concept"
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines, at most {LONGEST_FUNCTION}"


def summary(folder: str, paths: Iterable[Path]) -> str:
    """Return one line about the files of a folder: how many, median, nine tenths, longest."""
    lengths = sorted((len(path.read_text().splitlines()), path) for path in paths)
    counts = [length for length, _ in lengths if length]
    if not counts:
        return f"  {folder:<11} no files"
    median, ninth = statistics.median(counts), counts[len(counts) * 9 // 10]
    longest = f"{counts[-1]} ({lengths[-1][1].relative_to(ROOT)})"
    return f"  {folder:<11} {len(counts):>3} files, median {median:>3.0f}, p90 {ninth}, longest {longest}"


def main() -> int:
    """Print the sizes per folder and whatever is too long; return the exit code."""
    sources = tracked_files(*SOURCES)
    for folder in ("app", "migrations", "web", "tests", "benchmarks", "tools"):
        print(summary(folder, (path for path in sources if path.is_relative_to(ROOT / folder))))
    problems = [problem for path in sources for problem in too_long(path)]
    for problem in problems:
        print(problem)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
