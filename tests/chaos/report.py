"""The table of attacks: what was tried how often, and what was lost.

A plugin, so that the table also comes when tests run in several processes: a row travels with its test's
report. `CHAOS_TABLE=markdown` prints it as `docs/promises.md` has it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import pytest

KEY = "attack"


@dataclass(frozen=True)
class Row:
    """One attack. `measured` says what came out besides losses."""

    duty: str
    attack: str
    cases: int
    losses: int
    measured: str = ""


class Table:
    """Takes the rows of one test."""

    def __init__(self, node: pytest.Item) -> None:
        self._node = node

    def row(self, duty: str, attack: str, cases: int, losses: Sequence[object], measured: str = "") -> None:
        """Note an attack, and fail the test where something was lost."""
        row = Row(duty, attack, cases, len(losses), measured)
        self._node.user_properties.append((KEY, asdict(row)))
        assert not losses, f"{attack}: {len(losses)} of {cases}\n" + "\n".join(map(str, losses[:20]))


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    """Where a test notes what it attacked."""
    return Table(request.node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows of all tests that ran."""
    rows = sorted(set(_rows(terminalreporter)), key=lambda row: (row.duty, row.attack))
    if not rows:
        return
    if os.environ.get("CHAOS_TABLE") == "markdown":
        terminalreporter.write_line("")
        for line in markdown(rows):
            terminalreporter.write_line(line)
        return
    terminalreporter.section("attacks")
    for row in rows:
        verdict = f"{row.losses} LOST" if row.losses else "nothing lost"
        measured = f"; {row.measured}" if row.measured else ""
        terminalreporter.write_line(
            f"{row.duty:<7} {row.cases:>5} cases  {verdict:<12}  {row.attack}{measured}"
        )


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| id | attack | cases | losses | measured |"
    yield "| --- | --- | ---: | ---: | --- |"
    for row in rows:
        yield f"| {row.duty} | {row.attack} | {row.cases} | {row.losses} | {row.measured} |"


def _rows(terminalreporter: pytest.TerminalReporter) -> Iterator[Row]:
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for key, value in report.user_properties:
                    if key == KEY:
                        yield Row(**value)
