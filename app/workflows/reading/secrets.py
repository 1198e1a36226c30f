"""Secrets in clear text: where they stand, and the environment variable to use instead.

What is shown of one is its last four characters at most; the text itself is for blanking it out elsewhere.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from app.workflows.reading.syntax import Module

SECRET_NAMES = re.compile(
    r"(authorization|api[_-]?key|token|secret|password|passwd|credential|bearer|private[_-]?key)s?$",
    re.IGNORECASE,
)
KNOWN_SECRETS = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|ek_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|glpat-[\w-]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|hf_[A-Za-z0-9]{20,})"
)
_PATH_SECRET = re.compile(r"[A-Za-z0-9_-]{24,}={0,2}")
_PLACEHOLDER = re.compile(
    r"^\W*$|^<.*>$|^\{.*\}$|\byour|xxx|placeholder|example|changeme|\.\.\.", re.IGNORECASE
)


@dataclass(frozen=True)
class Secret:
    """A secret's place and kind; `hint` is safe to show, `text` never."""

    line: int
    what: str
    hint: str
    variable: str
    text: str = field(repr=False, default="")


def hint(secret: str) -> str:
    """What may be shown of a secret."""
    return f"ends in ...{secret[-4:]}" if len(secret) >= 12 else f"{len(secret)} characters"


def secrets_in(module: Module) -> Iterator[Secret]:
    """Every text that is, or is named like, a secret."""
    labels = {id(value): label for node in ast.walk(module.tree) for label, value in _named_values(node)}
    owners = {
        id(inner): owner
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Dict) and (owner := _server_label(module, node))
        for inner in ast.walk(node)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = labels.get(id(node), "")
            yield from secrets_in_text(node.value, node.lineno, name, owners.get(id(node)))


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Values with the name they are given: in dicts, as arguments, by assignment."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value


def _server_label(module: Module, node: ast.Dict) -> str | None:
    value = module.value(node)
    label = value.get("server_label") if isinstance(value, dict) else None
    return label if isinstance(label, str) else None


def secrets_in_text(text: str, line: int, name: str, owner: str | None) -> Iterator[Secret]:
    """The secrets in one text, by what it is called and whose it is."""
    prefix = f"MCP_{_upper(owner)}_" if owner else ""
    known = KNOWN_SECRETS.search(text)
    if known:
        variable = "OPENAI_API_KEY" if known[0].startswith("sk-") and not owner else f"{prefix}TOKEN"
        yield Secret(line, "a key or token", hint(known[0]), variable, known[0])
    elif (
        SECRET_NAMES.search(name)
        and len(text) >= 4
        and not _PLACEHOLDER.search(text)
        and " " not in text.removeprefix("Bearer ")
    ):
        yield Secret(line, f"`{name}`", hint(text), f"{prefix}{_upper(name)}", text)
    elif text.startswith(("http://", "https://")):
        yield from _in_url(text, line, owner)


def _in_url(url: str, line: int, owner: str | None) -> Iterator[Secret]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    found = [parts.password] if parts.password else []
    found += [value for name, value in parse_qsl(parts.query) if SECRET_NAMES.search(name) or name == "key"]
    found += [part for part in parts.path.split("/") if _PATH_SECRET.fullmatch(part) and _looks_random(part)]
    for secret in found:
        variable = (
            f"MCP_{_upper(owner)}_URL"
            if owner
            else f"{_upper((parts.hostname or 'server').split('.')[-2:][0])}_URL"
        )
        yield Secret(
            line, f"the address at {parts.hostname} carries a secret", hint(secret), variable, secret
        )


def _looks_random(text: str) -> bool:
    kinds = (any(map(str.isdigit, text)), any(map(str.islower, text)), any(map(str.isupper, text)))
    return sum(kinds) >= 2 and not re.search(r"[a-z]{9,}", text)


def _upper(name: str | None) -> str:
    return re.sub(r"\W+", "_", name or "").strip("_").upper()
