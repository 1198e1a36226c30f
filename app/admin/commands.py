"""`chatkit-server threads …`, `users …`, `feedback …`, `approvals`, `audit`; imports come late."""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.audit import Actor
    from app.db.engine import Database

Report = Callable[["Database", "Actor", argparse.Namespace], Awaitable[str | None]]
"""Returns what to print, or None where it has printed by itself."""

MOST = 1_000
LONGEST_SECONDS = 60.0
"""How long a search through everything may take."""
LONGEST_REASON = 500
_LONGEST_AGE = timedelta(days=36_500)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add all of them and what is below them; every command returns its exit code."""
    _add_feedback(commands)
    _add_approvals(commands)
    _add_audit(commands)
    _add_users(commands)
    threads = commands.add_parser("threads", help="look at the threads of all users")
    below = threads.add_subparsers(required=True, metavar="COMMAND")

    listing = below.add_parser("list", help="list threads, newest activity first")
    _add_user_and_since(listing, "with activity since")
    listing.add_argument(
        "--status", choices=("active", "locked", "closed"), help="only threads with this status"
    )
    listing.add_argument(
        "--after", type=_text, metavar="PLACE", help="continue after a page, with what it says at its end"
    )
    _add_limit_and_json(listing, "threads", 20)
    listing.set_defaults(run=_run(_list))

    showing = below.add_parser("show", help="show a thread: its items, hidden ones included, and its turns")
    showing.add_argument("thread", type=_text, metavar="THREAD", help="id of the thread")
    showing.add_argument("--items", type=_count, default=50, metavar="N", help="show the last N items (50)")
    showing.add_argument("--json", action="store_true", help="print JSON")
    showing.set_defaults(run=_run(_show))

    searching = below.add_parser(
        "search",
        help="find items by what they say",
        description='Find items by words, "a phrase" or -without; where none has these, by text as it is, '
        "for which items are read for some seconds, those written last first.",
    )
    searching.add_argument("query", type=_text, metavar="TEXT", help="what to look for")
    _add_user_and_since(searching, "since")
    _add_limit_and_json(searching, "items", 20)
    searching.set_defaults(run=_run(_search))

    for name, status, what in (
        ("lock", "locked", "take no more messages in a thread; it can still be read"),
        ("close", "closed", "the same, for good: the page has no composer for it"),
        ("unlock", "active", "take messages again in a locked or closed thread"),
    ):
        changing = below.add_parser(name, help=what)
        changing.add_argument("thread", type=_text, metavar="THREAD", help="id of the thread")
        if status != "active":
            changing.add_argument("--reason", type=_reason, metavar="TEXT", help="shown to the user")
        changing.set_defaults(run=_run(_set_status), status=status, reason=None)
    _add_prune(below)


def _add_feedback(commands: "argparse._SubParsersAction[Any]") -> None:
    feedback = commands.add_parser("feedback", help="take out what users thought of the answers")
    below = feedback.add_subparsers(required=True, metavar="COMMAND")
    exporting = below.add_parser(
        "export",
        help="print every vote as a line of JSON, with question and answer",
        description="Print every vote as a line of JSON: who voted how, the question and the answer, "
        "the turn with its model, tokens and trace.",
    )
    _add_user_and_since(exporting, "cast or changed since")
    exporting.add_argument("--kind", choices=("positive", "negative"), help="only votes of this kind")
    exporting.set_defaults(run=_run(_export_feedback))


def _add_approvals(commands: "argparse._SubParsersAction[Any]") -> None:
    approvals = commands.add_parser(
        "approvals", help="list tool calls that wait for their user's approval, or were decided"
    )
    _add_user_and_since(approvals, "asked since")
    approvals.add_argument(
        "--status",
        choices=("waiting", "approved", "refused", "all"),
        default="waiting",
        help="what became of them (waiting)",
    )
    _add_limit_and_json(approvals, "calls", 20)
    approvals.set_defaults(run=_run(_approvals))


def _add_audit(commands: "argparse._SubParsersAction[Any]") -> None:
    audit = commands.add_parser(
        "audit", help="list who has looked at or changed threads of others, done last first"
    )
    _add_user_and_since(audit, "done since")
    audit.add_argument("--thread", type=_text, metavar="ID", help="only what was done to this thread")
    audit.add_argument("--action", type=_text, metavar="ACTION", help="only this, as threads.read")
    _add_limit_and_json(audit, "entries", 50)
    audit.set_defaults(run=_run(_audit))


def _add_users(commands: "argparse._SubParsersAction[Any]") -> None:
    users = commands.add_parser("users", help="remove all that belongs to a user")
    below = users.add_subparsers(required=True, metavar="COMMAND")
    erasing = below.add_parser(
        "erase",
        help="remove a user's threads, files, votes and sessions for good",
        description="Remove for good all that belongs to a user: threads with their items and what the model "
        "remembers, files with their bytes, votes, sessions. Answers that are being written are stopped.",
    )
    erasing.add_argument("user", type=_text, metavar="USER", help="id of the user, to the character")
    _add_consent(erasing)
    erasing.set_defaults(run=_run(_erase, walled=True))


def _add_prune(below: "argparse._SubParsersAction[Any]") -> None:
    pruning = below.add_parser(
        "prune",
        help="remove threads of all users in which nothing has happened for long",
        description="Remove for good threads of all users, with their files, in which nothing has happened "
        "for so long. The server does so by itself where CHATKIT_RETENTION_DAYS is set.",
    )
    pruning.add_argument(
        "--older-than",
        type=_age,
        required=True,
        metavar="AGE",
        help="time since the last activity: 90d, 12w",
    )
    _add_consent(pruning)
    pruning.set_defaults(run=_run(_prune, walled=True))


def _add_consent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say how much it is, and remove nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")


async def _erase(database: "Database", actor: "Actor", options: argparse.Namespace) -> str:
    from app.admin.erasing import erase_user

    return await erase_user(database, actor, options.user, dry_run=options.dry_run, asks=not options.yes)


async def _prune(database: "Database", actor: "Actor", options: argparse.Namespace) -> str:
    from app.admin.erasing import prune_threads

    return await prune_threads(
        database, actor, options.older_than, dry_run=options.dry_run, asks=not options.yes
    )


async def _list(database: "Database", actor: "Actor", options: argparse.Namespace) -> str:
    from app.admin.queries import ThreadFilter
    from app.admin.reports import report_threads

    wanted = ThreadFilter(options.user, options.status, options.since)
    return await report_threads(
        database, actor, wanted, limit=options.limit, after=options.after, as_json=options.json
    )


async def _show(database: "Database", actor: "Actor", options: argparse.Namespace) -> str:
    from app.admin.reports import report_thread

    return await report_thread(database, actor, options.thread, items=options.items, as_json=options.json)


async def _approvals(database: "Database", actor: "Actor", options: argparse.Namespace) -> str:
    from app.admin.queries import ThreadFilter
    from app.admin.reports import report_approvals

    status = None if options.status == "all" else options.status
    wanted = ThreadFilter(options.user, status, options.since)
    return await report_approvals(database, actor, wanted, limit=options.limit, as_json=options.json)


async def _audit(database: "Database", _: "Actor", options: argparse.Namespace) -> str:
    from app.admin.audit import AuditFilter, report_audit

    wanted = AuditFilter(options.user, options.thread, options.action, options.since)
    return await report_audit(database, wanted, limit=options.limit, as_json=options.json)


async def _search(database: "Database", actor: "Actor", options: argparse.Namespace) -> str:
    from app.admin.reports import report_matches

    return await report_matches(
        database,
        actor,
        options.query,
        limit=options.limit,
        user_id=options.user,
        since=options.since,
        as_json=options.json,
    )


async def _export_feedback(database: "Database", actor: "Actor", options: argparse.Namespace) -> None:
    from app.admin.feedback import VoteFilter
    from app.admin.reports import report_votes

    wanted = VoteFilter(options.user, options.kind, options.since)
    async for line in report_votes(database, actor, wanted):
        sys.stdout.write(f"{line}\n")


async def _set_status(database: "Database", actor: "Actor", options: argparse.Namespace) -> str:
    from app.admin.changes import set_status

    await set_status(database, actor, options.thread, options.status, options.reason)
    return f"{options.thread} is {options.status}."


def _run(report: Report, *, walled: bool = False) -> Callable[[argparse.Namespace], int]:
    """Return what runs a command. `walled` keeps it to what its statements say that it acts for."""

    def run(options: argparse.Namespace) -> int:
        import asyncio

        from app.errors import ChatKitServerError

        try:
            text = asyncio.run(_reported(report, options, walled))
        except ChatKitServerError as error:
            sys.stderr.write(f"chatkit-server: {error.message}\n")
            return 1
        except BrokenPipeError:
            # Whoever reads has enough; nothing may be flushed to them at the end either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        if text is None:
            return 0
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        return 0

    return run


async def _reported(report: Report, options: argparse.Namespace, walled: bool) -> str | None:
    from app.audit import Actor
    from app.db.opening import open_database
    from app.settings import load_settings

    settings = load_settings()
    walled = walled and settings.row_level_security
    async with open_database(settings, unit_seconds=LONGEST_SECONDS, walled=walled) as opened:
        return await report(opened.database, Actor.at_command_line(), options)


def _add_user_and_since(parser: argparse.ArgumentParser, since: str) -> None:
    parser.add_argument("--user", type=_text, metavar="ID", help="only this user's")
    parser.add_argument(
        "--since", type=_moment, metavar="WHEN", help=f"only {since} a date, a time, or 30m, 12h, 7d, 2w ago"
    )


def _add_limit_and_json(parser: argparse.ArgumentParser, what: str, number: int) -> None:
    parser.add_argument(
        "--limit", type=_count, default=number, metavar="N", help=f"at most N {what} ({number})"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST}")


def _text(text: str) -> str:
    if text.isprintable():
        return text
    raise argparse.ArgumentTypeError("must be printable text")


def _reason(text: str) -> str:
    if text.isprintable() and 0 < len(text.strip()) <= LONGEST_REASON:
        return text.strip()
    raise argparse.ArgumentTypeError(f"must be printable text of 1 to {LONGEST_REASON} characters")


def _age(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    try:
        if unit in ("d", "w") and number.isascii() and number.isdigit() and int(number) > 0:
            return min(timedelta(**{_UNITS[unit]: int(number)}), _LONGEST_AGE)
    except (ValueError, OverflowError):
        return _LONGEST_AGE
    raise argparse.ArgumentTypeError("must be a number of days or weeks, like 90d or 12w")


def _moment(text: str) -> datetime:
    number, unit = text[:-1], text[-1:]
    try:
        if unit in _UNITS and number.isdigit():
            return datetime.now().astimezone() - timedelta(**{_UNITS[unit]: int(number)})
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            "must be a date like 2026-11-22, a time, or 30m, 12h, 7d, 2w"
        ) from None
