"""The command line of `frontend`, light enough to be there whenever any command is called."""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PURPOSE = (
    "Print the change that takes a page written for OpenAI's hosted ChatKit, and the back-end that has its "
    "sessions made, to this server: a unified diff, of the files that are named and of those in folders. It "
    "only reads them: nothing of them is run, and none is written. Without files it prints how it is done."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be said on the command line."""
    parser.add_argument(
        "paths",
        type=Path,
        nargs="*",
        metavar="FILE|DIR",
        help="sources: .tsx, .jsx, .ts, .js, .html, .vue, .svelte, .py",
    )
    parser.add_argument(
        "--server-url",
        type=server_address,
        metavar="URL",
        help="where browsers are going to reach this server",
    )
    parser.add_argument(
        "--domain-key", type=domain_key, metavar="KEY", help="of the page's domain, from OpenAI's settings"
    )
    parser.add_argument(
        "--element",
        choices=("openai", "ours"),
        default="openai",
        help="stay with OpenAI's element, or load this server's, for which the options stay (openai)",
    )
    parser.add_argument(
        "--page", type=address, metavar="URL", help="look at this page, and whether it may use the server"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a page that is served."""

    words: str
    report: dict[str, Any]
    is_fine: bool


LooksAt = Callable[[str, str], Seen]
"""Looks at a server and at a page that embeds its chat, by their addresses."""


def address(given: str) -> str:
    """Read an option that is the address of a server or a page."""
    try:
        parts = urlsplit(given)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or "@" in given or not re.fullmatch(r"[\w:/.\[\]%~?=&+,-]+", given, re.ASCII):
        raise argparse.ArgumentTypeError("must be an address such as https://chat.example.com")
    return given.rstrip("/")


def server_address(given: str) -> str:
    """Read the address of a server, which has nothing behind its path."""
    found = address(given)
    if re.search(r"[?#]", found):
        raise argparse.ArgumentTypeError(
            "must be an address without a query, such as https://chat.example.com"
        )
    return found


def domain_key(given: str) -> str:
    """Read the domain key: it is public, so nothing that looks like a secret is taken for one."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,200}", given) or given.startswith(("sk-", "ek_")):
        raise argparse.ArgumentTypeError("must be a domain key such as domain_pk_…, which is no secret")
    return given
