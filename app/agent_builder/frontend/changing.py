"""One file: what kind it is, the changes of it, and what is said of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.agent_builder.frontend import addresses, element, node, python
from app.agent_builder.frontend.edits import STEERING, Edit, changed, diff
from app.agent_builder.frontend.exposed import exposed
from app.agent_builder.frontend.findings import Finding
from app.agent_builder.frontend.javascript.code import Code
from app.agent_builder.frontend.javascript.scripts import scripts
from app.agent_builder.frontend.options import HOSTED
from app.agent_builder.frontend.pages import BY_HAND, is_module, page_changes, style_of
from app.agent_builder.frontend.placing import Style
from app.agent_builder.frontend.reading import LONGEST_LINE, PAGES, PYTHON
from app.agent_builder.frontend.said import Said

MOST_SAID = 50
"""Sentences about one file."""
_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_WITH_JSX = (".js", ".jsx", ".tsx", ".mjs", ".cjs")
_RELEVANT = re.compile(rf"{HOSTED}|chatkit", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a front end is to go."""

    server: str
    domain_key: str
    our_element: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A script: the whole file, or one of a page. `loads` is whether it has its imports from the server."""

    start: int
    end: int
    typescript: bool
    jsx: bool
    module: bool | None
    """Whether it may import; None where its own imports tell."""
    loads: bool


@dataclass
class FileChange:
    """A file, its changes, and what is said of it."""

    path: Path
    text: str
    edits: list[Edit] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    has_page: bool = False
    """Whether a page was changed in it."""
    has_backend: bool = False
    typescript: bool = False
    needs_copy: bool = False
    """Whether it imports the helper from beside it."""

    def diff(self, name: str) -> str:
        """Return its change, empty where there is none."""
        return diff(name, self.text, self.edits) if self.edits else ""

    def findings(self, name: str) -> list[Finding]:
        """Return what is said, by line."""
        ordered = sorted(set(self.said), key=lambda said: (said.at, said.rule, said.what))
        return [
            Finding(said.rule, said.what, said.do, name, self.text.count("\n", 0, said.at) + 1)
            for said in ordered[:MOST_SAID]
        ]


def change(path: Path, text: str, plan: Plan, helper: str) -> FileChange:
    """Return the change of a file; `helper` is where it imports the helper from, if it has to."""
    result = FileChange(path, text, said=list(exposed(text)))
    if path.suffix.lower() in PYTHON:
        _change_python(result, plan)
    else:
        for section in _sections(result, plan):
            if _RELEVANT.search(text, section.start, section.end):
                _change_script(result, section, plan, helper)
    if result.edits and _is_unprintable(result):
        what = "Its change would print characters that steer a terminal."
        result.said.append(Said("control-characters", result.edits[0].start, what, BY_HAND))
        result.edits, result.needs_copy, result.has_page, result.has_backend = [], False, False, False
    if "\r\n" in text:
        result.edits = [
            Edit(edit.start, edit.end, re.sub(r"(?<!\r)\n", "\r\n", edit.text)) for edit in result.edits
        ]
    return result


def _sections(result: FileChange, plan: Plan) -> Iterator[Section]:
    suffix, text = result.path.suffix.lower(), result.text
    if suffix not in PAGES:
        is_sure = suffix in (*_TYPESCRIPT, ".mjs", ".jsx")
        yield Section(
            0, len(text), suffix in _TYPESCRIPT, suffix in _WITH_JSX, True if is_sure else None, False
        )
        return
    is_component = suffix not in (".html", ".htm")
    at = 0
    for script in scripts(text):
        _outside(result, at, script.tag, plan)
        at = script.end
        if element.CDN in script.source:
            result.said += _kept(script.tag, plan)
            if plan.our_element and (edit := element.tag_change(script, plan.server)):
                result.edits.append(edit)
        if script.is_code and not script.source:
            kind = script.attributes.get("type", "").lower()
            typed = script.attributes.get("lang", "") in ("ts", "tsx")
            module = is_component or script.is_module
            yield Section(script.start, script.end, typed, "babel" in kind, module, not is_component)
    _outside(result, at, len(text), plan)


def _outside(result: FileChange, start: int, end: int, plan: Plan) -> None:
    """Say where hosted mode is named between the scripts, in an attribute for one; comments do not count."""
    at = result.text.find(HOSTED, start, end)
    while at >= 0 and not plan.our_element:
        opened, closed = (result.text.rfind(mark, start, at) for mark in ("<!--", "-->"))
        if opened <= closed:
            what = "Hosted mode is named here, outside of the scripts."
            result.said.append(Said("options", at, what, BY_HAND))
            return
        at = result.text.find(HOSTED, at + 1, end)


def _kept(at: int, plan: Plan) -> list[Said]:
    return [] if plan.our_element else [Said("element", at, element.KEPT, element.KEPT_DO)]


def _change_script(result: FileChange, section: Section, plan: Plan, helper: str) -> None:
    text = result.text[section.start : section.end]
    code = Code(text, jsx=section.jsx)
    if code.broken is not None:
        what = "What follows does not hold together, so that nothing was changed."
        result.said.append(Said("broken", section.start + code.broken, what, BY_HAND))
        return
    if not code.tokens:
        return
    module = is_module(code) if section.module is None else section.module
    style = style_of(code, plan.server, typescript=section.typescript, is_module=module)
    source = f"{plan.server}/chatkit-fetch.js" if section.loads else helper
    page = list(_page(code, style, plan, source))
    backend = list(_backend(code, style, plan))
    moved = [_at(each, section.start) for each in (*page, *backend)]
    edits = [each for each in moved if isinstance(each, Edit)]
    result.said += [each for each in moved if isinstance(each, Said)]
    if not edits or not _holds(result, section, edits):
        return
    result.edits += edits
    result.has_page |= any(isinstance(each, Edit) for each in page)
    result.has_backend |= any(isinstance(each, Edit) for each in backend)
    result.typescript |= section.typescript
    imports = any(isinstance(each, Edit) and f"{source}{style.quote}" in each.text for each in page)
    result.needs_copy |= imports and not section.loads


def _page(code: Code, style: Style, plan: Plan, source: str) -> Iterator[Edit | Said]:
    if plan.our_element:
        yield from element.code_changes(code, plan.server)
        return
    yield from page_changes(code, style, plan.domain_key, source)
    at = next((token.start for token in code.tokens if element.CDN in token.text), None)
    if at is not None:
        yield from _kept(at, plan)


def _backend(code: Code, style: Style, plan: Plan) -> Iterator[Edit | Said]:
    clients = list(node.node_changes(code, style))
    yield from clients
    has_client = any(token.text == "OpenAI" for token in code.tokens)
    found = addresses.address_changes(
        node.literals(code), node.keys(code), plan.server, has_client=has_client
    )
    asked = [*clients, *found]
    yield from asked[len(clients) :]
    if asked:
        yield from _workflows(node.workflow_ids(code))


def _workflows(ids: Iterable[tuple[int, str]]) -> Iterator[Said]:
    for at, given in ids:
        if not given.startswith("wf_"):
            what = "The id of this workflow does not begin with wf_, and sessions for it are refused."
            yield Said("workflow-id", at, what, "Name one that does: any is answered by the one assistant.")


def _change_python(result: FileChange, plan: Plan) -> None:
    code = python.program(result.text)
    if code is None:
        if "chatkit.sessions" in result.text:
            what = "It does not parse, so that nothing was changed."
            result.said.append(Said("broken", 0, what, "Repair it, and call this again."))
        return
    clients = list(python.python_changes(code, plan.server))
    has_client = any(name in result.text for name in ("import openai", "OpenAI("))
    found = addresses.address_changes(
        python.literals(code), python.keys(code), plan.server, has_client=has_client
    )
    changes = [*clients, *found]
    if changes:
        result.said += _workflows(python.workflow_ids(code))
    result.said += [each for each in changes if isinstance(each, Said)]
    edits = [each for each in changes if isinstance(each, Edit)]
    whole = Section(0, len(result.text), False, False, None, False)
    if edits and _holds(result, whole, edits):
        result.edits, result.has_backend = edits, True


def _holds(result: FileChange, section: Section, edits: list[Edit]) -> bool:
    """Say whether a change can be printed: of lines that people write, and of a text that stays whole."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    for before, edit in zip([None, *ordered], ordered, strict=False):
        line = result.text.rfind("\n", 0, edit.start) + 1
        end = result.text.find("\n", edit.end)
        if (end if end >= 0 else len(result.text)) - line > LONGEST_LINE and "\n" not in result.text[
            line : edit.end
        ]:
            do = "Change the source that it is built from, and build it anew."
            result.said.append(Said("built", edit.start, "This line is as long as builds make them.", do))
            return False
        if before is not None and edit.start < before.end:
            result.said.append(Said("options", edit.start, "Two changes would meet here.", BY_HAND))
            return False
    moved = [Edit(edit.start - section.start, edit.end - section.start, edit.text) for edit in edits]
    text = changed(result.text[section.start : section.end], moved)
    is_python = result.path.suffix.lower() in PYTHON
    is_whole = python.program(text) is not None if is_python else Code(text, jsx=section.jsx).broken is None
    if not is_whole:
        what = "The change of this would not hold together."
        result.said.append(Said("options", edits[0].start, what, BY_HAND))
    return is_whole


def _at(each: Edit | Said, start: int) -> Edit | Said:
    if isinstance(each, Edit):
        return Edit(each.start + start, each.end + start, each.text)
    return Said(each.rule, each.at + start, each.what, each.do)


def _is_unprintable(result: FileChange) -> bool:
    return bool(STEERING.search(diff("", result.text, result.edits)))
