"""`chatkit-server agent-builder …`: commands for people who leave it. Thin; see each package."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.agent_builder.export import command as export
from app.agent_builder.frontend import arguments as frontend

if TYPE_CHECKING:
    from app.agent_builder.comparing.command import InProcess


class Serve(Protocol):
    """Serves until it is stopped, with settings of a command over those of the environment."""

    def __call__(self, options: argparse.Namespace, **settings: object) -> int:
        """Return the exit code."""


def add_address(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that serves."""
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (8000); 0 takes a free one")


def add_commands(
    commands: "argparse._SubParsersAction[Any]",
    serve: Serve,
    looks_at: frontend.LooksAt,
    in_process: "InProcess",
) -> None:
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
    _add_compare(below, in_process)
    _add_delete_hosted(below)
    _add_running(below, serve)

    moving = below.add_parser(
        "frontend", help="print the change of a page and its back-end", description=frontend.PURPOSE
    )
    frontend.add_arguments(moving)
    moving.set_defaults(run=lambda options: _frontend(options, looks_at))


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
        description="Compare an archive with the database and the files, down to the byte. Changes nothing; "
        "the result is written into the audit log.",
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


def _add_compare(below: "argparse._SubParsersAction[Any]", in_process: "InProcess") -> None:
    comparing = below.add_parser(
        "compare",
        help="ask again what users have asked, and show old and new answers side by side",
        description="Ask the agent of CHATKIT_AGENT what users of an archive have asked, in conversations "
        "that are removed afterwards, and show old and new answers side by side. Calls models, which costs, "
        "and tools, which do what they do. Changes nothing of what was imported.",
    )
    comparing.add_argument("archive", type=Path, metavar="DIR", help="the archive that `export` has made")
    chosen = comparing.add_argument_group("what is asked")
    chosen.add_argument(
        "--threads", type=_positive, default=10, metavar="N", help="so many threads, taken at random (10)"
    )
    chosen.add_argument(
        "--seed", type=int, metavar="N", help="take the same threads as the run that printed this number"
    )
    chosen.add_argument(
        "--only", nargs="+", action="extend", default=[], metavar="ID", help="these threads, none at random"
    )
    chosen.add_argument(
        "--turns", type=_positive, metavar="N", help="the first N questions of each thread (all)"
    )
    chosen.add_argument(
        "--workflow", metavar="wf_ID", help="which exported workflow answers, where CHATKIT_AGENT names some"
    )
    cost = comparing.add_argument_group("what it may cost; what would exceed it is not asked, and said")
    cost.add_argument("--max-turns", type=_positive, default=50, metavar="N", help="questions in all (50)")
    cost.add_argument("--max-tokens", type=_positive, metavar="N", help="tokens in all, sent and received")
    cost.add_argument("--concurrency", type=_positive, default=4, metavar="N", help="threads at once (4)")
    comparing.add_argument("--html", type=Path, metavar="FILE", help="write a report for people")
    comparing.add_argument("--jsonl", type=Path, metavar="FILE", help="write test cases for Promptfoo")
    comparing.add_argument("--json", action="store_true", help="print the report as one JSON object")
    comparing.set_defaults(run=lambda options: _compare(options, in_process))


def _add_delete_hosted(below: "argparse._SubParsersAction[Any]") -> None:
    deleting = below.add_parser(
        "delete-hosted",
        help="delete threads at OpenAI that were imported and verified: last, and never needed",
        description="Delete threads at OpenAI, with their items and files, for good. Only what stands in an "
        "archive that `verify` has found here as it was saved, and of what has changed there since nothing. "
        "Needs OPENAI_API_KEY, and a phrase typed by hand.",
    )
    deleting.add_argument("archive", type=Path, metavar="DIR", help="the archive that was verified")
    whose = deleting.add_mutually_exclusive_group(required=True)
    whose.add_argument(
        "--user",
        action="append",
        default=[],
        metavar="ID",
        help="threads of this user; may be repeated",
    )
    whose.add_argument("--all", action="store_true", help="every thread of the archive")
    deleting.add_argument("--dry-run", action="store_true", help="delete nothing, say what would be deleted")
    deleting.add_argument(
        "--confirm", metavar="PHRASE", help="the phrase, where nobody is there to type it; --dry-run says it"
    )
    deleting.add_argument(
        "--despite-lost-files",
        action="store_true",
        help="also threads with files that were there and could not be saved",
    )
    deleting.add_argument(
        "--concurrency", type=_positive, default=4, metavar="N", help="requests at once (4)"
    )
    deleting.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    deleting.set_defaults(run=_delete_hosted)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= 10**12):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def _add_running(below: "argparse._SubParsersAction[Any]", serve: Serve) -> None:
    running = below.add_parser(
        "run",
        help="serve exported workflow files as they are",
        description="Serve exported workflow files as they are: what is wrong in them is repaired in memory, "
        "and said. The same as naming them in CHATKIT_AGENT, separated by commas.",
    )
    running.add_argument("files", type=Path, nargs="+", metavar="WORKFLOW.py", help="exports; versions, too")
    running.add_argument(
        "--config",
        type=Path,
        action="append",
        metavar="FILE",
        help="a configuration, as `check --write-config` begins one; else what lies beside a file as .toml",
    )
    running.add_argument(
        "--explain", action="store_true", help="print what is changed and the code as it would run, and end"
    )
    add_address(running)
    running.set_defaults(run=lambda options: _run(options, serve))

    versions = below.add_parser(
        "versions", help="list the versions of the workflows that CHATKIT_AGENT names"
    )
    versions.set_defaults(run=_versions)

    using = below.add_parser(
        "use",
        help="make a version of a workflow current, without a restart",
        description="Make a version of a workflow current, for every process on this data directory, from "
        "the next answer on.",
    )
    using.add_argument("workflow", metavar="wf_ID", help="the id of the workflow")
    using.add_argument("version", nargs="?", metavar="VERSION", help="the version to use")
    using.add_argument("--back", action="store_true", help="use the version that was current before")
    using.set_defaults(run=_use)


def _check(options: argparse.Namespace) -> int:
    from app.agent_builder.check import command

    return command.run(options)


def _import(options: argparse.Namespace) -> int:
    from app.agent_builder.importing import command

    return command.run(options)


def _verify(options: argparse.Namespace) -> int:
    from app.agent_builder.verifying import command

    return command.run(options)


def _frontend(options: argparse.Namespace, looks_at: frontend.LooksAt) -> int:
    from app.agent_builder.frontend import command

    return command.run(options, looks_at)


def _compare(options: argparse.Namespace, in_process: "InProcess") -> int:
    from app.agent_builder.comparing import command

    return command.run(options, in_process)


def _delete_hosted(options: argparse.Namespace) -> int:
    from app.agent_builder.deleting import command

    return command.run(options)


def _run(options: argparse.Namespace, serve: Serve) -> int:
    if options.explain:
        from app.agent_builder.running import explain

        return explain(options.files, options.config or [])
    agent = ",".join(str(path) for path in options.files)
    return serve(options, agent=agent, workflow_config=tuple(options.config) if options.config else None)


def _versions(_: argparse.Namespace) -> int:
    from app.agent_builder.running import list_versions

    return list_versions()


def _use(options: argparse.Namespace) -> int:
    from app.agent_builder.running import use_version

    return use_version(options.workflow, options.version, back=options.back)
