"""The report as one page."""

from datetime import datetime

from app.agent_builder.pages import rendered
from app.agent_builder.verifying.report import STATES, Report

AT_MOST = 500
"""Threads and differences on the page; `--json` has all of them."""


def page(report: Report, now: datetime | None = None) -> str:
    """Return the page."""
    counted = report.threads
    return rendered(
        "verification.html",
        now,
        report=report,
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
