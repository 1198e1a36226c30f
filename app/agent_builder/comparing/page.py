"""The report as one page."""

from datetime import datetime

from app.agent_builder.comparing.report import STATES, WORDS, Report
from app.agent_builder.comparing.said import Kind
from app.agent_builder.pages import rendered

KINDS: dict[Kind, str] = {
    "text": "",
    "widget": "Widget:",
    "image": "Shown:",
    "step": "Step:",
    "tool": "Tool of the page:",
    "form": "Asked:",
}


def page(report: Report, now: datetime | None = None) -> str:
    """Return the page."""
    counted = report.states
    return rendered(
        "comparison.html",
        now,
        report=report,
        states=[(WORDS[state], counted[state]) for state in STATES if counted[state]],
        same=sum(row.is_same for row in report.rows),
        words=WORDS,
        kinds=KINDS,
    )
