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


def _check(options: argparse.Namespace) -> int:
    from app.agent_builder.check import command

    return command.run(options)
