"""Where the helper of a page is made, so that it is made once: each one asks for a secret of its own."""

import re
from dataclasses import dataclass
from textwrap import indent

from app.agent_builder.frontend.edits import Edit
from app.agent_builder.frontend.javascript.code import TOP, Code
from app.agent_builder.frontend.javascript.names import Names
from app.agent_builder.frontend.javascript.tokens import Kind
from app.agent_builder.frontend.options import HostedOptions, NotUnderstood

REACT_HOOK = "useChatKit"
METHOD = "setOptions"
WIDEST = 100


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written, and what its change needs to know of it."""

    quote: str
    semicolon: str
    typescript: bool
    is_module: bool
    server: str
    """The address of the server."""

    def quoted(self, text: str) -> str:
        """Return a text as a literal; it has been checked to need no escapes."""
        return f"{self.quote}{text}{self.quote}"


@dataclass(frozen=True, slots=True)
class Placed:
    """The helper: what makes it, what the page's `api.fetch` becomes, and what has to be imported for it."""

    options: HostedOptions
    edit: Edit
    fetch: str
    react: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def placed(code: Code, names: Names, options: HostedOptions, style: Style) -> Placed | NotUnderstood:
    """Decide where the helper of one `api` object is made."""
    is_movable = options.is_name or options.is_function
    if is_movable and names.is_of_top(options.value, options.end):
        at = code.statement(options.first, TOP)
        if at is not None:
            return _once(code, names, options, style, at)
    block = code.block_of(options.first)
    at = code.statement(options.first, block)
    if at is None or not options.call:
        why = "`getClientSecret` uses what only its surroundings have, and the options stand elsewhere"
        return NotUnderstood(options.first, why)
    if options.call == METHOD:
        return _once(code, names, options, style, at)
    is_hook = options.call == REACT_HOOK and block != TOP and code.is_function_body(block)
    if not is_hook or not style.is_module or not _is_plain(code, at, options.first, block):
        return NotUnderstood(options.first, "it cannot be told how often this is run")
    return _newest(code, names, options, style, at)


def _is_plain(code: Code, at: int, use: int, block: int) -> bool:
    """Say whether a statement always runs what is in it, and once."""
    end = code.lifted(use, block)
    words = {code.word(index) for index in range(at, end) if code.inside[index] == block}
    return not words & {"=>", "function", "?", "&&", "||", "??", "if", "for", "while"}


def _once(code: Code, names: Names, options: HostedOptions, style: Style, at: int) -> Placed:
    name = names.free("chatFetch")
    function = _moved(code, options)
    address = style.quoted(style.server)
    if options.is_name and _is_later(code, names, options.function, at):
        parameter = "(current: string | null)" if style.typescript else "(current)"
        function = f"{parameter} => {options.function}(current)"
    made = _calls(function, address)
    if style.is_module:
        text = f"const {name} = {made}{style.semicolon}"
        return Placed(options, _line(code, at, text), name)
    helper = style.quoted(f"{style.server}/chatkit-fetch.js")
    text = (
        f"const {name} = import({helper}).then(({{ chatkitFetch, withClientSecret }}) =>\n"
        f"{_indented(made)},\n){style.semicolon}"
    )
    return Placed(options, _line(code, at, text), f"async (...request) => (await {name})(...request)")


def _newest(code: Code, names: Names, options: HostedOptions, style: Style, at: int) -> Placed:
    """A function that is another one in each rendering: the helper is made once, and calls the newest."""
    fetch, newest = names.free("chatFetch"), names.free("newestGetClientSecret")
    end = style.semicolon
    types: tuple[str, ...] = ()
    lines = []
    function = options.function
    if not options.is_name:
        function = names.free("askForSecret")
        typed = ": GetClientSecret" if style.typescript else ""
        types = ("GetClientSecret",) if style.typescript else ()
        lines.append(f"const {function}{typed} = {_moved(code, options)}{end}")
    parameter = "(current: string | null)" if style.typescript else "(current)"
    made = _calls(f"{parameter} => {newest}.current(current)", style.quoted(style.server))
    lines += [
        f"const {newest} = useRef({function}){end}",
        f"useEffect(() => {{\n  {newest}.current = {function}{end}\n}}){end}",
        f"const [{fetch}] = useState(() =>\n{_indented(made)},\n){end}",
    ]
    return Placed(
        options, _line(code, at, "\n".join(lines)), fetch, ("useEffect", "useRef", "useState"), types
    )


def _calls(function: str, address: str) -> str:
    made = f"chatkitFetch({{ fetch: withClientSecret({function}, {address}) }})"
    if "\n" not in made and len(made) < WIDEST:
        return made
    if "\n" not in function and len(function) + len(address) < WIDEST - 30:
        return f"chatkitFetch({{\n  fetch: withClientSecret({function}, {address}),\n}})"
    return (
        f"chatkitFetch({{\n  fetch: withClientSecret(\n{_indented(function, 4)},\n    {address},\n  ),\n}})"
    )


def _is_later(code: Code, names: Names, name: str, at: int) -> bool:
    """Say whether a name has no value yet where the helper is made."""
    declared = names.top.get(name, TOP)
    return declared > at and code.word(declared - 1) not in ("function", "*")


def _line(code: Code, at: int, text: str) -> Edit:
    """Return the insertion of lines before a statement and what is said above it, as deep as that is."""
    start = code.tokens[at].start
    begin = code.text.rfind("\n", 0, start) + 1
    margin = code.text[begin:start]
    if margin.strip():
        margin = ""
    before = code.tokens[at - 1].end if at else 0
    between = code.text[before:begin]
    if between.strip():
        blanks = list(_BLANK_LINE.finditer(between))
        begin = before + (blanks[-1].end() if blanks else between.find("\n") + 1)
    space = "\n" if code.inside[at] == TOP else ""
    return Edit(begin, begin, f"{_indented(text, margin)}\n{space}")


_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MARK = "\0"
"""Before lines of a template literal, which stay as they are. No script that is read has it."""


def _indented(text: str, margin: int | str = 2) -> str:
    margin = margin if isinstance(margin, str) else " " * margin
    return indent(text, margin, lambda line: bool(line.strip()) and not line.startswith(_MARK))


def _moved(code: Code, options: HostedOptions) -> str:
    """Return the function without the depth at which it stood, marked where its lines must not move."""
    if "\n" not in options.function:
        return options.function
    fixed = [
        line
        for token in code.tokens[options.value : options.end]
        if token.kind is Kind.TEMPLATE and "\n" in token.text
        for line in range(code.line(token.start) + 1, code.line(token.end) + 1)
    ]
    first = code.line(code.tokens[options.value].start)
    head, *rest = options.function.split("\n")
    kept = {line - first - 1 for line in fixed}
    margins = [
        re.match(r"[ \t]*", line)[0]  # type: ignore[index]
        for number, line in enumerate(rest)
        if line.strip() and number not in kept
    ]
    margin = min(margins, key=len, default="")
    lines = [
        _MARK + line if number in kept else line.removeprefix(margin) for number, line in enumerate(rest)
    ]
    return "\n".join([head, *lines])


def unmarked(text: str) -> str:
    """Return a text without the marks of lines that were not to move."""
    return text.replace(_MARK, "")
