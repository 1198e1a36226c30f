"""What docs/requirements.md promises against what tests say they prove: `python -m tools.requirements`.

Owns the convention: a table row is `| ID | duty | status |`, a status is one of

    proven                  at least one test names the id
    measured: benchmarks/…  a figure, taken by that file; never a timed test
    later: reason           not part of this server yet
    not done: reason        it does otherwise, on purpose

and a test names ids by `@pytest.mark.proves("ID", …)`, one of the page's by the comment `// proves ID, …`.
Tests are read, not run, so this is quick. Must not change the document: people say what counts as proven.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.tracked import ROOT, tracked_files

DOCUMENT = ROOT / "docs" / "requirements.md"
ROW = re.compile(r"\| *(?P<id>[A-Z][\w.-]*\d) *\| *(?P<duty>.+?) *\| *(?P<status>[^|]+?) *\|")
STATUS = re.compile(r"proven|measured: benchmarks/\S+|(?:later|not done): \S.*")
PAGE_MARKER = re.compile(r"^\s*// proves (?P<ids>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the document."""

    id: str
    duty: str
    status: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One place in a test that says it proves an id."""

    id: str
    place: str


def documented(text: str) -> list[Requirement]:
    """Return the rows of the document, in order."""
    rows = (ROW.fullmatch(line.strip()) for line in text.splitlines())
    return [Requirement(**row.groupdict()) for row in rows if row]


def claims_in_python(source: str, name: str) -> Iterator[Claim]:
    """Yield what `proves` markers say, in decorators, `pytestmark` and parameters alike.

    Raises `ValueError` for an id that is not a plain string: it could not be read without running the test.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "proves":
            for argument in node.args:
                if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                    raise ValueError(f"{name}:{node.lineno}: proves() takes plain strings only")
                yield Claim(argument.value, f"{name}:{node.lineno}")


def claims_in_typescript(source: str, name: str) -> Iterator[Claim]:
    """Yield what `// proves …` comments say."""
    for found in PAGE_MARKER.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        for duty in re.split(r"[,\s]+", found["ids"].strip()):
            yield Claim(duty, f"{name}:{line}")


def claimed() -> list[Claim]:
    """Return every claim of every test in the repository."""
    claims: list[Claim] = []
    for path in tracked_files("tests/*.py", "web/tests/*.ts"):
        read = claims_in_python if path.suffix == ".py" else claims_in_typescript
        claims += read(path.read_text(), str(path.relative_to(ROOT)))
    return claims


def problems(requirements: list[Requirement], claims: list[Claim], root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for everything in which the document and the tests disagree."""
    known = {requirement.id for requirement in requirements}
    proven = {claim.id for claim in claims}
    seen: set[str] = set()
    for requirement in requirements:
        status = requirement.status
        if requirement.id in seen:
            yield f"{requirement.id} stands in docs/requirements.md twice"
        seen.add(requirement.id)
        if not STATUS.fullmatch(status):
            yield f"{requirement.id} has the unknown status {status!r}"
        if status == "proven" and requirement.id not in proven:
            yield f"{requirement.id} is said to be proven, but no test names it"
        if status.startswith("measured: ") and not (root / status.removeprefix("measured: ")).is_file():
            yield f"{requirement.id} names a benchmark that is not there"
    for claim in claims:
        if claim.id not in known:
            yield f"{claim.place} proves {claim.id}, which docs/requirements.md does not have"


def main() -> int:
    """Print the problems, then what is claimed but not called proven, then totals; return the exit code."""
    requirements, claims = documented(DOCUMENT.read_text()), claimed()
    found = list(problems(requirements, claims))
    print(*found, sep="\n", end="\n" * bool(found))
    proven = {claim.id for claim in claims}
    undecided = [row.id for row in requirements if row.id in proven and row.status != "proven"]
    if undecided:
        print(f"  named by a test, but not called proven: {', '.join(undecided)}")
    for status in ("proven", "measured", "later", "not done"):
        rows = [row for row in requirements if row.status.startswith(status)]
        print(f"  {status:<9} {len(rows):>4}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
