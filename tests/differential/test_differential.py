"""Our server answers as the stock SDK's server does, but for what `differences.py` lists and explains."""

import asyncio
import difflib

import pytest

from tests.differential import differences
from tests.differential.corpus import SCENARIOS
from tests.differential.differences import DIFFERENCES
from tests.differential.rewriting import Pair
from tests.differential.scenario import Scenario
from tests.differential.side import Side
from tools.requirements import DOCUMENT, documented
from tools.tracked import ROOT

PAGE = ROOT / "docs/differences.md"


@pytest.mark.filterwarnings("ignore:Direct usage of named widget classes:DeprecationWarning")
@pytest.mark.proves("WIRE-60")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_both_servers_answer_alike(scenario: Scenario, stock: Side, ours: Side) -> None:
    await asyncio.gather(scenario.script(stock), scenario.script(ours))

    pairs = list(zip(stock.answers, ours.answers, strict=True))
    together, found = brought_together(pairs, scenario.differs)

    if lines := leftover(together):
        pytest.fail("\n".join(["they differ unexplained:", *lines]), pytrace=False)
    assert scenario.differs - found == set(), "these differences do not occur any more"


def brought_together(pairs: list[Pair], differs: frozenset[str]) -> tuple[list[Pair], set[str]]:
    """Apply the differences that may occur; return the pairs afterwards, and which did occur."""
    found = set()
    for difference in DIFFERENCES.values():
        if difference.is_everywhere or difference.id in differs:
            after = [difference.rewrite(pair) for pair in pairs]
            if after != pairs:
                found.add(difference.id)
            pairs = after
    return pairs, found


def leftover(pairs: list[Pair]) -> list[str]:
    """Return the lines in which the servers still differ, with the number of the request."""
    lines = []
    for number, (stock, ours) in enumerate(pairs):
        told = difflib.unified_diff(stock.lines(), ours.lines(), "stock", "ours", n=0, lineterm="")
        lines += [f"request {number}: {line}" for line in told if not line.startswith(("---", "+++", "@@"))]
    return lines


def test_every_difference_occurs_in_a_scenario() -> None:
    named = {name for scenario in SCENARIOS for name in scenario.differs}

    assert named == set(DIFFERENCES)


def test_every_difference_names_duties_that_there_are() -> None:
    known = {row.id for row in documented(DOCUMENT.read_text())}

    assert {duty for row in DIFFERENCES.values() for duty in row.duties} <= known


def test_the_documentation_shows_the_same_table() -> None:
    text = PAGE.read_text()

    assert text[text.index("## ") :].rstrip() == "\n".join(differences.page()).rstrip()
