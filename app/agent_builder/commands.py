"""`chatkit-server agent-builder …`: commands for people who leave it. Thin; see each package."""

import argparse
from pathlib import Path
from typing import Any

from app.agent_builder.export import command as export


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add `agent-builder` and what is below it; every command returns its exit code."""
    ours = commands.add_parser("agent-builder", help="save, check and move in what Agent Builder held")
    below = ours.add_subparsers(required=True, metavar="COMMAND")

    exporting = below.add_parser("export", help="save the hosted threads", description=export.PURPOSE)
    export.add_arguments(exporting)
    exporting.set_defaults(run=export.run)

    checking = below.add_parser(
        "check",
        help="say what an exported workflow file holds and what is wrong with it",
        description="Read an exported workflow file without running it: what it holds, which faults it has "
        "and which of them `run` repairs, which models end, which secrets it shows, what is left to do.",
    )
    checking.add_argument("file", type=Path, metavar="WORKFLOW.py", help="the export, Python or TypeScript")
    checking.add_argument("--json", action="store_true", help="print the report as one JSON object")
    checking.add_argument(
        "--online",
        action="store_true",
        help="ask OpenAI too, with OPENAI_API_KEY: do its vector stores and files exist, when do models end",
    )
    checking.add_argument(
        "--workflow-json",
        type=Path,
        metavar="FILE",
        help="the workflow object, as saved from the browser",
    )
    checking.add_argument(
        "--write-config", type=Path, metavar="FILE", help="write a starting configuration (TOML) for `run`"
    )
    checking.set_defaults(run=_check)

    _add_import(below)
    _add_verify(below)


def _add_import(below: "argparse._SubParsersAction[Any]") -> None:
    importing = below.add_parser(
        "import",
        help="take an archive in: threads, items, files",
        description="Take the threads of an archive in, each whole or not at all. Run it again whenever you "
        "like: what is here already stays as it is, and what was changed here is kept.",
    )
    importing.add_argument("archive", type=Path, metavar="DIR", help="the archive that `export` has made")
    users = importing.add_argument_group("whose they become; threads of users that nothing names stay out")
    users.add_argument("--user-map", type=Path, metavar="FILE", help="CSV or JSON: hosted user, owner here")
    by_rule = users.add_mutually_exclusive_group()
    by_rule.add_argument(
        "--user-template", metavar="TEXT", help="the owner of users that the map does not name: auth0|{user}"
    )
    by_rule.add_argument(
        "--users-match", action="store_true", help="hosted user ids are user ids of this server"
    )
    users.add_argument("--merge-users", action="store_true", help="several hosted users may become one owner")
    importing.add_argument("--dry-run", action="store_true", help="write nothing, say what would be written")
    importing.add_argument(
        "--restore-deleted", action="store_true", help="bring back threads that were deleted here"
    )
    importing.add_argument(
        "--despite-damage", action="store_true", help="use what can be read of damaged files"
    )
    importing.add_argument(
        "--language",
        default="en",
        metavar="TAG",
        help="of the notes put in place of what cannot be shown (en)",
    )
    importing.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    importing.set_defaults(run=_import)


def _add_verify(below: "argparse._SubParsersAction[Any]") -> None:
    verifying = below.add_parser(
        "verify",
        help="compare an archive with what was imported",
        description="Compare an archive with the database and the files, down to the byte. Changes nothing.",
    )
    verifying.add_argument("archive", type=Path, metavar="DIR", help="the archive that was imported")
    verifying.add_argument(
        "--sample", type=int, default=20, metavar="N", help="threads shown side by side (20)"
    )
    verifying.add_argument("--html", type=Path, metavar="FILE", help="write a report for people")
    verifying.add_argument(
        "--strict",
        action="store_true",
        help="changes that were made here on purpose count as differences too",
    )
    verifying.add_argument("--json", action="store_true", help="print the report as one JSON object")
    verifying.set_defaults(run=_verify)


def _check(options: argparse.Namespace) -> int:
    from app.agent_builder.check import command

    return command.run(options)


def _import(options: argparse.Namespace) -> int:
    from app.agent_builder.importing import command

    return command.run(options)


def _verify(options: argparse.Namespace) -> int:
    from app.agent_builder.verifying import command

    return command.run(options)
