"""Back-ends in Python that have sessions made by OpenAI's client: another address, another key."""

import ast
import io
import keyword
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from app.agent_builder.frontend.edits import Edit
from app.agent_builder.frontend.node import CALL, HOSTED_KEY, MOST, OUR_KEY
from app.agent_builder.frontend.said import Said

CLIENTS = ("OpenAI", "AsyncOpenAI")
KEY = f'os.environ["{OUR_KEY}"]'


@dataclass(frozen=True)
class Program:
    """A Python file, parsed."""

    text: str
    tree: ast.Module
    starts: list[int]
    """Of its lines."""

    def at(self, line: int, column: int) -> int:
        """Return a place in the text; columns of the parser count bytes."""
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return start + len(self.text[start:end].encode()[:column].decode())

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Return where a node begins."""
        return self.at(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Return where a node ends."""
        return self.at(node.end_lineno or node.lineno, node.end_col_offset or 0)


def program(text: str) -> Program | None:
    """Parse a file; None where it cannot be."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    starts = [0]
    for line in io.StringIO(text, newline=""):
        starts.append(starts[-1] + len(line))
    return Program(text, tree, starts)


def python_changes(code: Program, server: str) -> Iterator[Edit | Said]:
    """Yield the changes of the clients that make sessions in a file."""
    nodes = list(ast.walk(code.tree))
    uses = [found for found in map(_receiver, nodes) if found is not None]
    found: dict[str, list[ast.expr]] = {}
    for use in uses:
        found.setdefault(_dotted(use) or "", []).append(use)
    needs_os = False
    for name, places in list(found.items())[:MOST]:
        made = _made(nodes, name) if name else []
        inline = [place for place in places if isinstance(place, ast.Call) and _is_client(place)]
        if inline:
            changes = [change for place in inline for change in _arguments(code, place, server)]
        elif len(made) != 1:
            changes = [_by_hand(code, places[0], server)]
        elif _is_shared(nodes, name):
            changes = list(_another(code, nodes, made[0], name, server))
        else:
            changes = list(_arguments(code, made[0][1], server))
        needs_os |= any(isinstance(change, Edit) and "os.environ" in change.text for change in changes)
        yield from changes
    if needs_os and not _has_os(nodes):
        yield _import_os(code)


def literals(code: Program) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file that may hold addresses, with their places."""
    names = {"STRING", "FSTRING_MIDDLE"}
    try:
        for token in tokenize.generate_tokens(io.StringIO(code.text, newline="").readline):
            if tokenize.tok_name[token.type] in names:
                start = code.starts[token.start[0] - 1] + token.start[1]
                end = code.starts[token.end[0] - 1] + token.end[1]
                yield start, code.text[start:end]
    except (tokenize.TokenError, SyntaxError, IndexError):
        return


def keys(code: Program) -> Iterator[tuple[int, bool]]:
    """Yield where the hosted key is a name that is imported: then it is somebody else's to change."""
    for node in ast.walk(code.tree):
        is_import = isinstance(node, ast.ImportFrom) and any(alias.name == HOSTED_KEY for alias in node.names)
        is_attribute = isinstance(node, ast.Attribute) and node.attr == HOSTED_KEY
        if isinstance(node, ast.stmt | ast.expr) and (is_import or is_attribute):
            yield code.start(node), False


def workflow_ids(code: Program) -> Iterator[tuple[int, str]]:
    """Yield ids that are written out: `workflow={"id": "…"}`."""
    for node in ast.walk(code.tree):
        pairs = []
        if isinstance(node, ast.keyword) and node.arg == "workflow":
            pairs = [node.value]
        elif isinstance(node, ast.Dict):
            pairs = [
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "workflow"
            ]
        for value in pairs:
            for key, given in (
                zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else ()
            ):
                is_id = (
                    isinstance(key, ast.Constant) and key.value == "id" and isinstance(given, ast.Constant)
                )
                if is_id and isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield code.start(given), given.value


def _receiver(node: ast.AST) -> ast.expr | None:
    """Return what stands before `.beta.chatkit.sessions.create(`."""
    if not isinstance(node, ast.Call):
        return None
    inner: ast.expr = node.func
    for attribute in reversed(CALL):
        if not isinstance(inner, ast.Attribute) or inner.attr != attribute:
            return None
        inner = inner.value
    return inner


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _is_client(node: ast.AST | None) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return (_dotted(node.func) or "").rpartition(".")[2] in CLIENTS


def _made(nodes: list[ast.AST], name: str) -> list[tuple[ast.stmt, ast.Call]]:
    """Return the statements that give a client to `name`."""
    found: list[tuple[ast.stmt, ast.Call]] = []
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if name in map(_dotted, targets) and isinstance(node.value, ast.Call) and _is_client(node.value):
                found.append((node, node.value))
        elif isinstance(node, ast.With | ast.AsyncWith):
            found += [
                (node, item.context_expr)
                for item in node.items
                if item.optional_vars is not None
                and _dotted(item.optional_vars) == name
                and isinstance(item.context_expr, ast.Call)
                and _is_client(item.context_expr)
            ]
    return found


def _is_shared(nodes: list[ast.AST], name: str) -> bool:
    """Say whether a client is used for anything but ChatKit."""
    ours = {
        id(node.value.value)
        for node in nodes
        if isinstance(node, ast.Attribute)
        and node.attr == "chatkit"
        and isinstance(node.value, ast.Attribute)
    }
    return any(
        _dotted(node) == name and isinstance(node.ctx, ast.Load) and id(node) not in ours
        for node in nodes
        if isinstance(node, ast.Name | ast.Attribute)
    )


def _arguments(code: Program, call: ast.Call, server: str) -> Iterator[Edit | Said]:
    if call.args or any(keyword.arg is None for keyword in call.keywords):
        yield _by_hand(code, call, server)
        return
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    missing = []
    for name, text in (("base_url", f'"{server}/v1"'), ("api_key", KEY)):
        value = given.get(name)
        if value is None:
            missing.append(f"{name}={text}")
            continue
        texts = [node for node in ast.walk(value) if isinstance(node, ast.Constant)]
        if any(node.value in (OUR_KEY, f"{server}/v1") for node in texts):
            continue
        named = [node for node in texts if node.value == HOSTED_KEY]
        if name == "api_key" and len(named) == 1:
            yield Edit(code.start(named[0]), code.end(named[0]), f'"{OUR_KEY}"')
        else:
            yield Edit(code.start(value), code.end(value), text)
    if missing:
        at = code.text.index("(", code.end(call.func)) + 1
        yield Edit(at, at, ", ".join(missing) + (", " if call.keywords else ""))


def _another(
    code: Program, nodes: list[ast.AST], made: tuple[ast.stmt, ast.Call], name: str, server: str
) -> Iterator[Edit | Said]:
    """Leave a client that is used for other things, and make another one before it."""
    statement, call = made
    begin = code.starts[statement.lineno - 1]
    margin = code.text[begin : code.start(statement)]
    taken = {node.id for node in nodes if isinstance(node, ast.Name)}
    if not name.isidentifier() or keyword.iskeyword(name) or margin.strip() or "chatkit_server" in taken:
        yield _by_hand(code, call, server)
        return
    kind = code.text[code.start(call.func) : code.end(call.func)]
    yield Edit(begin, begin, f'{margin}chatkit_server = {kind}(base_url="{server}/v1", api_key={KEY})\n')
    for node in nodes:
        is_ours = isinstance(node, ast.Attribute) and node.attr == "chatkit"
        inner = node.value if is_ours and isinstance(node, ast.Attribute) else None
        if isinstance(inner, ast.Attribute) and inner.attr == "beta" and _dotted(inner.value) == name:
            yield Edit(code.start(inner.value), code.end(inner.value), "chatkit_server")


def _has_os(nodes: list[ast.AST]) -> bool:
    return any(
        isinstance(node, ast.Import) and any(alias.name == "os" and not alias.asname for alias in node.names)
        for node in nodes
    )


def _import_os(code: Program) -> Edit:
    body = code.tree.body
    first = next((node for node in body if isinstance(node, ast.Import)), None)
    if first is None:
        first_other = [
            node
            for node in body
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            and not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        ]
        at = code.starts[first_other[0].lineno - 1] if first_other else len(code.text)
        return Edit(
            at, at, "import os\n\n" if not isinstance(first_other[0], ast.ImportFrom) else "import os\n"
        )
    at = code.starts[first.lineno - 1]
    return Edit(at, at, "import os\n")


def _by_hand(code: Program, node: ast.expr, server: str) -> Said:
    what = "Sessions are made here by a client whose making is not understood, or is not in this file."
    do = f'Make it with OpenAI(base_url="{server}/v1", api_key={KEY}), and use it for ChatKit alone.'
    return Said("client", code.start(node), what, do)
