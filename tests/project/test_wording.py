"""Names and words that do not belong into this repository."""

import ast
import re

from tools.tracked import ROOT, tracked_files

CATCH_ALL = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "core"}

# Put together here, so that this file does not say them either. The repository speaks of itself alone: not of
# where it was written, by whom, or of plans.
UNSAID = re.compile(
    "|".join(
        (
            *(r"\bTO" + "DO", r"\bFIX" + "ME", r"\bXX" + "X\b", r"\bHA" + "CK\b"),
            *(
                "shared" + "/reference",
                "shared" + "/hooks",
                "/work" + "/main",
                "/root" + "/",
                r"/home/" + r"\w",
            ),
            *("AI" + "-generated", "Cla" + "ude", "Chat" + "GPT", "language " + "model wrote"),
        )
    )
)
TEXT = ("*.py", "*.md", "*.ts", "*.tsx", "*.css", "*.html", "*.toml", "*.ini", "*.sh", "*.yml", "*.sql")
TEXT_WITHOUT_ENDING = ("Makefile", "Dockerfile", ".ci/run", ".importlinter", ".dockerignore")


def test_no_module_is_a_catch_all() -> None:
    sources = tracked_files("*.py", "*.ts", "*.tsx")
    assert [str(path) for path in sources if CATCH_ALL & {path.stem, path.parent.name}] == []


def test_nothing_speaks_of_anything_but_the_project() -> None:
    found = []
    for path in tracked_files(*TEXT, *TEXT_WITHOUT_ENDING):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if UNSAID.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


def test_every_module_says_what_it_owns() -> None:
    modules = [path for path in tracked_files("app/*.py", "tools/*.py") if path.read_text().strip()]
    assert [str(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text()))] == []
