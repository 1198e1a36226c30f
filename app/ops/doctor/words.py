"""A report for people: what, why it matters, what to type."""

from textwrap import fill

from app.ops.doctor.findings import Finding, Report, Severity

WIDTH = 100
_MARKS = {Severity.PROBLEM: "✗", Severity.NOTE: "·"}


def words(report: Report) -> str:
    """Return the report, problems first."""
    lines = [f"Looked at: {', '.join(report.looked_at)}.", ""]
    for severity in Severity:
        for finding in report.findings:
            if finding.severity is severity:
                lines += [*_lines(finding), ""]
    problems = sum(finding.severity is Severity.PROBLEM for finding in report.findings)
    lines.append(f"{problems} to be repaired." if problems else "Nothing to be repaired.")
    return "\n".join(lines)


def _lines(finding: Finding) -> list[str]:
    return [
        fill(f"{_MARKS[finding.severity]} {finding.what} [{finding.rule}]", WIDTH, subsequent_indent="  "),
        fill(f"why: {finding.why}.", WIDTH, initial_indent="  ", subsequent_indent="       "),
        fill(
            f"do:  {finding.do}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="       ",
            break_long_words=False,
            break_on_hyphens=False,
        ),
    ]
