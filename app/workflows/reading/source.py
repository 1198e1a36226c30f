"""Bring a file into a form that can be read: text, language, syntax tree, and where that fails.

A schema property that is no Python name is mended in memory, so that the rest of such a file is read too;
the file itself is never written.
"""

import ast
import hashlib
import io
import keyword
import re
import tokenize
import warnings
from dataclasses import dataclass, field
from pathlib import Path

LARGEST_SOURCE = 5_000_000
MOST_MENDED_LINES = 500
TYPESCRIPT_SUFFIXES = {".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs"}
_TYPESCRIPT = re.compile(
    r"""from\s+["']@openai/(agents|guardrails)["']|\bnew\s+Agent\s*(<[^>]*>)?\s*\(\s*\{"""
)
_FIELD = re.compile(r"^(?P<indent>\s+)(?P<name>[^\s:#'\"(){}=@][^:#'\"(){}=@]*?)\s*:(?P<rest>\s*\S.*)$")


class UnusableFile(Exception):
    """There is no such file, or it is no export; the message is one sentence."""


@dataclass(frozen=True)
class Problem:
    """Why a file does not parse: `syntax`, `encoding`, or `field-name`, which was mended in memory."""

    kind: str
    line: int
    message: str
    advice: str


@dataclass(frozen=True)
class MendedField:
    """A schema property that is no Python name, and the name it was given so that the rest parses."""

    line: int
    property: str
    name: str


@dataclass
class Source:
    """A file that was read. One of: `tree`, `is_typescript`, or problems that say why there is neither."""

    path: Path
    text: str
    sha256: str = ""
    """Of the file's bytes."""
    tree: ast.Module | None = None
    is_typescript: bool = False
    problems: list[Problem] = field(default_factory=list)
    mended: list[MendedField] = field(default_factory=list)


def read_source(path: Path) -> Source:
    """Read and parse; raise `UnusableFile` only if there is nothing to read."""
    try:
        if path.stat().st_size > LARGEST_SOURCE:
            raise UnusableFile(f"{path} is larger than any export: {path.stat().st_size:,} bytes.")
        data = path.read_bytes()
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror}.") from None
    source = Source(path, "", hashlib.sha256(data).hexdigest())
    try:
        source.text = _decode(data)
    except (SyntaxError, UnicodeError, LookupError) as error:
        source.text = data.decode("utf-8", "replace")
        line = source.text[: source.text.find("\ufffd")].count("\n") + 1
        source.problems.append(
            Problem("encoding", line, f"not readable as text: {error}", "Save it as UTF-8.")
        )
        return source
    if path.suffix.lower() in TYPESCRIPT_SUFFIXES or (
        path.suffix != ".py" and _TYPESCRIPT.search(source.text)
    ):
        source.is_typescript = True
    else:
        _parse(source)
    return source


def _decode(data: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return io.TextIOWrapper(io.BytesIO(data), encoding).read()


def _parse(source: Source) -> None:
    lines = source.text.split("\n")
    for _ in range(MOST_MENDED_LINES):
        problem = _attempt(source, lines)
        if problem is None:
            return
        line = problem.lineno or 1
        mended = _mend(lines[line - 1]) if line <= len(lines) else None
        if mended is None:
            break
        name, better, lines[line - 1] = mended
        source.problems.append(_unnameable(line, name, better))
        source.mended.append(MendedField(line, name, better))
    if _TYPESCRIPT.search(source.text):
        source.is_typescript, source.problems, source.mended = True, [], []
    elif problem is not None:
        source.problems.append(_does_not_parse(problem, lines))


def _attempt(source: Source, lines: list[str]) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source.tree = ast.parse("\n".join(lines))
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error) or f"nested too deeply ({type(error).__name__})")
    return None


def _mend(line: str) -> tuple[str, str, str] | None:
    """Name, better name and mended line, if the line declares a field whose name is none."""
    found = _FIELD.match(line)
    if not found or (found["name"].isidentifier() and not keyword.iskeyword(found["name"])):
        return None
    name = found["name"]
    better = re.sub(r"\W+", "_", name).strip("_") or "field"
    better = (
        f"field_{better}" if better[0].isdigit() else f"{better}_" if keyword.iskeyword(better) else better
    )
    return name, better, f"{found['indent']}{better}:{found['rest']}"


def _unnameable(line: int, name: str, better: str) -> Problem:
    return Problem(
        "field-name",
        line,
        f"{name!r} is no Python name, so Python refuses the whole file",
        f'Write {better}: ... = Field(alias="{name}"), and add `from pydantic import Field`.',
    )


def _does_not_parse(error: SyntaxError, lines: list[str]) -> Problem:
    line = error.lineno or 1
    shown = lines[line - 1].strip()[:80] if line <= len(lines) else ""
    where = f", column {error.offset}" if error.offset else ""
    return Problem(
        "syntax", line, f"{error.msg}{where}: {shown}", "Compare this line with a fresh copy of the export."
    )
