"""The report as one page that needs nothing else: no script, no font, no address. Everything is escaped."""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from app.agent_builder.verifying.report import STATES, Report

AT_MOST = 500
"""Threads and differences on the page; `--json` has all of them."""

TEMPLATE = Path(__file__).parent / "report.html"


def page(report: Report, now: datetime | None = None) -> str:
    """Return the page."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    counted = report.threads
    return environment.from_string(TEMPLATE.read_text()).render(
        report=report,
        made=(now or datetime.now(UTC)).strftime("%d %B %Y, %H:%M UTC"),
        threads=[(state.replace("_", " "), counted[state]) for state in STATES if counted[state]],
        differences=report.differences[:AT_MOST],
        more_differences=max(0, len(report.differences) - AT_MOST)
        + sum(verdict.not_shown for verdict in report.verdicts),
        verdicts=sorted(report.verdicts, key=lambda verdict: verdict.state == "same")[:AT_MOST],
        more_verdicts=max(0, len(report.verdicts) - AT_MOST),
        changed=[verdict for verdict in report.verdicts if verdict.changed_here][:AT_MOST],
        sample=[verdict for verdict in report.verdicts if verdict.lines],
        fields=sum(verdict.fields for verdict in report.verdicts),
    )
