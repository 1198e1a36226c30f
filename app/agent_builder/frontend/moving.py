"""All files together: their changes as one diff, the copies of the helper, and what a person has to do."""

import os
from dataclasses import dataclass
from pathlib import Path

from app.agent_builder.frontend import copies
from app.agent_builder.frontend.changing import FileChange, Plan, change
from app.agent_builder.frontend.edits import new_file
from app.agent_builder.frontend.findings import Finding
from app.agent_builder.frontend.reading import Files


@dataclass(frozen=True, slots=True)
class Move:
    """What takes a front end over: a diff for `patch -p1` in `base`, the files it changes, and the rest."""

    base: Path
    files: tuple[str, ...]
    diff: str
    findings: tuple[Finding, ...]


def move(files: Files, named: list[Path], plan: Plan) -> Move:
    """Return the change of what was read; `named` are the paths that were asked for."""
    base = _base(named)
    changes = _changes(files, plan)
    parts: dict[str, str] = {}
    findings = [
        Finding(found.rule, found.what, found.do, _name(Path(found.file or ""), base), found.line)
        for found in files.findings
    ]
    for each in changes:
        name = _name(each.path, base)
        if each.edits:
            parts[name] = each.diff(name)
        findings += each.findings(name)
    made, missing = _copied(changes, base, plan)
    findings += [*missing, *_together(changes)]
    parts.update(made)
    return Move(base, tuple(parts), "".join(parts[name] for name in parts), tuple(findings))


def _changes(files: Files, plan: Plan) -> list[FileChange]:
    """Return the change of each file; where the helper is imported from is known once all are."""
    changes = [change(path, text, plan, f"./{copies.SCRIPT}") for path, text in files.texts.items()]
    folders = copies.places([Path(os.path.abspath(each.path)) for each in changes if each.needs_copy])
    for number, each in enumerate(changes):
        absolute = Path(os.path.abspath(each.path))
        if each.needs_copy:
            helper = copies.imported(absolute, folders[absolute])
            changes[number] = change(each.path, each.text, plan, helper)
    return changes


def _copied(changes: list[FileChange], base: Path, plan: Plan) -> tuple[dict[str, str], list[Finding]]:
    """Return the diffs that lay the helper beside the pages, and where that cannot be done."""
    pages = {Path(os.path.abspath(each.path)): each for each in changes if each.needs_copy}
    made: dict[str, str] = {}
    findings = []
    folders: dict[Path, bool] = {}
    for page, folder in copies.places(list(pages)).items():
        folders[folder] = folders.get(folder, False) or pages[page].typescript
    for folder, typed in folders.items():
        for wanted in (copies.SCRIPT, *([copies.TYPES] if typed else [])):
            target, text = folder / wanted, copies.built(wanted)
            name = _name(target, base)
            there = _there(target)
            if text is None or (there is not None and "withClientSecret" not in there):
                what = (
                    "Another file of this name is here." if there else "It belongs here, and is not at hand."
                )
                do = f"curl -o {wanted} {plan.server}/{wanted}, and import it from there."
                findings.append(Finding("copy", what, do, name))
            elif there is None:
                made[name] = new_file(name, text)
    return made, findings


def _together(changes: list[FileChange]) -> list[Finding]:
    findings = []
    if any(each.has_backend for each in changes):
        what = "The back-end has sessions made with CHATKIT_SERVER_KEY."
        do = (
            "Give it, and the server, the same: openssl rand -hex 32. The server: CHATKIT_AUTH=session, and "
            "CHATKIT_ALLOWED_ORIGINS= the page's origin."
        )
        findings.append(Finding("environment", what, do))
    asks = any("file_upload" in each.text for each in changes)
    offers = any("attachments" in each.text for each in changes if each.has_page)
    if asks and not offers:
        what = "The back-end lets sessions have files, and no page says that it takes any."
        do = (
            "Add composer: { attachments: { enabled: true } } to the options, and to api "
            'uploadStrategy: { type: "two_phase" }.'
        )
        findings.append(Finding("uploads", what, do))
    return findings


def _there(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _base(named: list[Path]) -> Path:
    """Return the folder from which the diff's names go: this one, or where the files are together."""
    here = Path.cwd()
    absolute = [Path(os.path.abspath(path)) for path in named]
    if all(path.is_relative_to(here) for path in absolute):
        return here
    return Path(os.path.commonpath([path if path.is_dir() else path.parent for path in absolute]))


def _name(path: Path, base: Path) -> str:
    return Path(os.path.relpath(os.path.abspath(path), base)).as_posix()
