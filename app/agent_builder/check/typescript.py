"""List what a TypeScript export holds, so that it can be rebuilt in Python. Only Python runs here.

Reads tokens rather than a grammar: enough for what the export writes, and never a reason to fail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKENS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[{}()\[\]]|[\w$]+|[^\s\w]""",
    re.DOTALL,
)
_AGENT = re.compile(r"(?:const|let|var)\s+(\w+)(?:\s*:\s*[^=]+)?\s*=\s*new\s+Agent\s*(?:<[^>]*>)?\s*\(")
_TOOL = re.compile(
    r"(?:const|let|var)\s+(\w+)\s*=\s*(fileSearchTool|webSearchTool|codeInterpreterTool|hostedMcpTool|tool)\s*\("
)
_SCHEMA = re.compile(r"const\s+(\w+)\s*=\s*z\.object\(")
_EDGE = re.compile(
    r"(?P<branch>\b(?:\}\s*else\s+if|else|if|while)\b\s*(?:\((?P<test>[^{]*)\)\s*)?\{)"
    r"|\brun\(\s*(?P<agent>\w+)\s*,|(?P<approval>\bapprovalRequest\w*\()|(?P<guard>\brunAndApplyGuardrails\()"
    r"|(?P<return>\breturn\b)"
)


@dataclass(frozen=True)
class ScriptAgent:
    """An agent to rebuild; texts as they stand in the file."""

    variable: str
    line: int
    name: str | None
    model: str | None
    instructions: str | None
    tools: list[str] = field(default_factory=list)
    schema: str | None = None


@dataclass(frozen=True)
class Step:
    """One step of the graph: what happens, in which line, how deep in branches."""

    line: int
    depth: int
    what: str


@dataclass(frozen=True)
class Script:
    """Everything found."""

    agents: list[ScriptAgent]
    tools: list[tuple[str, str, int]]
    steps: list[Step]
    schemas: list[tuple[str, int]]
    models: list[tuple[str, int]]


def read_script(text: str) -> Script:
    """Take stock of a TypeScript export."""
    code = _without_comments(text)
    return Script(
        agents=[_agent(code, found) for found in _AGENT.finditer(code)],
        tools=[(found[1], found[2], _line(code, found.start())) for found in _TOOL.finditer(code)],
        steps=list(_steps(code)),
        schemas=[(found[1], _line(code, found.start())) for found in _SCHEMA.finditer(code)],
        models=[(value, line) for name, value, line in strings_of(code) if name == "model"],
    )


def strings_of(text: str) -> Iterator[tuple[str, str, int]]:
    """Every property or variable that is given a literal text: its name, the text, the line."""
    code = _without_comments(text)
    for found in re.finditer(
        r"""["']?([\w-]+)["']?\s*[:=]\s*("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""", code
    ):
        yield found[1], found[2][1:-1], _line(code, found.start(2))


def _agent(code: str, found: re.Match[str]) -> ScriptAgent:
    properties = _properties(code, code.find("{", found.end()))
    return ScriptAgent(
        variable=found[1],
        line=_line(code, found.start()),
        name=_text(properties.get("name")),
        model=_text(properties.get("model")),
        instructions=_text(properties.get("instructions")),
        tools=re.findall(r"\w+", properties.get("tools", "")),
        schema=properties.get("outputType"),
    )


def _properties(code: str, start: int) -> dict[str, str]:
    """The top-level properties of the object literal that opens at `start`, as written."""
    properties: dict[str, str] = {}
    if start < 0:
        return properties
    depth, key_start, value_start = 0, start + 1, -1
    for token in _TOKENS.finditer(code, start):
        text = token[0]
        if text in "{([":
            depth += 1
        if depth == 1 and text == ":" and value_start < 0:
            value_start = token.end()
        closes = depth == 1 and text in ",}"
        if closes and value_start >= 0:
            key = code[key_start : code.index(":", key_start)].strip().strip("\"'")
            properties[key] = code[value_start : token.start()].strip()
        if closes:
            key_start, value_start = token.end(), -1
        if text in "})]":
            depth -= 1
        if depth == 0:
            break
    return properties


def _steps(code: str) -> Iterator[Step]:
    """The order of things in the workflow function: runs, branches, approvals, guardrails, returns."""
    start = re.search(r"\brunWorkflow\b", code)
    if not start:
        return
    depth, at = 0, start.end()
    for found in _EDGE.finditer(code, start.end()):
        depth += _braces(code[at : found.start()])
        at = found.start()
        words = {
            "agent": f"run {found['agent']}",
            "approval": "ask for approval",
            "guard": "apply guardrails",
            "return": "return",
        }
        what = next((words[kind] for kind in words if found[kind]), None)
        if what is None:
            kind = found["branch"].lstrip("} ").partition("(")[0].partition("{")[0].strip()
            what = f"{kind} {' '.join((found['test'] or '').split())[:80]}".strip()
        yield Step(_line(code, found.start()), max(0, depth), what)


def _braces(code: str) -> int:
    tokens = [token[0] for token in _TOKENS.finditer(code)]
    return tokens.count("{") - tokens.count("}")


def _without_comments(text: str) -> str:
    """Blank comments out, keeping every line where it is."""

    def blank(token: re.Match[str]) -> str:
        is_comment = token[0].startswith(("//", "/*"))
        return re.sub(r"[^\n]", " ", token[0]) if is_comment else token[0]

    return _TOKENS.sub(blank, text)


def _text(value: str | None) -> str | None:
    return value[1:-1] if value and len(value) > 1 and value[0] in "\"'`" and value[-1] == value[0] else None


def _line(code: str, at: int) -> int:
    return code.count("\n", 0, at) + 1
