"""The `export` command: options in, archive and closing words out.

Everything that can go wrong ends here in one sentence and an exit code.
"""

import argparse
import errno
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.agent_builder.archive.reader import ArchiveProblem
from app.agent_builder.export.clock import Clock, timestamp
from app.agent_builder.export.progress import Progress
from app.agent_builder.export.session import Session
from app.agent_builder.export.stopping import (
    EXIT_COMPLETE,
    EXIT_FINDINGS,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    DiskFailed,
    ExportStopped,
)
from app.agent_builder.export.summary import describe, words
from app.agent_builder.export.workspace import Scope

PURPOSE = (
    "Save every hosted ChatKit thread that OPENAI_API_KEY can read, with its items, user, title, status and "
    "attachments. Sends only GET requests and changes nothing at OpenAI. Interrupt it whenever you like: run "
    "it again to go on."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("chatkit-archive"),
        metavar="DIR",
        help="where to save (default: %(default)s)",
    )
    parser.add_argument(
        "--user", action="append", default=[], metavar="ID", help="only threads of this user; may be repeated"
    )
    parser.add_argument(
        "--since",
        type=_moment,
        metavar="DATE",
        help="only threads created on or after this day or time, UTC, like 2026-11-01",
    )
    parser.add_argument(
        "--delta",
        action="store_true",
        help="go through an archive again, quickly: fetch new threads, and of saved ones only what follows "
        "their last user message",
    )
    parser.add_argument(
        "--concurrency",
        type=_at_least_one,
        default=8,
        metavar="N",
        help="requests at once (default: %(default)s)",
    )
    parser.add_argument(
        "--finish",
        action="store_true",
        help="ask OpenAI nothing more: make an archive of what an interrupted export has saved",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")


def main(argv: list[str] | None = None, clock: Clock | None = None) -> int:
    """Run as a program of its own; return the exit code."""
    parser = argparse.ArgumentParser(prog="export.py", description=PURPOSE)
    add_arguments(parser)
    return run(parser.parse_args(argv), clock)


def run(options: argparse.Namespace, clock: Clock | None = None) -> int:
    """Export as the options say: 0 everything is saved, 1 something is not, 2 it could not start."""
    clock = clock or Clock()
    scope = Scope(options.user, options.since, options.delta)
    session = Session(options.out, scope, options.concurrency, clock, Progress(sys.stderr, clock))
    try:
        archive = session.finish_unread() if options.finish else session.export(read_key())
        outcome = describe(archive, clock.now().date())
    except (Exception, KeyboardInterrupt) as error:
        sentence, exit_code = _sentence(error, options.out)
        sys.stderr.write(sentence + "\n")
        return exit_code
    sys.stdout.write((json.dumps(outcome, indent=2) if options.json else words(outcome)) + "\n")
    return EXIT_COMPLETE if outcome["complete"] else EXIT_FINDINGS


def read_key() -> str:
    """The key of the environment; raise `ExportStopped` where there is none, or what cannot be one."""
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if not key:
        raise ExportStopped(
            "OPENAI_API_KEY is not set. Set it to a key of the project whose threads you want: "
            "one key sees one project.",
            EXIT_USAGE,
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ExportStopped(
            "OPENAI_API_KEY holds characters that no key has; was it copied whole?", EXIT_USAGE
        )
    return key


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day or time like 2026-11-01") from None
    return timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def _sentence(error: BaseException, out: Path) -> tuple[str, int]:
    """Say what ended the export; an error that nobody foresaw is raised again, for a bug report."""
    causes = list(_leaves(error))
    for cause in causes:
        if isinstance(cause, ExportStopped):
            return str(cause), cause.exit_code
        if isinstance(cause, ArchiveProblem):
            return str(cause), EXIT_USAGE
        if isinstance(cause, DiskFailed | OSError):
            return _disk_sentence(cause.cause if isinstance(cause, DiskFailed) else cause, out), EXIT_FINDINGS
        if isinstance(cause, KeyboardInterrupt):
            return (
                "Stopped. Everything saved so far is kept: run the same command again to go on.",
                EXIT_INTERRUPTED,
            )
    raise causes[0]


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _disk_sentence(error: OSError, out: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {out} is full. Everything saved so far is kept: free some space and "
            "run the same command again."
        )
    return f"Cannot use {error.filename or out}: {error.strerror or error}."
