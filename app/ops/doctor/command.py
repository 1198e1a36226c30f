"""The `doctor` command: 0 nothing to repair, 1 findings, 2 wrong usage or settings that stop the start."""

import argparse
import asyncio
import json
import sys
from urllib.parse import urlsplit

from app.ops.doctor.findings import RULES, Report
from app.ops.doctor.words import words

PURPOSE = (
    "Look at a deployment from outside, at URL, as a browser would, and from inside, with the settings "
    "of this "
    "environment: its database and its storage of files. Say what is wrong, why it matters, and what to "
    "type. "
    "Takes half a minute at most, changes nothing, and needs no model."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be said on the command line."""
    parser.add_argument(
        "url",
        nargs="?",
        type=_address,
        metavar="URL",
        help="where browsers reach the server; else only the inside",
    )
    parser.add_argument(
        "--origin",
        type=_address,
        metavar="URL",
        help="the page that embeds the chat, where it is not the server's",
    )
    parser.add_argument(
        "--outside", action="store_true", help="leave the inside out: this is not the server's environment"
    )
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        choices=sorted(RULES),
        metavar="RULE",
        help="leave a rule out, by the name that its finding has; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Look, print, and return the exit code."""
    from app.ops.doctor.examination import examined
    from app.settings import load_settings

    if options.url is None and (options.outside or options.origin):
        sys.stderr.write("chatkit-server doctor: --origin and --outside need a URL.\n")
        return 2
    settings = None if options.outside else load_settings()
    report = asyncio.run(examined(options.url, options.origin, settings))
    kept = tuple(finding for finding in report.findings if finding.rule not in options.accept)
    report = Report(report.looked_at, kept)
    sys.stdout.write((json.dumps(report.as_json(), indent=2) if options.json else words(report)) + "\n")
    return 0 if report.is_fine else 1


def _address(given: str) -> str:
    try:
        parts = urlsplit(given)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.username is not None:
        raise argparse.ArgumentTypeError("must be an address such as https://chat.example.com")
    return given.rstrip("/")
