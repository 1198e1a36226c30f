"""What is said for people beside the diff: what to do, in which file and line, and how to apply it."""

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from app.agent_builder.frontend.findings import Finding
from app.agent_builder.frontend.moving import Move
from app.agent_builder.frontend.recipes import TITLES

WIDTH = 100


def summary(move: Move) -> str:
    """Return everything but the diff."""
    lines = []
    if move.files:
        where = "" if move.base == Path.cwd() else f" in {move.base}"
        lines += [
            f"Changed by the diff: {', '.join(move.files)}.",
            f"Apply it{where} with: patch -p1 < FILE",
            "",
        ]
    for needs_somebody in (True, False):
        for finding in move.findings:
            if finding.needs_somebody is needs_somebody:
                lines += [*_said(finding), ""]
    return printable("\n".join([*lines, _verdict(move)]))


def as_text(recipes: dict[str, str]) -> str:
    """Return the recipes with their titles."""
    return "\n".join(f"{TITLES[name]}\n\n{_deeper(text)}" for name, text in recipes.items())


def printable(text: str) -> str:
    """Return a text without what would steer a terminal: names of files may be anybody's."""
    return "".join(found if found.isprintable() or found == "\n" else "?" for found in text)


def _deeper(text: str) -> str:
    return "".join(f"    {line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _said(finding: Finding) -> Iterator[str]:
    mark = "✗" if finding.needs_somebody else "·"
    where = (
        f"{finding.file}:{finding.line}: " if finding.line else f"{finding.file}: " if finding.file else ""
    )
    first = f"{mark} {where}{finding.what} [{finding.rule}]"
    options = {"break_long_words": False, "break_on_hyphens": False}
    yield fill(first, WIDTH, subsequent_indent="  ", **options)  # type: ignore[arg-type]
    yield fill(f"  do: {finding.do}", WIDTH, subsequent_indent="      ", **options)  # type: ignore[arg-type]


def _verdict(move: Move) -> str:
    todo = sum(finding.needs_somebody for finding in move.findings)
    if todo:
        return f"{todo} to be done by you."
    return "Nothing else to be done." if move.files else "Nothing of hosted mode was found."
