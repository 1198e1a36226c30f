"""The change of a page in hosted mode: its `api` object, the helper in its place, and what is imported."""

import re
from collections.abc import Iterator

from app.agent_builder.frontend.edits import Edit
from app.agent_builder.frontend.javascript.code import TOP, Code
from app.agent_builder.frontend.javascript.names import Names
from app.agent_builder.frontend.javascript.tokens import Kind
from app.agent_builder.frontend.options import HostedOptions, NotUnderstood, hosted_options
from app.agent_builder.frontend.placing import WIDEST, Placed, Style, placed, unmarked
from app.agent_builder.frontend.said import Said

BY_HAND = "Change it by hand: `chatkit-server agent-builder frontend` without files prints how."
HELPER = ("chatkitFetch", "withClientSecret")


def style_of(code: Code, server: str, *, typescript: bool, is_module: bool) -> Style:
    """Return how a script is written."""
    quotes = [token.text[0] for token in code.tokens if token.kind is Kind.STRING]
    quote = "'" if quotes.count("'") > quotes.count('"') else '"'
    has_semicolons = any(token.text == ";" for token in code.tokens) or len(code.tokens) < 2
    return Style(quote, ";" if has_semicolons else "", typescript, is_module, server)


def is_module(code: Code) -> bool:
    """Say whether a script imports or exports, which only modules can."""
    words = ((code.word(index), code.word(index + 1)) for index in code.children(TOP))
    return any(word == "export" or (word == "import" and after not in ("(", ".")) for word, after in words)


def page_changes(code: Code, style: Style, domain_key: str, helper: str) -> Iterator[Edit | Said]:
    """Yield the changes of a script; `helper` is where it imports /chatkit-fetch.js from."""
    names = Names(code)
    made: list[Placed] = []
    for found in hosted_options(code):
        result = placed(code, names, found, style) if isinstance(found, HostedOptions) else found
        if isinstance(result, NotUnderstood):
            what = f"Hosted mode is used here, and {result.why}."
            yield Said("options", code.tokens[result.token].start, what, BY_HAND)
            continue
        made.append(result)
        yield Edit(result.edit.start, result.edit.end, unmarked(result.edit.text))
        yield _api(code, result, style, domain_key)
    if made and style.is_module:
        yield from _imports(code, names, made, style, helper)


def _api(code: Code, made: Placed, style: Style, domain_key: str) -> Edit:
    options = made.options
    properties = [
        f"url: {style.quoted(f'{style.server}/chatkit')}",
        f"domainKey: {style.quoted(domain_key)}",
        f"fetch: {made.fetch}",
    ]
    if any(token.text == "attachments" for token in code.tokens):
        constant = " as const" if style.typescript and not options.call else ""
        properties.append(f"uploadStrategy: {{ type: {style.quoted('two_phase')} }}{constant}")
    first, last = code.tokens[options.first], code.tokens[options.end - 1]
    begin = code.text.rfind("\n", 0, first.start) + 1
    margin = re.match(r"[ \t]*", code.text[begin:])[0]  # type: ignore[index]
    brace, close = code.tokens[options.brace], code.tokens[code.partner[options.brace]]
    if begin > brace.start:
        return Edit(first.start, last.end, f",\n{margin}".join(properties))
    around = code.text[brace.end : first.start] + code.text[last.end : close.start]
    end = code.text.find("\n", last.end)
    width = (end if end >= 0 else len(code.text)) - begin - (last.end - first.start)
    if around.strip(", \t\r\n") or width + len(", ".join(properties)) < WIDEST:
        return Edit(first.start, last.end, ", ".join(properties))
    deeper = f"\n{margin}  "
    return Edit(brace.end, close.start, f"{deeper}{f',{deeper}'.join(properties)},\n{margin}")


def _imports(code: Code, names: Names, made: list[Placed], style: Style, helper: str) -> Iterator[Edit]:
    react = sorted({name for placed in made for name in placed.react} - names.top.keys())
    types = sorted({f"type {name}" for placed in made for name in placed.types if name not in names.top})
    ours = [name for name in (*HELPER, *types) if name not in names.top]
    wanted = [(react, "react"), (sorted(ours, key=lambda name: name.removeprefix("type ").lower()), helper)]
    lines = [
        f"import {{ {', '.join(taken)} }} from {style.quoted(source)}{style.semicolon}"
        for taken, source in wanted
        if taken
    ]
    if lines:
        at, margin, space = _place_of_imports(code)
        text = "".join(f"{margin}{line}\n" for line in lines) + space
        yield Edit(at, at, text if at == 0 or code.text[at - 1] == "\n" else f"\n{text}")


def _place_of_imports(code: Code) -> tuple[int, str, str]:
    """Return where imports go, and their margin, and what follows: behind others, else below directives."""
    last = None
    for index in code.children(TOP):
        if code.word(index) == "import" and code.word(index + 1) not in ("(", "."):
            last = index
    if last is None:
        return _beginning(code)
    begin = code.text.rfind("\n", 0, code.tokens[last].start) + 1
    margin = re.match(r"[ \t]*", code.text[begin:])[0]  # type: ignore[index]
    end = next(
        (
            code.tokens[index].end
            for index in range(last, len(code.tokens))
            if code.tokens[index].kind is Kind.STRING
        ),
        code.tokens[last].end,
    )
    newline = code.text.find("\n", end)
    return (newline + 1 if newline >= 0 else len(code.text)), margin, ""


def _beginning(code: Code) -> tuple[int, str, str]:
    first = 0
    while first + 1 < len(code.tokens) and code.tokens[first].kind is Kind.STRING:
        first += 2 if code.word(first + 1) == ";" else 1
    start = code.tokens[first].start
    begin = code.text.rfind("\n", 0, start) + 1
    margin = code.text[begin:start]
    return begin, "" if margin.strip() else margin, "\n"
